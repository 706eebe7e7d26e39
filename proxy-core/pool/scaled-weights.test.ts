/** Contract: weights stay whole numbers from 1 to 256, and their proportions those of the shares. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scaledWeights, type WarmingTarget } from './scaled-weights.ts'

function targets(
  ...written: readonly (readonly [weight: number, warmth: number])[]
): WarmingTarget[] {
  return written.map(([weight, warmth]) => ({ level: 0, weight, warmth }))
}

test('without slow start weights are what they are', () => {
  expect(scaledWeights(targets([1, 1], [100, 1], [256, 1]))).toEqual([1, 100, 256])
  expect(scaledWeights([])).toEqual([])
})

test.each([
  ['of one each', targets([1, 1], [1, 0.1]), [20, 2]],
  ['of a hundred each', targets([100, 1], [100, 0.45]), [20, 9]],
  ['of two to one', targets([100, 1], [50, 0.1]), [40, 2]],
  ['that all warm up', targets([3, 0.1], [3, 0.1]), [2, 2]],
  ['with no room below', targets([256, 1], [1, 0.1]), [256, 1]],
  ['that are large', targets([256, 1], [255, 0.5]), [256, 128]]
])('weights %s', (_, given, expected) => {
  expect(scaledWeights(given)).toEqual(expected)
})

test('the factor is the same at every step, so that an order by weights is not disturbed', () => {
  const others = [0.1, 0.15, 0.5, 0.95].map((warmth) =>
    scaledWeights(targets([70, 1], [30, 1], [30, warmth])).slice(0, 2)
  )
  expect(new Set(others.map(String)).size).toBe(1)
})

test('a level with large weights leaves another alone', () => {
  const given = [
    ...targets([256, 1]),
    { level: 1, weight: 1, warmth: 1 },
    { level: 1, weight: 1, warmth: 0.1 }
  ]
  expect(scaledWeights(given)).toEqual([256, 20, 2])
})

test('whatever the weights, each is in range and within half a part of its share', () => {
  const target = fc.record({
    level: fc.constant(0),
    weight: fc.integer({ min: 1, max: 256 }),
    warmth: fc.integer({ min: 2, max: 20 }).map((units) => units / 20)
  })
  fc.assert(
    fc.property(fc.array(target, { minLength: 1, maxLength: 8 }), (given) => {
      const weights = scaledWeights(given)
      const heaviest = Math.max(...given.map(({ weight }) => weight))
      const anchor = given.findIndex(({ weight }) => weight === heaviest)
      const unit = weights[anchor]! / (heaviest * given[anchor]!.warmth)
      for (const [place, { weight, warmth }] of given.entries()) {
        expect(Number.isInteger(weights[place])).toBe(true)
        expect(weights[place]).toBeGreaterThanOrEqual(1)
        expect(weights[place]).toBeLessThanOrEqual(256)
        if (given.every((one) => one.warmth === 1)) continue
        // The anchor itself is rounded, too.
        const slack = 1 + (0.5 * weight * warmth) / (heaviest * given[anchor]!.warmth)
        expect(Math.abs(weights[place]! - weight * warmth * unit)).toBeLessThanOrEqual(slack)
      }
    })
  )
})
