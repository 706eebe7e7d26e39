/** Contract: every response is counted in exactly one class. */
import { expect, it } from 'vitest'
import { TrafficCounters } from './traffic-counters.ts'

it('counts 101, 204, 304, 404 and 599 by their first digit and anything else as other', () => {
  const counters = new TrafficCounters()
  for (const status of [101, 204, 304, 404, 599, 0, 99, 600, 999]) counters.countResponse(status)
  expect([...counters.responses]).toEqual([4, 1, 1, 1, 1, 1])
})

it('records latencies in both histograms, and none for a head that never came', () => {
  const counters = new TrafficCounters()
  counters.recordLatency(20, 5)
  counters.recordLatency(40, -1)
  expect([counters.totalMs.count, counters.totalMs.sumMs]).toEqual([2, 60])
  expect([counters.responseHeadMs.count, counters.responseHeadMs.sumMs]).toEqual([1, 5])
  expect(counters.totalMs.countUpTo(25)).toBe(1)
  expect(counters.responseHeadMs.countUpTo(6)).toBe(1)
})

it('counts bytes beyond what an integer register holds', () => {
  const counters = new TrafficCounters()
  counters.bytesOut += 2 ** 40
  counters.bytesOut += 1
  counters.bytesIn += 3
  expect([counters.bytesIn, counters.bytesOut]).toEqual([3, 2 ** 40 + 1])
})
