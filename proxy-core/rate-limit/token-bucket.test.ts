/**
 * Contract: a bucket gives what its formula says. In any span of time at most burst + rate × t pass,
 * and waiting as long as it says suffices, a nanosecond less does not.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

const S = 1e9

test('begins full, empties, and gains one token each interval', () => {
  const bucket = new TokenBucket(2, 1000, 3)
  let fullAt = 0
  for (const left of [2, 1, 0]) {
    expect(bucket.waitNs(fullAt, 0)).toBe(0)
    fullAt = bucket.taken(fullAt, 0)
    expect(bucket.tokens(fullAt, 0)).toBe(left)
  }
  expect(bucket.waitNs(fullAt, 0)).toBe(0.5 * S)
  expect(bucket.waitNs(fullAt, 0.5 * S)).toBe(0)
  expect(bucket.tokens(fullAt, 0.5 * S)).toBe(1)
  expect(bucket.tokens(fullAt, 1.5 * S)).toBe(3)
  expect(bucket.tokens(fullAt, 99 * S)).toBe(3)
})

test('a rate that is no whole number of nanoseconds is never exceeded', () => {
  expect(new TokenBucket(3, 1000, 3).intervalNs).toBe(333_333_334)
  expect(new TokenBucket(1_000_000, 1000, 1).intervalNs).toBe(1000)
})

const bucketParts = fc.record({
  requests: fc.integer({ min: 1, max: 1000 }),
  perMs: fc.integer({ min: 1000, max: 86_400_000 }),
  burst: fc.integer({ min: 1, max: 50 })
})

describe('for any traffic', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 200 })

  test('no span of time sees more than burst + rate × t pass', () => {
    fc.assert(
      fc.property(bucketParts, gaps, ({ requests, perMs, burst }, pauses) => {
        const bucket = new TokenBucket(requests, perMs, burst)
        const passed: number[] = []
        let now = 0
        let fullAt = 0
        for (const pause of pauses) {
          now += Math.floor((pause * bucket.intervalNs) / 100)
          if (bucket.waitNs(fullAt, now) > 0) continue
          fullAt = bucket.taken(fullAt, now)
          passed.push(now)
        }
        for (const [first, from] of passed.entries()) {
          for (const [last, to] of passed.entries()) {
            if (last < first) continue
            const allowed = burst + ((to - from) * requests) / (perMs * 1e6)
            expect(last - first + 1).toBeLessThanOrEqual(allowed)
          }
        }
      }),
      { numRuns: 60 }
    )
  })

  test('a wait is long enough and not longer than it must be', () => {
    fc.assert(
      fc.property(bucketParts, gaps, ({ requests, perMs, burst }, pauses) => {
        const bucket = new TokenBucket(requests, perMs, burst)
        let now = 0
        let fullAt = 0
        for (const pause of pauses) {
          now += Math.floor((pause * bucket.intervalNs) / 100)
          const wait = bucket.waitNs(fullAt, now)
          expect(bucket.tokens(fullAt, now) > 0).toBe(wait === 0)
          if (wait === 0) {
            fullAt = bucket.taken(fullAt, now)
          } else {
            expect(bucket.waitNs(fullAt, now + wait)).toBe(0)
            expect(bucket.waitNs(fullAt, now + wait - 1)).toBeGreaterThan(0)
          }
        }
      })
    )
  })
})
