/** Contract: what every algorithm must do, whatever its order of picks. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlgorithmId } from '../model/algorithm.ts'
import { ALGORITHMS, createBalancer } from './registry.ts'
import {
  sampleClient,
  sampleOptions,
  sampleTargets,
  seededRandom,
  type SampleTarget
} from './sample-targets.ts'

const algorithms = Object.keys(ALGORITHMS) as AlgorithmId[]

/** Whose shares follow something else than the weights, and what. */
const NOT_BY_WEIGHT: Partial<Record<AlgorithmId, string>> = {
  partition: 'its default method gives every backend its fixed part of the keys',
  adaptive: 'the cheapest of idle targets is the heaviest: shares follow once requests overlap',
  first: 'the first target takes all until it is full'
}

const target = fc.record({
  weight: fc.integer({ min: 1, max: 256 }),
  level: fc.nat({ max: 2 }),
  isEligible: fc.boolean(),
  isTried: fc.boolean(),
  load: fc.nat({ max: 20 })
})

const byWeight = algorithms.filter((algorithm) => !(algorithm in NOT_BY_WEIGHT))

describe.each(algorithms)('%s', (algorithm) => {
  test('picks an eligible, untried target of the lowest level that has one, or none', () => {
    const pool = fc.array(target, { maxLength: 30, size: 'max' })
    fc.assert(
      fc.property(fc.array(pool, { minLength: 1, maxLength: 3 }), fc.nat(), (pools, seed) => {
        const balancer = createBalancer<SampleTarget>(
          algorithm,
          seededRandom(seed),
          sampleOptions()
        )
        for (const members of pools) {
          const targets = members.map(({ weight, level, load }, index) => ({
            ...sampleTargets([weight], level)[0],
            name: `${index}`,
            address: `10.0.0.${index}:80`,
            effectiveWeight: weight,
            weight,
            level,
            load
          }))
          const eligible = targets.filter((_, index) => members[index]?.isEligible)
          const tried = new Set(targets.filter((_, index) => members[index]?.isTried))
          balancer.rebuild(eligible)
          for (let request = 0; request < 10; request++) {
            const open = request % 2 === 0 ? eligible : eligible.filter((each) => !tried.has(each))
            const picked = balancer.pick(
              sampleClient(request),
              request % 2 === 0 ? undefined : tried
            )
            const level = Math.min(...open.map((each) => each.level))
            if (open.length === 0) expect(picked).toBeUndefined()
            else expect(open.filter((each) => each.level === level)).toContain(picked)
          }
        }
      }),
      { numRuns: 60 }
    )
  })

  test('the array given to rebuild may change afterwards', () => {
    const targets = sampleTargets([1, 1])
    const balancer = createBalancer<SampleTarget>(algorithm, seededRandom(3), sampleOptions())
    balancer.rebuild(targets)
    const known = [...targets]
    targets.length = 0
    for (let request = 0; request < 4; request++) {
      expect(known).toContain(balancer.pick(sampleClient(request)))
    }
  })

  test('a removed target is not picked again', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = createBalancer<SampleTarget>(algorithm, seededRandom(3), sampleOptions())
    balancer.rebuild(targets)
    const [removed, ...rest] = targets
    balancer.rebuild(rest)
    for (let request = 0; request < 50; request++) {
      expect(balancer.pick(sampleClient(request))).not.toBe(removed)
    }
  })
})

test.each(byWeight)('%s picks idle targets in proportion to their weights', (algorithm) => {
  const targets = sampleTargets([10, 30, 60])
  const balancer = createBalancer<SampleTarget>(algorithm, seededRandom(3), sampleOptions())
  balancer.rebuild(targets)
  const counts = new Map<SampleTarget | undefined, number>()
  for (let request = 0; request < 10_000; request++) {
    const picked = balancer.pick(sampleClient(request))
    counts.set(picked, (counts.get(picked) ?? 0) + 1)
  }
  for (const each of targets) {
    expect(Math.abs((counts.get(each) ?? 0) / 10_000 - each.effectiveWeight / 100)).toBeLessThan(
      0.02
    )
  }
})
