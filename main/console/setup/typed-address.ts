/** An address as people type or paste it: `host:port`, a URL, a bare host. */
import { isIpv6, parseHostPort } from '../../../proxy-core/model/schema/addresses.ts'

export interface TypedAddress {
  /** `host:port` as the configuration has it. */
  readonly address: string
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** What a URL asked for; `/` otherwise. */
  readonly path: string
}

const URL_FORM = /^(https?):\/\/([^/?#]*)([^#]*)/i
const DEFAULT_PORT = 80
const DEFAULT_TLS_PORT = 443
const MAX_PORT = 65_535

/** null when it is no address; user names, fragments and other schemes are not taken. */
export function readTypedAddress(typed: string): TypedAddress | null {
  const text = typed.trim()
  const url = URL_FORM.exec(text)
  if (url === null && text.includes('://')) return null
  const isTls = url?.[1]?.toLowerCase() === 'https'
  const authority = url ? url[2]! : text.replace(/\/+$/, '')
  const place = placeOf(authority, isTls ? DEFAULT_TLS_PORT : DEFAULT_PORT)
  if (place === null || place.port < 1 || place.port > MAX_PORT) return null
  const { host, port } = place
  const address = isIpv6(host) ? `[${host}]:${port}` : `${host}:${port}`
  return { address, host, port, isTls, path: pathOf(url?.[3] ?? '') }
}

function placeOf(
  authority: string,
  defaultPort: number
): { readonly host: string; readonly port: number } | null {
  const bare = isIpv6(authority) ? `[${authority}]` : authority
  return parseHostPort(bare) ?? parseHostPort(`${bare}:${defaultPort}`) ?? null
}

function pathOf(target: string): string {
  return target.startsWith('/') ? target : `/${target}`
}
