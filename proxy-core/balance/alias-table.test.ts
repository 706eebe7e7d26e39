/** Contract: indices are drawn in exact proportion to their weights. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AliasTable } from './alias-table.ts'

/** The exact share of each index: draws at evenly spaced points stand for the whole interval. */
function sharesOf(weights: readonly number[], points: number): number[] {
  const table = new AliasTable(weights)
  const shares = weights.map(() => 0)
  for (let i = 0; i < points; i++) {
    const index = table.draw(() => (i + 0.5) / points)
    shares[index] = (shares[index] ?? 0) + 1 / points
  }
  return shares
}

test('every index has the share of its weight', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 12 }),
      (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const shares = sharesOf(weights, 12_000)
        for (const [index, weight] of weights.entries()) {
          // Each of at most 12 columns can be off by one point at either end.
          expect(Math.abs((shares[index] ?? 0) - weight / total)).toBeLessThan(24 / 12_000)
        }
      }
    )
  )
})

test('an empty table draws nothing', () => {
  expect(new AliasTable([]).draw(Math.random)).toBe(-1)
})

test('the ends of the interval draw valid indices', () => {
  const table = new AliasTable([1, 255, 3])
  expect([0, 1, 2]).toContain(table.draw(() => 0))
  expect([0, 1, 2]).toContain(table.draw(() => 1 - 2 ** -53))
})
