/**
 * Who may ask: pure decisions over the head of a request. The Host check stops DNS
 * rebinding (a page's own name made to point at loopback), the origin check stops pages
 * of other origins, and the token stops everything else on this machine.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface HostRule {
  /** As configured: the operator may bind a name. */
  readonly boundHost: string
  /** The address at which this connection arrived: an IP literal cannot be rebound. */
  readonly localAddress: string
  /** Names, with a port only where the port must match. */
  readonly allowedHosts: readonly string[]
}

const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]']
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/

/**
 * The port of a local form is free: an SSH tunnel or `kubectl port-forward` has its own,
 * and rebinding needs a name, not a port.
 */
export function isHostAllowed(host: string | undefined, rule: HostRule): boolean {
  const wanted = host?.toLowerCase() ?? ''
  const name = AUTHORITY.exec(wanted)?.[1]
  if (name === undefined) return false
  if (LOCAL_NAMES.includes(name)) return true
  if (name === bracketed(rule.boundHost) || name === bracketed(rule.localAddress)) return true
  return rule.allowedHosts.some((entry) => {
    const allowed = entry.toLowerCase()
    return allowed === wanted || allowed === name
  })
}

/** A second Host field makes the first one worthless, so exactly one is accepted. */
export function hostFieldCount(rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.toLowerCase() === 'host') count++
  }
  return count
}

/**
 * Whether a browser says that another origin asks. `same-site` counts as another one:
 * every port of localhost is the same site.
 */
export function isCrossSite(headers: IncomingHttpHeaders, isTls: boolean): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin, host } = headers
  if (origin === undefined) return false
  const own = URL.parse(`${isTls ? 'https' : 'http'}://${host ?? ''}`)
  return own === null || URL.parse(origin)?.origin !== own.origin
}

/** Compares digests, so that neither the content nor the length of the token shows in the time. */
export function hasToken(authorization: string | undefined, token: string): boolean {
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (given === undefined || token === '') return false
  return timingSafeEqual(digest(given), digest(token))
}

function bracketed(address: string): string {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  return plain.includes(':') && !plain.startsWith('[') ? `[${plain}]` : plain
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
