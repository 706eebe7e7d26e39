/** Contract: percentiles of coarse buckets are near the true ones, rise, and are -1 of nothing. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COARSE_BOUNDS_MS, COARSE_BUCKETS, LatencyHistogram } from '../metrics/latency-histogram.ts'
import { NO_PERCENTILES, percentilesOf } from './coarse-percentiles.ts'

function coarse(values: readonly number[]): Float64Array {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.record(value)
  const counts = new Float64Array(COARSE_BUCKETS)
  histogram.coarsenInto(counts)
  return counts
}

/** The value below which the share `q` lies, by counting. */
function exact(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!
}

test('nothing recorded is -1 and not zero', () => {
  expect(percentilesOf(coarse([]))).toEqual(NO_PERCENTILES)
})

test('every value is in a bucket whose bounds hold it, and the bounds double every four', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 90_000, noNaN: true }), (ms) => {
      const bucket = coarse([ms]).indexOf(1)
      expect(ms).toBeLessThanOrEqual(COARSE_BOUNDS_MS[bucket]! * (1 + 1e-9))
      if (bucket > 0) expect(ms).toBeGreaterThanOrEqual(COARSE_BOUNDS_MS[bucket - 1]! * (1 - 1e-9))
    })
  )
  expect(COARSE_BOUNDS_MS).toHaveLength(COARSE_BUCKETS)
  expect(COARSE_BOUNDS_MS[12]! / COARSE_BOUNDS_MS[8]!).toBeCloseTo(2)
})

test('each percentile is off by at most the width of a bucket', () => {
  const latencies = fc.array(fc.double({ min: 0.5, max: 20_000, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(latencies, (values) => {
      const sorted = [...values].sort((a, b) => a - b)
      const found = percentilesOf(coarse(values))
      const pairs = [
        [found.p50Ms, 0.5],
        [found.p95Ms, 0.95],
        [found.p99Ms, 0.99]
      ] as const
      for (const [ms, q] of pairs) {
        expect(ms).toBeGreaterThanOrEqual(exact(sorted, q) / 1.2)
        expect(ms).toBeLessThanOrEqual(exact(sorted, q) * 1.2)
      }
      expect(found.p50Ms).toBeLessThanOrEqual(found.p95Ms)
      expect(found.p95Ms).toBeLessThanOrEqual(found.p99Ms)
    })
  )
})

test('inside one bucket the value moves with the share instead of standing on a bound', () => {
  const counts = new Float64Array(COARSE_BUCKETS)
  counts[20] = 100
  const { p50Ms, p99Ms } = percentilesOf(counts)
  expect(p50Ms).toBeGreaterThan(COARSE_BOUNDS_MS[19]!)
  expect(p50Ms).toBeLessThan(p99Ms)
  expect(p99Ms).toBeLessThanOrEqual(COARSE_BOUNDS_MS[20]!)
})
