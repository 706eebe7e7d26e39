/** What a decision about a limited request costs, by the number of clients that are told apart. */
import type { RateLimitSettings } from '../../../proxy-core/model/settings.ts'
import { RateLimit } from '../../../proxy-core/rate-limit/rate-limit.ts'
import { RateLimiter } from '../../../proxy-core/rate-limit/rate-limiter.ts'
import { compare, type Subject } from './rounds.ts'

const DECISIONS = 100_000
const MS_PER_DECISION = 0.01

const SECOND: RateLimitSettings = {
  name: '1s',
  requests: 1_000_000,
  perMs: 1000,
  burst: 1_000_000,
  by: { kind: 'client_ip' },
  status: 429,
  hasFields: false
}
const HOUR: RateLimitSettings = { ...SECOND, name: '1h', perMs: 3_600_000 }
const NO_FIELDS = { field: () => undefined }

/** A text as it comes from a socket: made anew, never seen before by any map. */
function fromBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function ipv4(client: number): string {
  return fromBytes(`10.${client >> 16}.${(client >> 8) & 255}.${client & 255}`)
}

function ipv6(client: number): string {
  return fromBytes(`2001:db8:${client.toString(16)}::1`)
}

interface Load {
  readonly clients: number
  readonly settings: readonly RateLimitSettings[]
  readonly address?: (client: number) => string
  readonly expected?: 'pass' | 'refuse'
}

function subject(name: string, load: Load): Subject {
  const { clients, settings, address = ipv4, expected = 'pass' } = load
  const limiter = new RateLimiter(settings.map((one) => new RateLimit('api', one)))
  const addresses = Array.from({ length: DECISIONS }, (_, index) =>
    address((index * 7919) % clients)
  )
  let nowMs = 0
  return {
    name,
    operations: DECISIONS,
    run() {
      let passed = 0
      for (const client of addresses) {
        nowMs += MS_PER_DECISION
        if (limiter.decide(client, NO_FIELDS, '', nowMs) === null) passed++
      }
      const fits = expected === 'pass' ? passed === DECISIONS : passed < DECISIONS / 100
      if (!fits) throw new Error(`${name}: ${passed} of ${DECISIONS} passed`)
      return passed + 1
    }
  }
}

const withFields = [{ ...SECOND, hasFields: true }]
const strict = [{ ...SECOND, requests: 1, burst: 1 }]

compare('One decision', [
  subject('1 client', { clients: 1, settings: [SECOND] }),
  subject('100 000 clients', { clients: 100_000, settings: [SECOND] }),
  subject('1 client, with fields', { clients: 1, settings: withFields }),
  subject('100 000 clients, with fields', { clients: 100_000, settings: withFields }),
  subject('100 000 clients, two limits', { clients: 100_000, settings: [SECOND, HOUR] }),
  subject('100 000 clients, IPv6', { clients: 100_000, settings: [SECOND], address: ipv6 }),
  subject('1 client, refused', { clients: 1, settings: strict, expected: 'refuse' })
])

/** Every request is of a client that has no bucket, and there is no room for another one. */
function flood(name: string): Subject {
  const limiter = new RateLimiter([new RateLimit('api', { ...SECOND, requests: 100, burst: 100 })])
  let client = 0
  return {
    name,
    operations: DECISIONS,
    run() {
      let passed = 0
      for (let count = 0; count < DECISIONS; count++) {
        client = (client + 1) & 0xffffff
        if (limiter.decide(ipv4(client), NO_FIELDS, '', client * 0.001) === null) passed++
      }
      return passed + 1
    }
  }
}

compare('A flood of invented clients, address included', [flood('each request a new client')])
