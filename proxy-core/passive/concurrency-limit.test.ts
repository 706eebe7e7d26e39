/** Contract: the limit rises while latency stays, falls when it grows, and keeps to its bounds. */
import { expect, test } from 'vitest'
import { ConcurrencyLimit } from './concurrency-limit.ts'

const SETTINGS = { min: 4, max: 200, initial: 20, windowMs: 1000 }

/** `seconds` of windows with 100 answers each; the whole limit is in flight. */
function load(limit: ConcurrencyLimit, latencyMs: number, fromS: number, seconds: number): void {
  for (let second = fromS; second < fromS + seconds; second++) {
    for (let n = 1; n <= 100; n++) limit.answered(latencyMs, limit.value, second * 1000 + n * 10)
  }
}

test('it grows up to its maximum while latency does not change', () => {
  const limit = new ConcurrencyLimit(SETTINGS, 0)
  load(limit, 10, 0, 10)
  expect(limit.value).toBeGreaterThan(25)
  load(limit, 10, 10, 300)
  expect(limit.value).toBe(200)
})

test('it falls to a fraction when requests take ten times as long', () => {
  const limit = new ConcurrencyLimit(SETTINGS, 0)
  load(limit, 10, 0, 60)
  const before = limit.value
  load(limit, 100, 60, 20)
  expect(limit.value).toBeLessThan(before / 4)
  expect(limit.value).toBeGreaterThanOrEqual(SETTINGS.min)
})

test('it does not grow where nobody needs it', () => {
  const limit = new ConcurrencyLimit(SETTINGS, 0)
  for (let n = 0; n < 5000; n++) limit.answered(10, 3, n * 10)
  expect(limit.value).toBe(20)
})

test('requests that are not answered in time lower it', () => {
  const limit = new ConcurrencyLimit(SETTINGS, 0)
  for (let n = 0; n < 1000; n++) limit.timedOut(20, n * 10)
  expect(limit.value).toBeLessThan(10)
})
