/** The small curve: its scale starts at zero, its gaps stay gaps. */
import { expect, test } from 'vitest'
import { sparkRuns } from './spark-path.ts'

test('the highest value touches the top and zero lies on the ground', () => {
  expect(sparkRuns([0, 5, 10], 20, 10)).toEqual([
    [
      { x: 0, y: 10 },
      { x: 10, y: 5 },
      { x: 20, y: 0 }
    ]
  ])
})

test('a gap ends a run and is not bridged', () => {
  const runs = sparkRuns([4, Number.NaN, Number.NaN, 4], 30, 10)
  expect(runs.map((run) => run.map(({ x }) => x))).toEqual([[0], [30]])
})

test('nothing measured draws nothing, and no traffic is a flat line', () => {
  expect(sparkRuns([Number.NaN, Number.NaN], 10, 10)).toEqual([])
  expect(sparkRuns([0, 0], 10, 10)).toEqual([
    [
      { x: 0, y: 10 },
      { x: 10, y: 10 }
    ]
  ])
})
