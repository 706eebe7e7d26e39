/** Contract: what may be typed as the time of a hold is a duration from a second to an hour. */
import { expect, test } from 'vitest'
import { HOLD_TIMES, holdTimeProblem, parseHoldTime } from './hold-times.ts'

test.each([
  ['30s', 30_000],
  [' 5m ', 300_000],
  ['1h', 3_600_000],
  ['1500ms', 1500],
  ['999ms', null],
  ['61m', null],
  ['30', null],
  ['', null],
  ['soon', null]
])('"%s" is %s', (text, ms) => {
  expect(parseHoldTime(text)).toBe(ms)
  expect(holdTimeProblem(text) === null).toBe(ms !== null)
})

test('what is offered may be typed', () => {
  expect(HOLD_TIMES.map(parseHoldTime)).toEqual([10_000, 30_000, 60_000, 300_000])
})
