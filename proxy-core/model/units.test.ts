/** Contract: what people write as durations, sizes and shares is read exactly or not at all. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  describeSize,
  formatDuration,
  formatPercentage,
  formatSize,
  MAX_DURATION_MS,
  parseDuration,
  parsePercentage,
  parseSize
} from './units.ts'

test.each([
  ['500ms', 500],
  ['5s', 5000],
  ['1.5s', 1500],
  ['1.1s', 1100],
  ['1m', 60_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
  ['0s', 0]
])('the duration %s is %d milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['5', '', '5 s', '5S', '-5s', '1m30s', '0.5ms', 's', '5sec', '1e3s', '٥s'])(
  '%j is not a duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  }
)

test.each([
  ['100MB', 100_000_000],
  ['1GB', 1_000_000_000],
  ['64KB', 64_000],
  ['64KiB', 65_536],
  ['1.5MiB', 1_572_864],
  ['42', 42],
  ['42B', 42],
  ['0', 0]
])('the size %s is %d bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

test.each(['100mb', '1 GB', '-1', '0.5', '1K', '99999999TB', 'MB'])('%j is not a size', (text) => {
  expect(parseSize(text)).toBeUndefined()
})

test('a percentage is a share of one', () => {
  expect(parsePercentage('10%')).toBe(0.1)
  expect(parsePercentage('0.5%')).toBe(0.005)
  expect(parsePercentage('10')).toBeUndefined()
  expect(formatPercentage(0.1)).toBe('10%')
})

test('every duration and size survives being written and read again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_DURATION_MS }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    })
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
      expect(parseSize(formatSize(bytes))).toBe(bytes)
    })
  )
})

test('the shortest exact unit is chosen', () => {
  expect([1, 1500, 90_000, 3_600_000].map(formatDuration)).toEqual(['1ms', '1500ms', '90s', '1h'])
  expect([1001, 65_536, 100_000_000].map(formatSize)).toEqual(['1001', '64KiB', '100MB'])
})

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1182, '1.2 KB'],
  [104_857_600, '105 MB'],
  [5e12, '5.0 TB'],
  [5e15, '5000 TB']
])('%i octets are %s to a person', (bytes, text) => {
  expect(describeSize(bytes)).toBe(text)
})
