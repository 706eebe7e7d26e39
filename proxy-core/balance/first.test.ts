/** Contract: the first backend of the file with a free slot, and the first when there is none. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Balancer } from './balancer.ts'
import { first } from './first.ts'
import {
  SAMPLE_REQUEST,
  sampleOptions,
  sampleTargets,
  type SampleTarget
} from './sample-targets.ts'

function limited(...limits: number[]): SampleTarget[] {
  const targets = sampleTargets(limits.map(() => 1))
  for (const [index, target] of targets.entries()) target.openSlots = limits[index]!
  return targets
}

function balancerOf(targets: readonly SampleTarget[]): Balancer<SampleTarget> {
  const balancer = first<SampleTarget>(Math.random, sampleOptions())
  balancer.rebuild(targets)
  return balancer
}

function take(balancer: Balancer<SampleTarget>, count: number): string {
  return Array.from({ length: count }, () => {
    const target = balancer.pick(SAMPLE_REQUEST)
    if (target === undefined) return '-'
    target.load++
    balancer.loadChanged?.(target)
    return target.name
  }).join('')
}

test('backends are filled in the order of the file', () => {
  const targets = limited(2, 1, 3)
  const balancer = balancerOf(targets)
  expect(take(balancer, 6)).toBe('aabccc')
})

test('a slot that becomes free is taken before later backends', () => {
  const targets = limited(2, 2, 2)
  const balancer = balancerOf(targets)
  expect(take(balancer, 5)).toBe('aabbc')
  targets[0]!.load--
  balancer.loadChanged?.(targets[0]!)
  expect(take(balancer, 2)).toBe('ac')
})

test('when all are full it is the first, which the request waits for', () => {
  const balancer = balancerOf(limited(1, 1))
  expect(take(balancer, 2)).toBe('ab')
  expect(balancer.pick(SAMPLE_REQUEST)?.name).toBe('a')
})

test('a backend without a limit takes everything, whatever its weight', () => {
  const targets = limited(0, 0)
  targets[1]!.effectiveWeight = 200
  expect(take(balancerOf(targets), 50)).toBe('a'.repeat(50))
})

test('a retry takes the first untried one with a slot, else the first untried one', () => {
  const targets = limited(1, 1, 1)
  const [a, b] = targets as [SampleTarget, SampleTarget]
  b.load = 1
  const balancer = balancerOf(targets)
  expect(balancer.pick(SAMPLE_REQUEST, new Set([a]))?.name).toBe('c')
  targets[2]!.load = 1
  expect(balancer.pick(SAMPLE_REQUEST, new Set([a]))?.name).toBe('b')
  expect(balancer.pick(SAMPLE_REQUEST, new Set(targets))).toBeUndefined()
})

test('among any number of backends it is the one that a search from the front finds', () => {
  const step = fc.record({ place: fc.nat({ max: 99 }), load: fc.nat({ max: 2 }) })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.array(step), (count, steps) => {
      const targets = limited(...new Array<number>(count).fill(2))
      const balancer = balancerOf(targets)
      for (const { place, load } of steps) {
        const target = targets[place % count]!
        target.load = load
        balancer.loadChanged?.(target)
        const expected = targets.find((one) => one.load < one.openSlots) ?? targets[0]
        expect(balancer.pick(SAMPLE_REQUEST)).toBe(expected)
      }
    }),
    { numRuns: 60 }
  )
})
