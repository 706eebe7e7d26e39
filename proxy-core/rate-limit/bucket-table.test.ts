/**
 * Contract: a table of buckets is bounded and forgets only what nobody misses. Whatever keys are
 * invented, no key gets more than its limit while any bucket has a token left, and no newcomer is
 * refused.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BucketTable, NO_BUCKET } from './bucket-table.ts'
import { FullnessOrder } from './fullness-order.ts'
import { TokenBucket } from './token-bucket.ts'

const S = 1e9

/** Whether the request passes. */
function ask(table: BucketTable, key: string, nowNs: number): boolean {
  const found = table.find(key)
  if (table.waitNs(found, nowNs) > 0) return false
  table.take(found, key, nowNs)
  return true
}

test('keys have buckets of their own', () => {
  const table = new BucketTable(new TokenBucket(1, 1000, 1), 10)
  expect(['a', 'b', 'a', 'b'].map((key) => ask(table, key, 0))).toEqual([true, true, false, false])
  expect(ask(table, 'a', S)).toBe(true)
})

test('full buckets are forgotten when new keys come', () => {
  const table = new BucketTable(new TokenBucket(10, 1000, 10), 1000)
  for (let index = 0; index < 100; index++) ask(table, `old-${index}`, 0)
  expect(table.size).toBe(100)
  for (let index = 0; index < 60; index++) ask(table, `new-${index}`, 2 * S)
  expect(table.size).toBe(60)
  expect(table.find('old-0')).toBe(NO_BUCKET)
  expect(table.takenOver).toBe(0)
})

test('a flood of invented keys does not reset an exhausted bucket', () => {
  const table = new BucketTable(new TokenBucket(10, 60_000, 10), 100)
  for (let count = 0; count < 10; count++) expect(ask(table, 'victim', 0)).toBe(true)
  for (let index = 0; index < 500; index++) {
    expect(ask(table, `flood-${index}`, 1000)).toBe(true)
    expect(ask(table, 'victim', 1000)).toBe(false)
  }
  expect(table.size).toBe(100)
  expect(table.takenOver).toBeGreaterThan(300)
})

test('a newcomer passes also when every bucket is empty, but gets one request only', () => {
  const table = new BucketTable(new TokenBucket(5, 60_000, 5), 50)
  for (let index = 0; index < 50; index++) {
    for (let count = 0; count < 5; count++) expect(ask(table, `key-${index}`, 0)).toBe(true)
  }
  expect(ask(table, 'newcomer', 0)).toBe(true)
  expect(ask(table, 'newcomer', 0)).toBe(false)
})

test('two that take turns at pushing each other out gain nothing by it', () => {
  const table = new BucketTable(new TokenBucket(10, 60_000, 10), 3)
  for (let count = 0; count < 5; count++) for (const key of ['x', 'y']) ask(table, key, 0)
  const passed = { a: 0, b: 0 }
  for (let count = 0; count < 100; count++) {
    for (const key of ['a', 'b'] as const) if (ask(table, key, 0)) passed[key]++
  }
  expect(Math.max(passed.a, passed.b)).toBeLessThanOrEqual(10)
  expect(passed.a + passed.b).toBeLessThanOrEqual(20)
})

test('who comes back among nearly equal buckets has no more than it had left', () => {
  const table = new BucketTable(new TokenBucket(1, 1000, 3), 2)
  const asked = [
    ['other', 0.02],
    ['back', 0.03],
    ['back', 0.04],
    ['other', 0.05],
    ['newcomer', 0.06],
    ['back', 0.07]
  ] as const
  for (const [key, second] of asked) expect(ask(table, key, second * S)).toBe(true)
  expect(table.takenOver).toBe(2)
  // Alone, its third request would have been followed by one at 1.03 s at the earliest.
  expect(ask(table, 'back', 1.02 * S)).toBe(false)
})

