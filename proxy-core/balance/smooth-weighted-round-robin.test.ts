/** Contract: whose turn it is, through rebuilds and retries. */
import { describe, expect, test } from 'vitest'
import {
  SAMPLE_REQUEST,
  sampleOptions,
  type SampleTarget,
  sampleTargets,
  seededRandom
} from './sample-targets.ts'
import type { Balancer } from './balancer.ts'
import { smoothWeightedRoundRobin } from './smooth-weighted-round-robin.ts'
import { WeightedSchedule } from './weighted-schedule.ts'

function balancerOf(targets: readonly SampleTarget[]): Balancer<SampleTarget> {
  const balancer = smoothWeightedRoundRobin<SampleTarget>(Math.random, sampleOptions())
  balancer.rebuild(targets)
  return balancer
}

/** The names of the next picks, in a row. */
function picks(balancer: Balancer<SampleTarget>, count: number): string {
  return Array.from({ length: count }, () => balancer.pick(SAMPLE_REQUEST)?.name ?? '-').join('')
}

test('weights 5, 1, 1 give a a b a c a a, again and again', () => {
  expect(picks(balancerOf(sampleTargets([5, 1, 1])), 14)).toBe('aabacaaaabacaa')
})

test('equal weights take turns in configuration order', () => {
  expect(picks(balancerOf(sampleTargets([100, 100, 100])), 7)).toBe('abcabca')
})

test('a period longer than what is kept goes through whole, twice', () => {
  const random = seededRandom(7)
  const weights = Array.from({ length: 200 }, () => 1 + Math.floor(random() * 256))
  const targets = sampleTargets(weights)
  const balancer = balancerOf(targets)
  const schedule = new WeightedSchedule(weights)
  expect(schedule.period).toBeGreaterThan(16_384)
  for (let turn = 0; turn < 2 * schedule.period; turn++) {
    const expected = targets[schedule.next()]
    const picked = balancer.pick(SAMPLE_REQUEST)
    if (picked !== expected) expect([turn, picked]).toEqual([turn, expected])
  }
})

describe('rebuild', () => {
  test('with the same targets and weights goes on where it was', () => {
    const targets = sampleTargets([5, 1, 1])
    const balancer = balancerOf(targets)
    expect(picks(balancer, 3)).toBe('aab')
    balancer.rebuild([...targets])
    expect(picks(balancer, 4)).toBe('acaa')
  })

  test('begins after the last pick when a target leaves, comes back, or was the last pick', () => {
    const targets = sampleTargets([1, 1, 1, 1])
    const [a, b, c, d] = targets
    if (!a || !b || !c || !d) throw new Error('four targets')
    const balancer = balancerOf(targets)
    expect(picks(balancer, 2)).toBe('ab')
    balancer.rebuild([a, c, d])
    expect(picks(balancer, 1)).toBe('c')
    balancer.rebuild([a, b, c, d])
    expect(picks(balancer, 4)).toBe('dabc')
    balancer.rebuild([a, b])
    expect(picks(balancer, 3)).toBe('aba')
  })

  test('several changes between two picks do not send the turn back to the first target', () => {
    const targets = sampleTargets([1, 1, 1])
    const [a, b, c] = targets
    if (!a || !b || !c) throw new Error('three targets')
    const balancer = balancerOf(targets)
    expect(picks(balancer, 1)).toBe('a')
    balancer.rebuild([b, c])
    balancer.rebuild([a, b, c])
    expect(picks(balancer, 3)).toBe('bca')
  })

  test('takes a changed weight', () => {
    const targets = sampleTargets([1, 1])
    const balancer = balancerOf(targets)
    for (const target of targets) if (target.name === 'a') target.effectiveWeight = 3
    balancer.rebuild(targets)
    expect([...picks(balancer, 8)].sort().join('')).toBe('aaaaaabb')
  })

  test('a flapping target does not shift load to the first one', () => {
    const targets = sampleTargets([1, 1, 1, 1])
    const stable = targets.slice(0, 3)
    const balancer = balancerOf(targets)
    const counts = new Map<string, number>()
    for (let round = 0; round < 300; round++) {
      balancer.rebuild(round % 2 === 0 ? stable : targets)
      const name = balancer.pick(SAMPLE_REQUEST)?.name ?? '-'
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    for (const { name } of stable) expect(counts.get(name)).toBeLessThanOrEqual(110)
  })
})

describe('a retry', () => {
  test('walks on past the targets that were tried', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = balancerOf(targets)
    const first = balancer.pick(SAMPLE_REQUEST)
    if (!first) throw new Error('a pick')
    expect(first.name).toBe('a')
    expect(balancer.pick(SAMPLE_REQUEST, new Set([first]))?.name).toBe('b')
    expect(picks(balancer, 1)).toBe('c')
    expect(balancer.pick(SAMPLE_REQUEST, new Set([first]))?.name).toBe('b')
  })

  test('finds the others though the tried one has nearly all turns, and spreads over them', () => {
    const targets = sampleTargets([256, 256, 256, 1, 1])
    const tried = new Set(targets.slice(0, 3))
    const balancer = balancerOf(targets)
    const found = Array.from({ length: 4 }, () => balancer.pick(SAMPLE_REQUEST, tried)?.name)
    expect(found.sort()).toEqual(['d', 'd', 'e', 'e'])
  })

  test('with every target tried finds none', () => {
    const targets = sampleTargets([3, 1])
    expect(balancerOf(targets).pick(SAMPLE_REQUEST, new Set(targets))).toBeUndefined()
  })

  test('with nothing tried yet is a pick like any other', () => {
    const balancer = balancerOf(sampleTargets([1, 1]))
    expect(balancer.pick(SAMPLE_REQUEST, new Set())?.name).toBe('a')
    expect(picks(balancer, 1)).toBe('b')
  })
})
