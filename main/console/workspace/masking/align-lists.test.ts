/** Contract: entries are paired with what they were, and with nothing where that is a guess. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alignLists } from './align-lists.ts'

function aligned(before: string, now: string, ambiguous = ''): readonly (number | null)[] {
  return alignLists([...before], [...now], (digest) => ambiguous.includes(digest))
}

test.each([
  ['abc', 'abc', [0, 1, 2]],
  ['abc', 'xabc', [null, 0, 1, 2]],
  ['abc', 'bc', [1, 2]],
  ['abc', 'ac', [0, 2]],
  ['abc', 'acb', [0, 2, 1]],
  ['abc', 'axcb', [0, null, 2, 1]],
  ['abc', '', []],
  ['', 'abc', [null, null, null]]
])('%s to %s by equal entries', (before, now, expected) => {
  expect(aligned(before, now)).toEqual(expected)
})

test('an entry that changed between the same neighbours is the same one', () => {
  expect(aligned('abc', 'axc')).toEqual([0, 1, 2])
  expect(aligned('abcd', 'axyd')).toEqual([0, 1, 2, 3])
  expect(aligned('a', 'x')).toEqual([0])
})

test('a changed entry beside one that came or went is a guess', () => {
  expect(aligned('abc', 'axyc')).toEqual([0, null, null, 2])
  expect(aligned('abcd', 'axd')).toEqual([0, null, 3])
  expect(aligned('ab', 'x')).toEqual([null])
})

test('which of several alike went is a guess where they differ underneath', () => {
  expect(aligned('aab', 'ab', 'a')).toEqual([null, 2])
  expect(aligned('aab', 'ab')).toEqual([0, 2])
  expect(aligned('aab', 'aaab', 'a')).toEqual([null, null, null, 2])
  expect(aligned('aab', 'baa', 'a')).toEqual([2, 0, 1])
})

test('long lists that differ in the middle are paired at both ends', () => {
  const before = Array.from({ length: 1000 }, (_, index) => `b${index}`)
  const now = Array.from({ length: 1001 }, (_, index) => `n${index}`)
  const partners = alignLists(['a', ...before, 'z'], ['a', ...now, 'z'], () => false)
  expect([partners[0], partners[1], partners.at(-1)]).toEqual([0, null, 1001])
})

test('partners exist and are never shared, and equal entries come first', () => {
  const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 })
  fc.assert(
    fc.property(list, list, fc.constantFrom('', 'a', 'ab'), (before, now, ambiguous) => {
      const partners = alignLists(before, now, (digest) => ambiguous.includes(digest))
      const paired = partners.filter((partner) => partner !== null)
      expect(new Set(paired).size).toBe(paired.length)
      expect(paired.every((partner) => partner < before.length)).toBe(true)
      const spare = before.filter((digest, b) => !paired.includes(b) && !ambiguous.includes(digest))
      for (const [n, partner] of partners.entries()) {
        if (partner === null || before[partner] !== now[n]) expect(spare).not.toContain(now[n])
      }
    })
  )
})
