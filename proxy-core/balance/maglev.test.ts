/** Contract: how the seats of a table take turns. What keys see of it: `key-orders.test.ts`. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { turnsOf } from './maglev.ts'

const PLACES = 65_537

/** As in section 3.4 of the paper with Envoy's weights, without an end. */
function plainTurns(weights: readonly number[], count: number): readonly number[] {
  const heaviest = Math.max(...weights)
  const gains = weights.map(() => 0)
  const turns: number[] = []
  while (turns.length < count) {
    for (const [index, weight] of weights.entries()) {
      gains[index]! += weight
      if (gains[index]! < heaviest) continue
      gains[index]! -= heaviest
      turns.push(index)
    }
  }
  return turns.slice(0, count)
}

test('turns that begin anew are those of a count that never ends', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(weights, (its) => {
      const turns = turnsOf(its)
      const repeated = Array.from({ length: 10_000 }, (_, turn) => turns[turn % turns.length])
      expect(repeated).toEqual(plainTurns(its, 10_000))
    }),
    { numRuns: 50 }
  )
})

test('one heavy seat among many light ones costs one period and not one count for each place', () => {
  const turns = turnsOf([256, ...new Array<number>(999).fill(1)])
  expect(turns).toHaveLength(1255)
  expect(turns.filter((index) => index === 0)).toHaveLength(256)
})

test('a period longer than the table is cut off', () => {
  expect(turnsOf(new Array<number>(1000).fill(256)).length).toBeLessThan(PLACES + 1000)
})
