/** Contract: a quantile of the mix is never below the true one, and not far above it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LatencyMix } from './latency-mix.ts'

/** The smallest value that at least the share `q` of the values does not exceed. */
function exactQuantile(values: readonly number[], q: number): number {
  const rising = values.toSorted((one, other) => one - other)
  return rising[Math.max(0, Math.ceil(q * rising.length) - 1)]!
}

function record(mix: LatencyMix, values: readonly number[]): void {
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((q) => exactQuantile(values, q))
  mix.record({ p50Ms: p50Ms!, p95Ms: p95Ms!, p99Ms: p99Ms! }, values.length)
}

test('nothing recorded is no quantile', () => {
  const mix = new LatencyMix()
  mix.record({ p50Ms: -1, p95Ms: -1, p99Ms: -1 }, 0)
  mix.record({ p50Ms: -1, p95Ms: -1, p99Ms: -1 }, 10)
  expect(mix.quantile(0.5)).toBeNull()
})

test('one tick gives its own percentiles, at most 9 % too high', () => {
  const mix = new LatencyMix()
  mix.record({ p50Ms: 10, p95Ms: 100, p99Ms: 1000 }, 50)
  expect(mix.quantile(0.5)).toBeCloseTo(10.8, 0)
  expect(mix.quantile(0.95)! / 100).toBeLessThan(1.1)
  expect(mix.quantile(0.99)! / 1000).toBeLessThan(1.1)
})

test('a slow tick among many fast ones does not become the p95 of the minute', () => {
  const mix = new LatencyMix()
  for (let tick = 0; tick < 99; tick++) mix.record({ p50Ms: 5, p95Ms: 8, p99Ms: 10 }, 10)
  mix.record({ p50Ms: 4000, p95Ms: 5000, p99Ms: 6000 }, 10)
  expect(mix.quantile(0.95)).toBeLessThan(12)
  expect(mix.quantile(0.99)).toBeGreaterThanOrEqual(10)
})

test('how slow the last 1 % of a tick were is not taken for known', () => {
  const mix = new LatencyMix()
  // 99 of 100 at 20 ms and one at a second, then 100 at 50 ms: the middle one of all took 50 ms.
  mix.record({ p50Ms: 20, p95Ms: 20, p99Ms: 20 }, 100)
  mix.record({ p50Ms: 50, p95Ms: 50, p99Ms: 50 }, 100)
  expect(mix.quantile(0.5)).toBeGreaterThanOrEqual(50)
})

test('no quantile is below the true one of all requests', () => {
  const tick = fc.array(fc.double({ min: 0.2, max: 60_000, noNaN: true }), {
    minLength: 1,
    maxLength: 40
  })
  fc.assert(
    fc.property(fc.array(tick, { minLength: 1, maxLength: 20 }), (ticks) => {
      const mix = new LatencyMix()
      for (const values of ticks) record(mix, values)
      for (const q of [0.5, 0.95, 0.99]) {
        // Bounds are told to three digits.
        expect(mix.quantile(q)! * 1.01).toBeGreaterThanOrEqual(exactQuantile(ticks.flat(), q))
      }
    })
  )
})

test('it survives its text, and merging is the same as recording together', () => {
  const both = new LatencyMix()
  const parts = [5, 50, 500].map((ms) => {
    const rates = { p50Ms: ms, p95Ms: ms * 2, p99Ms: ms * 3 }
    both.record(rates, 7)
    const part = new LatencyMix()
    part.record(rates, 7)
    return LatencyMix.parse(String(part))
  })
  const merged = new LatencyMix()
  for (const part of parts) merged.merge(part)
  for (const q of [0.5, 0.95, 0.99]) expect(merged.quantile(q)).toBe(both.quantile(q))
})

test('what is longer than the last bound is at the last bound', () => {
  const mix = new LatencyMix()
  mix.record({ p50Ms: 1e12, p95Ms: 1e12, p99Ms: 1e12 }, 1)
  expect(mix.quantile(0.5)).toBeGreaterThan(3_000_000)
})