test('who comes when all are empty owes nothing that others used', () => {
  const bucket = new TokenBucket(5, 60_000, 5)
  const table = new BucketTable(bucket, 50)
  for (let index = 0; index < 5000; index++) ask(table, `key-${index}`, 0)
  for (const found of Array(50).keys()) {
    expect(table.waitNs(found, 0)).toBeLessThanOrEqual(bucket.intervalNs)
  }
})

test('a key does not keep the text in memory that it was cut from', () => {
  const table = new BucketTable(new TokenBucket(1, 1000, 1), 10)
  expect(ask(table, 'prefix-name-of-a-client'.slice(7), 0)).toBe(true)
  expect(ask(table, 'name-of-a-client', 0)).toBe(false)
})

describe('for any traffic', () => {
  const steps = fc.array(
    fc.record({
      key: fc.integer({ min: 0, max: 30 }).map((number) => `key-${number}`),
      /** In hundredths of an interval. */
      pause: fc.constantFrom(0, 0, 0, 1, 10, 50, 130, 2000, 20_000)
    }),
    { minLength: 50, maxLength: 400 }
  )

  test('with room for all keys, each is limited as if it were alone', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), (asked, burst) => {
        const bucket = new TokenBucket(1, 1000, burst)
        const table = new BucketTable(bucket, 31)
        const alone = new Map<string, number>()
        let now = 0
        for (const { key, pause } of asked) {
          now += (pause * bucket.intervalNs) / 100
          const fullAt = alone.get(key) ?? 0
          const passes = bucket.waitNs(fullAt, now) === 0
          if (passes) alone.set(key, bucket.taken(fullAt, now))
          expect(ask(table, key, now)).toBe(passes)
        }
      })
    )
  })

  test('with too many keys, none gets more than if it were alone while a bucket has a token', () => {
    const few = fc.array(
      fc.record({
        key: fc.integer({ min: 0, max: 5 }).map((number) => `key-${number}`),
        pause: fc.constantFrom(0, 0, 0, 1, 2, 3, 5, 8)
      }),
      { minLength: 20, maxLength: 150 }
    )
    fc.assert(
      fc.property(few, fc.integer({ min: 4, max: 12 }), (asked, burst) => {
        const bucket = new TokenBucket(1, 1000, burst)
        const table = new BucketTable(bucket, 3)
        const alone = new Map<string, number>()
        let now = 0
        for (const { key, pause } of asked) {
          now += (pause * bucket.intervalNs) / 100
          const isFull = table.size === 3
          if (isFull && [0, 1, 2].every((found) => table.tokens(found, now) === 0)) return
          const isNew = table.find(key) === NO_BUCKET
          const passes = ask(table, key, now)
          if (isNew) expect(passes).toBe(true)
          if (!passes) continue
          const fullAt = alone.get(key) ?? 0
          expect(bucket.waitNs(fullAt, now)).toBe(0)
          alone.set(key, bucket.taken(fullAt, now))
          expect(table.size).toBeLessThanOrEqual(3)
        }
      }),
      { numRuns: 500 }
    )
  })

  test('the order knows the fullest, to a 64th of the span', () => {
    const moves = fc.array(
      fc.record({
        bucket: fc.integer({ min: 0, max: 20 }),
        pause: fc.integer({ max: 70, min: 0 })
      }),
      { maxLength: 300 }
    )
    fc.assert(
      fc.property(moves, (made) => {
        const span = 6400
        const order = new FullnessOrder(span)
        const fullAt = new Map<number, number>()
        let now = 0
        for (const { bucket, pause } of made) {
          now += pause
          order.advance(now)
          const before = fullAt.get(bucket)
          const after = Math.min(Math.max(before ?? 0, now) + 640, now + span)
          if (before === undefined) order.add(bucket, after)
          else order.move(bucket, before, after)
          fullAt.set(bucket, after)
          const least = Math.min(...fullAt.values())
          const found = fullAt.get(order.fullest)!
          expect(order.fullest).toBeGreaterThanOrEqual(0)
          if (order.full >= 0) expect(fullAt.get(order.full)!).toBeLessThanOrEqual(now)
          else expect(Math.floor(found / 100)).toBe(Math.floor(least / 100))
        }
      })
    )
  })
})
