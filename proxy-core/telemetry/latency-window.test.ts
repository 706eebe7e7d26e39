/** Contract: percentiles speak of the last two to four seconds, and of nothing before. */
import { expect, test } from 'vitest'
import { COARSE_BUCKETS, LatencyHistogram } from '../metrics/latency-histogram.ts'
import { LatencyWindow } from './latency-window.ts'

const counts = new Float64Array(COARSE_BUCKETS)

function read(window: LatencyWindow, histogram: LatencyHistogram, nowMs: number): number {
  histogram.coarsenInto(counts)
  return window.read(counts, nowMs).p50Ms
}

test('what was recorded before the window began does not count', () => {
  const histogram = new LatencyHistogram()
  histogram.record(500)
  histogram.coarsenInto(counts)
  const window = new LatencyWindow(counts, 0)
  expect(read(window, histogram, 250)).toBe(-1)
  histogram.record(10)
  expect(read(window, histogram, 500)).toBeCloseTo(10, -1)
})

test('a recording is seen for at least two seconds and for at most four and a tick', () => {
  const histogram = new LatencyHistogram()
  const window = new LatencyWindow(counts.fill(0), 0)
  const seen: number[] = []
  for (let nowMs = 250; nowMs <= 8000; nowMs += 250) {
    if (nowMs === 1000) histogram.record(10)
    if (read(window, histogram, nowMs) > 0) seen.push(nowMs)
  }
  expect(seen[0]).toBe(1000)
  expect(seen.at(-1)! - seen[0]!).toBeGreaterThanOrEqual(2000)
  expect(seen.at(-1)! - seen[0]!).toBeLessThanOrEqual(4250)
})

test('a window that rested while nothing was recorded shows the first recording at once', () => {
  const histogram = new LatencyHistogram()
  histogram.record(500)
  const window = new LatencyWindow(counts.fill(0), 0)
  for (let nowMs = 250; nowMs <= 6000; nowMs += 250) read(window, histogram, nowMs)
  histogram.record(10)
  expect(read(window, histogram, 600_000)).toBeCloseTo(10, -1)
})

test('counts beyond 32 bits do not break the difference', () => {
  const window = new LatencyWindow(counts.fill(2 ** 32 - 1), 0)
  counts[20] = 2 ** 32 + 9
  const { p50Ms } = window.read(counts, 250)
  counts.fill(0)
  counts[20] = 1
  expect(p50Ms).toBeCloseTo(new LatencyWindow(new Float64Array(81), 0).read(counts, 1).p50Ms)
})
