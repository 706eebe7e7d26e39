/** Keys go through the river's things without falling off an end. */
import { expect, test } from 'vitest'
import { selectionOf, steppedIndex } from './river-things.ts'

test('the first key selects an end, further ones stay inside', () => {
  expect(steppedIndex(-1, 1, 5)).toBe(0)
  expect(steppedIndex(-1, -1, 5)).toBe(4)
  expect(steppedIndex(1, 1, 5)).toBe(2)
  expect(steppedIndex(4, 1, 5)).toBe(4)
  expect(steppedIndex(0, -1, 5)).toBe(0)
})

test('a listener has nothing to inspect', () => {
  expect(selectionOf({ kind: 'listener', listener: 'web' })).toBeNull()
  expect(selectionOf({ kind: 'pool', pool: 'api' })).toEqual({ kind: 'pool', pool: 'api' })
})
