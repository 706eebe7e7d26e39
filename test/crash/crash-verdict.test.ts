/** Contract: the judge of the crash test sees a loss, a disorder and a repetition. */
import { expect, test } from 'vitest'
import { verdictOn } from './crash-verdict.ts'

const verdict = (acknowledged: readonly number[], taken: readonly number[]): object =>
  verdictOn([{ key: 'a', acknowledged, taken }])

test.each([
  [[0, 1, 2], [0, 1, 2], { missing: [], disordered: [], repeated: 0 }],
  [[0, 1, 2], [0, 2], { missing: ['a/1'], disordered: [] }],
  [[0, 1, 2], [0, 2, 1], { missing: [], disordered: ['a/1'] }],
  // After a crash what was delivered already may come again.
  [[0, 1, 2], [0, 1, 0, 1, 2], { missing: [], disordered: [], repeated: 2 }],
  // One that was cut off may have been stored.
  [[0, 2], [0, 1, 2], { missing: [], disordered: [], repeated: 0 }]
])('of %j the backend got %j', (acknowledged, taken, expected) => {
  expect(verdict(acknowledged, taken)).toMatchObject(expected)
})
