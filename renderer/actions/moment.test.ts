/** Typed times: the past only, and the last time that the clock showed it. */
import { describe, expect, test } from 'vitest'
import { parseMoment } from './moment.ts'

/** Noon of this machine's own zone. */
const NOON = new Date(2026, 10, 21, 12, 0, 0).getTime()
const at = (hours: number, minutes: number, seconds = 0, day = 21): number =>
  new Date(2026, 10, day, hours, minutes, seconds).getTime()

describe('parseMoment', () => {
  test.each([
    ['10m', NOON - 600_000],
    ['-2h', NOON - 7_200_000],
    ['90s ago', NOON - 90_000],
    ['1d', NOON - 86_400_000],
    ['11:58', at(11, 58)],
    ['11:58:30', at(11, 58, 30)],
    ['14:02', at(14, 2, 0, 20)],
    ['12:00', NOON]
  ])('reads "%s"', (text, expected) => {
    expect(parseMoment(text, NOON)).toBe(expected)
  })

  test('reads an ISO date of the past', () => {
    const iso = new Date(NOON - 5000).toISOString()
    expect(parseMoment(iso, NOON)).toBe(NOON - 5000)
  })

  test.each(['', '25:00', '12:60', 'soon', '10', 'm', new Date(NOON + 1000).toISOString()])(
    'does not take "%s" for a time',
    (text) => {
      expect(parseMoment(text, NOON)).toBeNull()
    }
  )
})
