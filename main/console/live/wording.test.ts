/** Contract: durations, lists and shares read as an operator would say them. */
import { expect, test } from 'vitest'
import { counted, listed, percent, sentence, spellDuration, spellWait } from './wording.ts'

test.each([
  [0, '<1 m'],
  [59_999, '<1 m'],
  [60_000, '1 m'],
  [59 * 60_000, '59 m'],
  [60 * 60_000, '1 h'],
  [65 * 60_000, '1 h 5 m'],
  [24 * 3_600_000, '1 d'],
  [51 * 3_600_000, '2 d 3 h']
])('%d ms is %s', (ms, text) => {
  expect(spellDuration(ms)).toBe(text)
})

test.each([
  [400, '<1 s'],
  [4_900, '4 s'],
  [65_000, '1 m 5 s'],
  [120_000, '2 m'],
  [3_900_000, '1 h 5 m']
])('a wait of %d ms is %s', (ms, text) => {
  expect(spellWait(ms)).toBe(text)
})

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b and 3 others']
])('%j is listed as "%s"', (names, text) => {
  expect(listed(names)).toBe(text)
})

test.each([
  [0, '0 %'],
  [0.0004, '<0.1 %'],
  [0.004, '0.4 %'],
  [0.123, '12 %'],
  [1, '100 %']
])('a share of %d is %s', (share, text) => {
  expect(percent(share)).toBe(text)
})

test('one is singular', () => {
  expect([
    counted(1, 'backend'),
    counted(0, 'backend'),
    counted(2, 'success', 'successes')
  ]).toEqual(['1 backend', '0 backends', '2 successes'])
})

test('a sentence begins with a capital letter and ends once', () => {
  expect([sentence('it is so'), sentence('It is so. ')]).toEqual(['It is so.', 'It is so.'])
})
