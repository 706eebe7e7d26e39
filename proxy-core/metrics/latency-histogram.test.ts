/** Contract: a latency histogram counts everything once, and its quantiles are at most 9 % off. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LatencyHistogram } from './latency-histogram.ts'

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.record(value)
  return histogram
}

describe('LatencyHistogram', () => {
  it('answers 0 for every quantile while nothing was recorded', () => {
    const histogram = new LatencyHistogram()
    expect([histogram.quantile(0), histogram.quantile(0.5), histogram.quantile(1)]).toEqual([
      0, 0, 0
    ])
    expect(histogram.countUpTo(1e9)).toBe(0)
  })

  it('keeps the exact count and sum beside the buckets', () => {
    const histogram = histogramOf([0, 0.05, 1, 2.5, 1000])
    expect(histogram.count).toBe(5)
    expect(histogram.sumMs).toBeCloseTo(1003.55, 10)
  })

  it('gives each quantile within 9.1 % above the recorded value', () => {
    const latency = fc.double({ min: 0.101, max: 100_000, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const sorted = values.toSorted((a, b) => a - b)
          const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!
          const measured = histogramOf(values).quantile(q)
          expect(measured).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
          expect(measured).toBeLessThanOrEqual(exact * 2 ** (1 / 8) * (1 + 1e-9))
        }
      )
    )
  })

  it('counts up to a bucket bound exactly, and never fewer for a larger bound', () => {
    const histogram = histogramOf([0.1, 0.39, 0.41, 12.7, 12.9, 5000])
    expect(histogram.countUpTo(0.1 * 2 ** 2)).toBe(2)
    expect(histogram.countUpTo(0.1 * 2 ** 7)).toBe(4)
    expect(histogram.countUpTo(0.1 * 2 ** 16)).toBe(6)
  })

  it('keeps what is longer than the last bound in the last bucket', () => {
    const histogram = histogramOf([3_600_000])
    expect(histogram.count).toBe(1)
    expect(histogram.quantile(0.5)).toBeCloseTo(0.1 * 2 ** 20, 6)
    expect(histogram.countUpTo(60_000)).toBe(0)
  })
})
