/** Contract: log times are those of Apache and of ISO 8601, in every zone and for every second. */
import { afterEach, describe, expect, it } from 'vitest'
import { localTime, SecondTexts, utcSecond } from './log-time.ts'

const zone = process.env['TZ']
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

describe('localTime', () => {
  it.each([
    ['UTC', '02/Jan/2026:03:04:05 +0000'],
    ['Europe/Vienna', '02/Jan/2026:04:04:05 +0100'],
    ['America/St_Johns', '01/Jan/2026:23:34:05 -0330'],
    ['Asia/Kathmandu', '02/Jan/2026:08:49:05 +0545']
  ])('in %s is %s', (name, text) => {
    process.env['TZ'] = name
    expect(localTime(new Date('2026-01-02T03:04:05Z'))).toBe(text)
  })
})

describe('SecondTexts', () => {
  it('formats each second once while it is in use, and never mixes two up', () => {
    const formatted: number[] = []
    const texts = new SecondTexts((date) => {
      formatted.push(date.getTime() / 1000)
      return utcSecond(date)
    })
    // 1000 and 1064 share a place.
    expect([1000, 1001, 1000, 1064, 1000].map((second) => texts.at(second))).toEqual([
      '1970-01-01T00:16:40',
      '1970-01-01T00:16:41',
      '1970-01-01T00:16:40',
      '1970-01-01T00:17:44',
      '1970-01-01T00:16:40'
    ])
    expect(formatted).toEqual([1000, 1001, 1064, 1000])
  })

  it('formats second 0', () => {
    expect(new SecondTexts(utcSecond).at(0)).toBe('1970-01-01T00:00:00')
  })
})
