/** Contract: random by weight, and the less loaded of two. Randomness is seeded: no flakes. */
import { describe, expect, test } from 'vitest'
import type { Balancer } from './balancer.ts'
import { randomOfTwo } from './random.ts'
import {
  SAMPLE_REQUEST,
  sampleOptions,
  type SampleTarget,
  sampleTargets,
  seededRandom
} from './sample-targets.ts'

function balancerOf(targets: readonly SampleTarget[], seed = 1): Balancer<SampleTarget> {
  const balancer = randomOfTwo<SampleTarget>(seededRandom(seed), sampleOptions())
  balancer.rebuild(targets)
  return balancer
}

function shares(
  balancer: Balancer<SampleTarget>,
  targets: readonly SampleTarget[],
  tried?: ReadonlySet<SampleTarget>
): number[] {
  const count = 20_000
  const counts = new Map<SampleTarget | undefined, number>()
  for (let i = 0; i < count; i++) {
    const target = balancer.pick(SAMPLE_REQUEST, tried)
    counts.set(target, (counts.get(target) ?? 0) + 1)
  }
  return targets.map((target) => (counts.get(target) ?? 0) / count)
}

function expectShares(found: readonly number[], expected: readonly number[]): void {
  for (const [index, share] of expected.entries()) expect(found[index]).toBeCloseTo(share, 1.5)
}

test('idle targets are picked in proportion to their weights', () => {
  const targets = sampleTargets([1, 2, 7])
  expectShares(shares(balancerOf(targets), targets), [0.1, 0.2, 0.7])
})

test('of two targets the one with less load per weight is always picked', () => {
  const targets = sampleTargets([1, 4])
  const [light, heavy] = targets
  if (!light || !heavy) throw new Error('two targets')
  light.load = 2
  heavy.load = 7
  expect(shares(balancerOf(targets), targets)).toEqual([0, 1])
  heavy.load = 9
  expect(shares(balancerOf(targets), targets)).toEqual([1, 0])
})

test('the most loaded target is never picked, however heavy it is', () => {
  const targets = sampleTargets([200, 1, 1, 1])
  const [overloaded] = targets
  if (!overloaded) throw new Error('a target')
  overloaded.load = 1000
  expect(shares(balancerOf(targets), targets)[0]).toBe(0)
})

test('requests that stay end up in proportion to the weights', () => {
  const targets = sampleTargets([1, 1, 2, 4])
  const balancer = balancerOf(targets)
  for (let request = 0; request < 8000; request++) {
    const target = balancer.pick(SAMPLE_REQUEST)
    if (target) target.load++
  }
  for (const target of targets) {
    expect(target.load / target.effectiveWeight).toBeGreaterThan(950)
    expect(target.load / target.effectiveWeight).toBeLessThan(1050)
  }
})

test('the same seed gives the same picks', () => {
  const targets = sampleTargets([1, 2, 3])
  const run = (): string[] => {
    const balancer = balancerOf(targets, 42)
    return Array.from({ length: 50 }, () => balancer.pick(SAMPLE_REQUEST)?.name ?? '-')
  }
  expect(run()).toEqual(run())
})

describe('a retry', () => {
  test('picks among the others in proportion to their weights', () => {
    const targets = sampleTargets([2, 1, 3])
    const tried = new Set(targets.slice(0, 1))
    expectShares(shares(balancerOf(targets), targets, tried), [0, 0.25, 0.75])
  })

  test('does so though the tried target has nearly all of the weight', () => {
    const targets = sampleTargets([256, 1, 3])
    const tried = new Set(targets.slice(0, 1))
    expectShares(shares(balancerOf(targets), targets, tried), [0, 0.25, 0.75])
  })
})
