/** Contract: rates look back over 1.5 s, and never over a time in which the engine stood still. */
import { expect, test } from 'vitest'
import { TickTimes } from './tick-times.ts'

test('the window grows to six intervals and then moves on', () => {
  const times = new TickTimes(1000)
  const windows = [1250, 1500, 1750, 2000, 2250, 2500, 2750, 3000].map((nowMs) => {
    times.note(nowMs)
    return times.windowMs
  })
  expect(windows).toEqual([250, 500, 750, 1000, 1250, 1500, 1500, 1500])
  expect(times.intervalMs).toBe(250)
})

test('the tick after a pause tells of the pause alone, and the next ones begin behind it', () => {
  const times = new TickTimes(0)
  times.note(250)
  times.note(500)
  times.note(10_500)
  expect([times.isAfterGap, times.windowMs]).toEqual([true, 10_000])
  times.note(10_750)
  expect([times.isAfterGap, times.windowMs]).toEqual([false, 250])
  times.note(11_000)
  expect(times.windowMs).toBe(500)
})

test('a tick that is late by less than a second is no pause', () => {
  const times = new TickTimes(0)
  times.note(250)
  times.note(1200)
  expect([times.isAfterGap, times.windowMs]).toEqual([false, 1200])
})
