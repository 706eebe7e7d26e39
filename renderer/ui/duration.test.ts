/** Spans and clocks: two units at most, the local 24-hour clock, and no negative time. */
import { describe, expect, test } from 'vitest'
import {
  formatAge,
  formatAgo,
  formatClock,
  formatClockSeconds,
  formatCountdown,
  formatDuration,
  formatMoment
} from './duration.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('formatDuration', () => {
  test.each([
    [-5, '0s'],
    [999, '0s'],
    [42_900, '42s'],
    [4 * MINUTE + 12_000, '4m 12s'],
    [4 * MINUTE, '4m'],
    [2 * HOUR + 5 * MINUTE + 59_000, '2h 5m'],
    [76 * HOUR, '3d 4h']
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

test('an age is precise while it is young', () => {
  expect(formatAge(300)).toBe('0.3\u00a0s')
  expect(formatAge(-20)).toBe('0.0\u00a0s')
  expect(formatAge(12_400)).toBe('12s')
})

test('clocks have two digits, and a moment of another day has its date', () => {
  const at = new Date(2026, 10, 21, 2, 4, 9).getTime()
  expect(formatClock(at)).toBe('02:04')
  expect(formatClockSeconds(at)).toBe('02:04:09')
  expect(formatMoment(at, at + HOUR)).toBe('02:04:09')
  expect(formatMoment(at, at + 48 * HOUR)).toBe('21 Nov 02:04:09')
})

test('what happened within a second happened just now', () => {
  expect(formatAgo(1000, 1400)).toBe('just now')
  expect(formatAgo(1000, 13_000)).toBe('12s ago')
})

test('a countdown reaches zero only when the time is over', () => {
  expect(formatCountdown(41_200)).toBe('0:42')
  expect(formatCountdown(1)).toBe('0:01')
  expect(formatCountdown(0)).toBe('0:00')
  expect(formatCountdown(-10)).toBe('0:00')
  expect(formatCountdown(HOUR + 2 * MINUTE + 3000)).toBe('1:02:03')
})
