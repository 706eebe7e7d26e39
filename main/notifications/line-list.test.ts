/** Contract: a list keeps its beginning and its end, never grows beyond its size, and counts the rest. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  FIRST_LINES,
  joinLines,
  MAX_LINES,
  NO_LINES,
  withLine,
  type LineList
} from './line-list.ts'

function listOf(lines: readonly number[]): LineList<number> {
  return lines.reduce<LineList<number>>((list, line) => withLine(list, line), NO_LINES)
}

test('of any number of lines the first and the last are shown, and the rest is counted', () => {
  fc.assert(
    fc.property(fc.nat({ max: 200 }), (count) => {
      const lines = Array.from({ length: count }, (_, index) => index)
      const { shown, omitted } = listOf(lines)
      expect(shown.length).toBeLessThanOrEqual(MAX_LINES)
      expect(shown.length + omitted).toBe(count)
      expect(shown.slice(0, FIRST_LINES)).toEqual(lines.slice(0, FIRST_LINES))
      expect(shown.at(-1)).toBe(lines.at(-1))
      expect(shown).toEqual(shown.toSorted((one, other) => one - other))
    })
  )
})

test('two lists become one in the order of time, with everything counted', () => {
  const [odd, even] = [
    listOf([1, 3, 5]),
    listOf(Array.from({ length: 40 }, (_, index) => 2 * index))
  ]
  const both = joinLines(odd, even, (one, other) => one - other)
  expect(both.shown.slice(0, 4)).toEqual([0, 1, 2, 3])
  expect(both.shown.length + both.omitted).toBe(43)
})
