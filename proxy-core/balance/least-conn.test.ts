/** Contract: the least load per weight is picked, and equals take turns. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Balancer } from './balancer.ts'
import { leastConn } from './least-conn.ts'
import {
  SAMPLE_REQUEST,
  sampleOptions,
  type SampleTarget,
  sampleTargets
} from './sample-targets.ts'

function balancerOf(targets: readonly SampleTarget[]): Balancer<SampleTarget> {
  const balancer = leastConn<SampleTarget>(Math.random, sampleOptions())
  balancer.rebuild(targets)
  return balancer
}

function setLoad(balancer: Balancer<SampleTarget>, target: SampleTarget, load: number): void {
  target.load = load
  balancer.loadChanged?.(target)
}

function picks(balancer: Balancer<SampleTarget>, count: number): string {
  return Array.from({ length: count }, () => balancer.pick(SAMPLE_REQUEST)?.name ?? '-').join('')
}

test('requests that stay are spread in proportion to the weights', () => {
  const targets = sampleTargets([1, 2, 5])
  const balancer = balancerOf(targets)
  for (let request = 0; request < 800; request++) {
    const target = balancer.pick(SAMPLE_REQUEST)
    if (target) setLoad(balancer, target, target.load + 1)
  }
  expect(targets.map((target) => target.load)).toEqual([100, 200, 500])
})

test('the target whose requests end sooner gets more', () => {
  const targets = sampleTargets([1, 1])
  const [slow, quick] = targets
  if (!slow || !quick) throw new Error('two targets')
  const balancer = balancerOf(targets)
  setLoad(balancer, slow, 3)
  expect(picks(balancer, 3)).toBe('bbb')
  setLoad(balancer, quick, 4)
  expect(picks(balancer, 1)).toBe('a')
})

describe('among equals', () => {
  test('the turn goes round in configuration order', () => {
    expect(picks(balancerOf(sampleTargets([1, 1, 1])), 6)).toBe('abcabc')
  })

  test('the turn goes round by weight where every request ends before the next', () => {
    const order = picks(balancerOf(sampleTargets([3, 1])), 400)
    expect(order.replaceAll('b', '')).toHaveLength(300)
  })

  test('a target that was busy for long does not catch up in one burst', () => {
    const targets = sampleTargets([1, 1, 1])
    const [busy] = targets
    if (!busy) throw new Error('a target')
    const balancer = balancerOf(targets)
    setLoad(balancer, busy, 5)
    expect(picks(balancer, 100)).not.toContain('a')
    setLoad(balancer, busy, 0)
    expect(picks(balancer, 6).replaceAll(/[bc]/g, '').length).toBeLessThanOrEqual(3)
  })

  test('a target that joins late does not get everything until it has caught up', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = balancerOf(targets.slice(0, 2))
    picks(balancer, 100)
    balancer.rebuild(targets)
    expect(picks(balancer, 9).replaceAll(/[ab]/g, '').length).toBeLessThanOrEqual(4)
  })

  test('a rebuild that changes nothing leaves the order of turns alone', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = balancerOf(targets)
    expect(picks(balancer, 2)).toBe('ab')
    balancer.rebuild(targets)
    expect(picks(balancer, 4)).toBe('cabc')
  })
})

test('a change of load of a target outside the rotation is ignored', () => {
  const targets = sampleTargets([1, 1])
  const [inside, outside] = targets
  if (!inside || !outside) throw new Error('two targets')
  const balancer = balancerOf([inside])
  setLoad(balancer, outside, 3)
  expect(picks(balancer, 2)).toBe('aa')
})

type Step =
  | { readonly kind: 'begin' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'end' | 'reweigh' | 'toggle'; readonly index: number; readonly weight: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom({ kind: 'begin' as const }, { kind: 'retry' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('end' as const, 'end' as const, 'reweigh' as const, 'toggle' as const),
      index: fc.nat({ max: 19 }),
      weight: fc.integer({ min: 1, max: 8 })
    })
  }
)

/** Runs one step against the balancer and says what a scan would have to say about it. */
class Scenario {
  readonly #all: readonly SampleTarget[]
  readonly #balancer = leastConn<SampleTarget>(Math.random, sampleOptions())
  #inRotation: SampleTarget[]

  constructor(weights: readonly number[]) {
    this.#all = sampleTargets(weights)
    this.#inRotation = [...this.#all]
    this.#balancer.rebuild(this.#inRotation)
  }

  run(next: Step): void {
    if (next.kind === 'begin') return this.#begin(new Set())
    if (next.kind === 'retry') return this.#begin(new Set(this.#inRotation.slice(0, 3)))
    const target = this.#all[next.index % this.#all.length]
    if (!target) return
    if (next.kind === 'end') return setLoad(this.#balancer, target, Math.max(0, target.load - 1))
    if (next.kind === 'reweigh') target.effectiveWeight = next.weight
    else this.#toggle(target)
    this.#balancer.rebuild(this.#inRotation)
  }

  #toggle(target: SampleTarget): void {
    const wanted = new Set(this.#inRotation)
    if (!wanted.delete(target)) wanted.add(target)
    this.#inRotation = this.#all.filter((each) => wanted.has(each))
  }

  #begin(tried: ReadonlySet<SampleTarget>): void {
    const open = this.#inRotation.filter((target) => !tried.has(target))
    const picked = this.#balancer.pick(SAMPLE_REQUEST, tried)
    if (picked === undefined) return expect(open).toEqual([])
    expect(open).toContain(picked)
    const least = Math.min(...open.map((target) => target.load / target.effectiveWeight))
    expect(picked.load / picked.effectiveWeight).toBe(least)
    setLoad(this.#balancer, picked, picked.load + 1)
  }
}

test('through any history, every pick has the least load per weight of all that are open', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(weights, fc.array(step, { maxLength: 120, size: 'max' }), (list, steps) => {
      const scenario = new Scenario(list)
      for (const next of steps) scenario.run(next)
    }),
    { numRuns: 150 }
  )
})
