/** Contract: every response is counted in exactly one class. */
import { expect, it } from 'vitest'
import { TrafficCounters } from './traffic-counters.ts'

it('counts 101, 204, 304, 404 and 599 by their first digit and anything else as other', () => {
  const counters = new TrafficCounters()
  for (const status of [101, 204, 304, 404, 599, 0, 99, 600, 999]) counters.countResponse(status)
  expect([...counters.responses]).toEqual([4, 1, 1, 1, 1, 1])
})
