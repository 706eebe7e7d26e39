/**
 * Contract: a cookie names its backend to whoever has the key and to nobody else, cannot be made
 * or changed without it, and is given only to clients that need one.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Exchange } from '../exchange/exchange.ts'
import type { ClientExchanges } from '../listener/client-exchanges.ts'
import { DEFAULT_STICKY } from '../model/default-settings.ts'
import type { StickySettings } from '../model/settings.ts'
import type { Backend } from './backend.ts'
import { StickyCookies } from './sticky-cookies.ts'
import { SmallPool } from './testing/small-pool.ts'

const KEY = 'a key that replicas share'
const { pool } = new SmallPool({}, { address: '10.0.0.1:80' }, { address: '10.0.0.2:80' })
const [one, two] = pool.backends as [Backend, Backend]

function cookies(
  settings: Partial<StickySettings> = {},
  backends: readonly Backend[] = [one, two]
): StickyCookies {
  return new StickyCookies(
    { ...DEFAULT_STICKY, cookie: 'SRV', key: KEY, ...settings },
    backends,
    'p'
  )
}

/** What a client is told by a response of `backend`. */
function lineOf(
  from: StickyCookies,
  backend: Backend,
  parts: { readonly session?: Backend; readonly isSecure?: boolean } = {}
): string {
  const exchange = new Exchange()
  exchange.assignedBackend = backend
  exchange.stickyBackend = parts.session ?? null
  const tls = parts.isSecure === true ? {} : null
  exchange.client = { listener: { settings: { tls } } } as unknown as ClientExchanges
  from.addTo(exchange)
  return exchange.addedLines
}

function valueOf(from: StickyCookies, backend: Backend): string {
  return /SRV=([^;]*)/.exec(lineOf(from, backend))![1]!
}

describe('a value', () => {
  test('leads back to its backend, also on another balancer with the same key', () => {
    expect(cookies().backendNamedBy(valueOf(cookies(), one))).toBe(one)
    expect(cookies({}, [two, one]).backendNamedBy(valueOf(cookies(), two))).toBe(two)
  })

  test('is of octets that a cookie may have, and does not show the address', () => {
    const value = valueOf(cookies(), one)
    expect(value).toMatch(/^[\w-]{11}\.[\w-]{43}$/)
    expect(Buffer.from(value, 'base64url').toString('latin1')).not.toContain('10.0.0.1')
  })

  test('under another key, of another pool or of a backend that is gone means nothing', () => {
    expect(cookies({ key: 'another' }).backendNamedBy(valueOf(cookies(), one))).toBeNull()
    expect(cookies({}, [two]).backendNamedBy(valueOf(cookies(), one))).toBeNull()
    const elsewhere = { address: one.address, pool: 'other' } as Backend
    expect(cookies().backendNamedBy(valueOf(cookies({}, [elsewhere]), elsewhere))).toBeNull()
  })

  test('without a key is good within one process', () => {
    const random = { ...DEFAULT_STICKY, cookie: 'SRV', key: null }
    const mine = new StickyCookies(random, [one], 'mine')
    expect(new StickyCookies(random, [one], 'mine').backendNamedBy(valueOf(mine, one))).toBe(one)
    expect(new StickyCookies(random, [one], 'yours').backendNamedBy(valueOf(mine, one))).toBeNull()
  })

  test('with the id of one backend and the tag of another means nothing', () => {
    const [id] = valueOf(cookies(), one).split('.')
    const [, tag] = valueOf(cookies(), two).split('.')
    expect(cookies().backendNamedBy(`${id}.${tag}`)).toBeNull()
  })

  test('that was changed anywhere means nothing, and garbage breaks nothing', () => {
    const from = cookies()
    const value = valueOf(from, one)
    fc.assert(
      fc.property(
        fc.nat(value.length - 1),
        fc.string({ minLength: 1, maxLength: 1 }),
        (at, char) => {
          fc.pre(value[at] !== char)
          expect(from.backendNamedBy(value.slice(0, at) + char + value.slice(at + 1))).toBeNull()
        }
      )
    )
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(from.backendNamedBy(text)).toBeNull()
      })
    )
    expect(from.backendNamedBy(value)).toBe(one)
  })
})

describe('the line', () => {
  test('has the attributes of the configuration', () => {
    const value = valueOf(cookies(), one)
    expect(lineOf(cookies(), one)).toBe(
      `Set-Cookie: SRV=${value}; Path=/; HttpOnly; SameSite=Lax\r\n`
    )
    const all = cookies({
      ...{ ttlMs: 90_500, path: '/shop', domain: 'example.test' },
      ...{ isSecure: true, isHttpOnly: false, sameSite: 'none' }
    })
    expect(lineOf(all, one)).toBe(
      `Set-Cookie: SRV=${value}; Path=/shop; Domain=example.test; Max-Age=91; Secure; SameSite=None\r\n`
    )
  })

  test('is secure as its listener unless it is written', () => {
    expect(lineOf(cookies(), one, { isSecure: true })).toContain('; Secure')
    expect(lineOf(cookies({ isSecure: false }), one, { isSecure: true })).not.toContain('Secure')
  })

  test('is for clients whose session is not on the backend that answers', () => {
    expect(lineOf(cookies(), one, { session: one })).toBe('')
    expect(lineOf(cookies(), one, { session: two })).toContain(valueOf(cookies(), one))
    expect(lineOf(cookies({}, [two]), one)).toBe('')
  })
})
