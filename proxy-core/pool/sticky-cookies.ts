/**
 * The cookies of one pool's sessions. A value is `<id>.<tag>`: the id tells the backend without
 * its address, the tag is its proof. Both are HMAC-SHA-256 (RFC 2104) under the pool's key, made
 * once per configuration, so that a request costs a look-up and a comparison in constant time.
 * Balancers with the same key, pool name and backend addresses understand each other's cookies.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Exchange } from '../exchange/exchange.ts'
import type { RequestParser } from '../http1/request-parser.ts'
import type { StickySettings } from '../model/settings.ts'
import { cookieValue } from '../routing/cookie-value.ts'
import type { Backend } from './backend.ts'

const FIELD = 'cookie'
/** 66 bits: enough that no two backends of a pool ever have the same. */
const ID_LENGTH = 11
/** 256 bits in base64url. */
const TAG_LENGTH = 43
const VALUE_LENGTH = ID_LENGTH + 1 + TAG_LENGTH

interface StickyCookie {
  readonly backend: Backend
  /** What a client must show behind the id. */
  readonly tag: Buffer
  /** The line that gives the cookie to a client, with CR LF. */
  readonly line: string
  readonly secureLine: string
}

export class StickyCookies {
  readonly #settings: StickySettings
  readonly #byId = new Map<string, StickyCookie>()
  readonly #byBackend = new Map<Backend, StickyCookie>()
  readonly #shown = Buffer.alloc(TAG_LENGTH)

  /** `processKey` stands in where no key is configured. */
  constructor(settings: StickySettings, backends: readonly Backend[], processKey: string) {
    this.#settings = settings
    const key = settings.key ?? processKey
    for (const backend of backends) {
      const id = digest(key, 'id', backend).slice(0, ID_LENGTH)
      const tag = digest(key, 'tag', backend)
      const cookie = {
        backend,
        tag: Buffer.from(tag, 'latin1'),
        line: lineOf(settings, `${id}.${tag}`, false),
        secureLine: lineOf(settings, `${id}.${tag}`, true)
      }
      this.#byId.set(id, cookie)
      this.#byBackend.set(backend, cookie)
    }
  }

  /** The backend of the session that a request belongs to; null: of none, or of a false one. */
  backendOf(parser: RequestParser, text: string): Backend | null {
    for (let index = 0; index < parser.fieldCount; index++) {
      const at = index * 4
      if (parser.offsets[at + 1]! - parser.offsets[at]! !== FIELD.length) continue
      if (parser.nameAt(text, index).toLowerCase() !== FIELD) continue
      const value = cookieValue(parser.valueAt(text, index), this.#settings.cookie)
      if (value !== undefined) return this.backendNamedBy(value)
    }
    return null
  }

  /** The first cookie of the name counts; whatever else it holds is no session. */
  backendNamedBy(value: string): Backend | null {
    if (value.length !== VALUE_LENGTH) return null
    const cookie = this.#byId.get(value.substring(0, ID_LENGTH))
    if (cookie === undefined || value[ID_LENGTH] !== '.') return null
    this.#shown.write(value.substring(ID_LENGTH + 1), 'latin1')
    return timingSafeEqual(this.#shown, cookie.tag) ? cookie.backend : null
  }

  /**
   * Adds the cookie to the response of the backend that answers, unless the client has it: most
   * responses carry none, and stay fit for caches.
   */
  addTo(exchange: Exchange): void {
    const backend = exchange.assignedBackend
    if (backend === null || backend === exchange.stickyBackend) return
    const cookie = this.#byBackend.get(backend)
    // A reload has removed the backend: the next request begins a new session.
    if (cookie === undefined) return
    const isSecure = this.#settings.isSecure ?? exchange.client!.listener.settings.tls !== null
    exchange.addedLines += isSecure ? cookie.secureLine : cookie.line
  }
}

function digest(key: string, use: 'id' | 'tag', { pool, address }: Backend): string {
  return createHmac('sha256', key).update(`${use}\0${pool}\0${address}`).digest('base64url')
}

/** RFC 6265 section 4.1. */
function lineOf(settings: StickySettings, value: string, isSecure: boolean): string {
  const { cookie, ttlMs, path, domain, isHttpOnly, sameSite } = settings
  const attributes = [
    `${cookie}=${value}`,
    `Path=${path}`,
    ...(domain === null ? [] : [`Domain=${domain}`]),
    ...(ttlMs === 0 ? [] : [`Max-Age=${Math.ceil(ttlMs / 1000)}`]),
    ...(isSecure ? ['Secure'] : []),
    ...(isHttpOnly ? ['HttpOnly'] : []),
    `SameSite=${SAME_SITE[sameSite]}`
  ]
  return `Set-Cookie: ${attributes.join('; ')}\r\n`
}

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const
