/** Contract: Envoy's published table, and that whole percents always make one. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spillShares } from './spill-shares.ts'

const RULE = { minEligible: 1, panicThreshold: 1 }

const levels = (...parts: readonly (readonly [eligible: number, total: number])[]) =>
  parts.map(([eligible, total], level) => ({ level, eligible, total }))

test.each([
  [100, [1]],
  [72, [1]],
  [71, [0.99, 0.01]],
  [50, [0.7, 0.3]],
  [25, [0.35, 0.65]],
  [0, [undefined, 1]]
])('%i %% eligible primaries and healthy backups share %j', (eligible, expected) => {
  const shares = spillShares(levels([eligible, 100], [10, 10]), RULE)
  expect(expected.map((_, level) => shares.get(level))).toEqual(expected)
})

test('what no level can carry is divided by what they have', () => {
  const shares = spillShares(levels([25, 100], [25, 100]), RULE)
  expect([...shares]).toEqual([
    [0, 0.5],
    [1, 0.5]
  ])
})

test('a level below min_eligible carries nothing, unless all are below', () => {
  const rule = { minEligible: 3, panicThreshold: 1 }
  expect([...spillShares(levels([2, 4], [4, 4]), rule)]).toEqual([[1, 1]])
  const above = { ...rule, panicThreshold: 0.2 }
  expect([...spillShares(levels([2, 4], [1, 4]), above)].length).toBe(2)
})

test('in a panic the lowest level with any eligible backend carries everything', () => {
  const rule = { minEligible: 3, panicThreshold: 0.5 }
  expect([...spillShares(levels([2, 4], [1, 4]), rule)]).toEqual([[0, 1]])
  expect([...spillShares(levels([0, 4], [1, 4], [2, 4]), rule)]).toEqual([[1, 1]])
})

test('all shares together are everything, or nothing where nobody is eligible', () => {
  const level = fc
    .tuple(fc.nat(50), fc.nat(50))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 5 }), (parts) => {
      const shares = spillShares(levels(...parts), RULE)
      const sum = [...shares.values()].reduce((total, share) => total + share, 0)
      expect(sum).toBeCloseTo(parts.some(([eligible]) => eligible > 0) ? 1 : 0, 9)
      for (const one of shares.keys()) expect(parts[one]![0]).toBeGreaterThan(0)
    })
  )
})
