/** Numbers as people read them at 3 a.m.: three significant digits, and no false zero. */
import { describe, expect, test } from 'vitest'
import {
  countOf,
  formatBytes,
  formatCount,
  formatMs,
  formatRate,
  formatShare,
  quantityText
} from './format.ts'

describe('formatCount', () => {
  test.each([
    [0, '0'],
    [0.4249, '0.425'],
    [7, '7'],
    [84.04, '84'],
    [999.4, '999'],
    [999.6, '1k'],
    [1236, '1.24k'],
    [12_360, '12.4k'],
    [999_600, '1M'],
    [1_236_000, '1.24M'],
    [4.2e9, '4.2G'],
    [-1, '–'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–']
  ])('writes %d as %s', (count, text) => {
    expect(formatCount(count)).toBe(text)
  })
})

describe('formatMs', () => {
  test.each([
    [-1, '–'],
    [0, '0\u00a0ms'],
    [0.004, '< 0.01\u00a0ms'],
    [0.4236, '0.424\u00a0ms'],
    [84.2, '84.2\u00a0ms'],
    [999.7, '1\u00a0s'],
    [1236, '1.24\u00a0s'],
    [61_000, '61\u00a0s']
  ])('writes %d ms as %s', (ms, text) => {
    expect(quantityText(formatMs(ms))).toBe(text)
  })
})

describe('formatShare', () => {
  test.each([
    [0, '0\u00a0%'],
    [0.00002, '< 0.01\u00a0%'],
    [0.0002, '0.02\u00a0%'],
    [0.0336, '3.36\u00a0%'],
    [0.3333, '33.3\u00a0%'],
    [1, '100\u00a0%'],
    [-1, '–']
  ])('writes a share of %d as %s', (share, text) => {
    expect(quantityText(formatShare(share))).toBe(text)
  })
})

test('formatRate shows the last trace of a decaying average as zero', () => {
  expect(formatRate(0.04)).toEqual({ value: '0', unit: 'req/s' })
  expect(formatRate(0.2)).toEqual({ value: '0.2', unit: 'req/s' })
})

test('formatBytes uses decimal steps', () => {
  expect(quantityText(formatBytes(999))).toBe('999\u00a0B')
  expect(quantityText(formatBytes(1_236_000))).toBe('1.24\u00a0MB')
})

test('countOf agrees with its number', () => {
  expect(countOf(1, 'backend')).toBe('1 backend')
  expect(countOf(0, 'backend')).toBe('0 backends')
  expect(countOf(2, 'entry', 'entries')).toBe('2 entries')
})
