/**
 * Contract: a request passes when every limit of its route lets it, a refused one costs nothing, and
 * the fields say what a client can rely on.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { DEFAULT_ROUTE } from '../model/default-settings.ts'
import type { RateLimitSettings, RouteSettings } from '../model/settings.ts'
import type { FieldReader } from './limit-key.ts'
import { RateLimitBook } from './rate-limit-book.ts'
import { RateLimit } from './rate-limit.ts'
import { RateLimiter, type RateLimitRefusal } from './rate-limiter.ts'

const MINUTE: RateLimitSettings = {
  name: '1m',
  requests: 100,
  perMs: 60_000,
  burst: 100,
  by: { kind: 'client_ip' },
  status: 429,
  hasFields: true
}
const HOUR: RateLimitSettings = {
  ...MINUTE,
  name: '1h',
  requests: 1000,
  perMs: 3_600_000,
  burst: 1000
}
const NO_FIELDS: FieldReader = { field: () => undefined }

class Desk {
  readonly clock = new ManualClock()
  readonly limits: readonly RateLimit[]
  readonly limiter: RateLimiter

  constructor(...settings: readonly RateLimitSettings[]) {
    this.limits = settings.map((one) => new RateLimit('api', one))
    this.limiter = new RateLimiter(this.limits)
  }

  ask(address = '192.0.2.1', reader = NO_FIELDS): RateLimitRefusal | null {
    return this.limiter.decide(address, reader, '', this.clock.now())
  }

  passes(count: number, address?: string): number {
    let passed = 0
    for (let index = 0; index < count; index++) if (this.ask(address) === null) passed++
    return passed
  }
}

describe('fields', () => {
  test('say the policy and what is left of it, as the draft writes them', () => {
    const desk = new Desk(MINUTE)
    expect(desk.ask()).toBeNull()
    expect(desk.limiter.fields).toBe(
      'RateLimit-Policy: "1m";q=100;w=60\r\nRateLimit: "1m";r=99;t=60\r\n'
    )
    desk.passes(49)
    expect(desk.limiter.fields).toContain('RateLimit: "1m";r=50;t=30\r\n')
  })

  test('name every limit, and in a refusal only the exhausted ones', () => {
    const desk = new Desk(MINUTE, HOUR)
    desk.ask()
    expect(desk.limiter.fields).toBe(
      'RateLimit-Policy: "1m";q=100;w=60, "1h";q=1000;w=3600\r\n' +
        'RateLimit: "1m";r=99;t=60, "1h";r=999;t=3597\r\n'
    )
    expect(desk.passes(100)).toBe(99)
    expect(desk.ask()).toEqual({ status: 429, retryAfterS: 1 })
    expect(desk.limiter.fields).toContain('\r\nRateLimit: "1m";r=0;t=1\r\n')
  })

  test('say a burst that differs from the quota, and nothing of limits that hide', () => {
    const desk = new Desk({ ...MINUTE, burst: 5 }, { ...HOUR, hasFields: false })
    desk.ask()
    expect(desk.limiter.fields).toBe(
      'RateLimit-Policy: "1m";q=100;w=60;switchyard-burst=5\r\nRateLimit: "1m";r=4;t=3\r\n'
    )
    const silent = new Desk({ ...MINUTE, hasFields: false })
    silent.ask()
    expect(silent.limiter.fields).toBe('')
  })

  test('promise no more than the rate, and Retry-After is not before the end of a window', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 150 }), (pauses) => {
        const desk = new Desk(
          { ...MINUTE, requests: 7, burst: 4 },
          { ...HOUR, requests: 50, burst: 9 }
        )
        for (const pause of pauses) {
          desk.clock.advance(pause)
          const refused = desk.ask()
          for (const [, name, r, t] of desk.limiter.fields.matchAll(/"(\w+)";r=(\d+);t=(\d+)/g)) {
            const rate = name === '1m' ? 7 / 60 : 50 / 3600
            expect(Number(r)).toBeLessThanOrEqual(Number(t) * rate + 1e-9)
            if (refused !== null) expect(Number(t)).toBeLessThanOrEqual(refused.retryAfterS)
          }
        }
      })
    )
  })
})

test('each client has its own allowance, a /64 is one client', () => {
  const desk = new Desk({ ...MINUTE, burst: 2 })
  expect(desk.passes(3, '192.0.2.1')).toBe(2)
  expect(desk.passes(3, '192.0.2.2')).toBe(2)
  expect(desk.passes(1, '2001:db8::1')).toBe(1)
  expect(desk.passes(3, '2001:db8::2')).toBe(1)
  expect(desk.limits[0]).toMatchObject({ refused: 4, keys: 3, takenOver: 0 })
})

test('by route, all clients share one allowance', () => {
  const desk = new Desk({ ...MINUTE, by: { kind: 'route' }, burst: 3 })
  expect(desk.passes(2, '192.0.2.1') + desk.passes(2, '192.0.2.2')).toBe(3)
})

test('by a field, its values have allowances, and leaving it out is no way around', () => {
  const desk = new Desk({ ...MINUTE, by: { kind: 'header', name: 'x-key' }, burst: 1 })
  const withKey = (value: string): FieldReader => ({ field: () => value })
  expect(desk.ask('192.0.2.1', withKey('a'))).toBeNull()
  expect(desk.ask('192.0.2.2', withKey('a'))).not.toBeNull()
  expect(desk.ask('192.0.2.2', withKey('b'))).toBeNull()
  expect(desk.ask('192.0.2.2')).toBeNull()
  expect(desk.ask('192.0.2.2')).not.toBeNull()
})

test('what one limit refuses costs nothing of the other', () => {
  const desk = new Desk({ ...MINUTE, burst: 1, requests: 60 }, { ...HOUR, burst: 3 })
  for (let count = 0; count < 20; count++) desk.ask()
  desk.clock.advance(1000)
  expect(desk.ask()).toBeNull()
  desk.clock.advance(1000)
  expect(desk.ask()).toBeNull()
  desk.clock.advance(1000)
  expect(desk.ask()).toEqual({ status: 429, retryAfterS: expect.any(Number) as number })
  expect(desk.limits.map(({ refused }) => refused)).toEqual([19, 1])
})

test('the limit with the longest wait gives status and Retry-After', () => {
  const desk = new Desk({ ...MINUTE, burst: 1 }, { ...HOUR, burst: 1, status: 503 })
  desk.ask()
  expect(desk.ask()).toEqual({ status: 503, retryAfterS: 4 })
})

describe('for any traffic', () => {
  test('waiting for Retry-After suffices', () => {
    const parts = fc.record({
      requests: fc.integer({ min: 1, max: 500 }),
      perMs: fc.integer({ min: 1000, max: 7_200_000 }),
      burst: fc.integer({ min: 1, max: 20 })
    })
    const pauses = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 100 })
    fc.assert(
      fc.property(parts, parts, pauses, (one, other, waits) => {
        const desk = new Desk({ ...MINUTE, ...one }, { ...HOUR, ...other })
        for (const wait of waits) {
          desk.clock.advance(wait)
          const refused = desk.ask()
          if (refused === null) continue
          desk.clock.advance(refused.retryAfterS * 1000)
          expect(desk.ask()).toBeNull()
        }
      })
    )
  })
})

describe('over a reload', () => {
  function route(name: string, ...rateLimits: readonly RateLimitSettings[]): RouteSettings {
    return { ...DEFAULT_ROUTE, name, pool: 'main', rateLimits }
  }
  const strict = { ...MINUTE, burst: 1 }
  const ask = (limiter: RateLimiter | null): boolean =>
    limiter!.decide('192.0.2.1', NO_FIELDS, '', 0) === null

  test('what was used of an unchanged limit stays used, a changed one begins anew', () => {
    const book = new RateLimitBook()
    const first = route('api', strict, HOUR)
    const limiter = book.limiterOf(first)
    book.settle([first])
    expect(ask(limiter)).toBe(true)
    const second = route('api', { ...strict }, { ...HOUR, requests: 500 })
    expect(ask(book.limiterOf(second))).toBe(false)
    book.settle([second])
    expect(book.inForce.map(({ refused, keys }) => [refused, keys])).toEqual([
      [1, 1],
      [0, 0]
    ])
    expect(ask(book.limiterOf(route('api', { ...strict, burst: 2 })))).toBe(true)
    expect(ask(book.limiterOf(route('other', strict)))).toBe(true)
  })

  test('a configuration that was refused leaves nothing behind', () => {
    const book = new RateLimitBook()
    const current = route('api', strict)
    book.settle([current])
    book.limiterOf(route('api', { ...strict, requests: 7 }))
    expect(book.inForce).toHaveLength(1)
    book.settle([current])
    expect(book.inForce.map(({ settings }) => settings.requests)).toEqual([100])
    book.settle([])
    expect(book.inForce).toEqual([])
  })

  test('a route without limits has no limiter', () => {
    expect(new RateLimitBook().limiterOf(route('api'))).toBeNull()
  })
})
