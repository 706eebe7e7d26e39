/** Contract: Finagle's formula, and failures apart from latencies. */
import { expect, test } from 'vitest'
import { PeakEwma } from './peak-ewma.ts'

test('a peak counts at once, what is below it by and by', () => {
  const cost = new PeakEwma(0)
  expect(cost.costMs).toBe(30)
  cost.observe(200, false, 0)
  expect(cost.costMs).toBe(200)
  cost.observe(100, false, 10_000)
  expect(cost.costMs).toBeCloseTo(200 / Math.E + 100 * (1 - 1 / Math.E), 9)
})

test('reading counts as a latency of 0 for the time that passed', () => {
  const cost = new PeakEwma(0)
  cost.observe(1000, false, 0)
  cost.decay(10_000)
  expect(cost.costMs).toBeCloseTo(1000 / Math.E, 9)
  cost.decay(10_000)
  expect(cost.costMs).toBeCloseTo(1000 / Math.E, 9)
  cost.decay(30_000)
  expect(cost.costMs).toBeCloseTo(1000 / Math.E ** 3, 9)
})

test('a fast failure does not make a target cheaper than reading does', () => {
  const failing = new PeakEwma(0)
  const unused = new PeakEwma(0)
  failing.observe(1, true, 5000)
  unused.decay(5000)
  expect(failing.costMs).toBe(unused.costMs)
})

test('a slow failure is a peak', () => {
  const cost = new PeakEwma(0)
  cost.observe(30_000, true, 0)
  expect(cost.costMs).toBe(30_000)
})

test('the share of failures goes an eighth of the way with each attempt, and fades with time', () => {
  const cost = new PeakEwma(0)
  cost.observe(1, true, 0)
  expect(cost.failureShare).toBe(1 / 8)
  cost.observe(1, false, 0)
  expect(cost.failureShare).toBeCloseTo(7 / 64, 9)
  for (let attempt = 0; attempt < 60; attempt++) cost.observe(1, true, 0)
  expect(cost.failureShare).toBeGreaterThan(0.99)
  cost.decay(20_000)
  expect(cost.failureShare).toBeCloseTo(Math.exp(-2), 2)
})

test('a clock that stands still or goes back changes nothing', () => {
  const cost = new PeakEwma(1000)
  cost.decay(500)
  cost.decay(1000)
  expect(cost.costMs).toBe(30)
})
