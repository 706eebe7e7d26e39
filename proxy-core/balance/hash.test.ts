/** Contract: the frame around the methods: missing keys, the bound on loads, retries. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HASH_METHODS, type HashMethod } from '../model/balance-settings.ts'
import type { Balancer, PickRequest } from './balancer.ts'
import { requestHash } from './hash.ts'
import { membersOf } from './sample-keys.ts'
import {
  sampleClient,
  sampleOptions,
  sampleTargets,
  seededRandom,
  type SampleTarget
} from './sample-targets.ts'

function balancerOf(
  targets: readonly SampleTarget[],
  method: HashMethod = 'rendezvous',
  loadBound = 0
): Balancer<SampleTarget> {
  const hash = { key: { kind: 'header', name: 'x-case-id' }, method, loadBound } as const
  const options = sampleOptions({ hash, members: membersOf(targets) })
  const balancer = requestHash<SampleTarget>(Math.random, options)
  balancer.rebuild(targets)
  return balancer
}

const keyed = (key: string): PickRequest => ({ clientAddress: '192.0.2.1', key })

describe.each(HASH_METHODS)('%s', (method) => {
  test('one key, one target, whoever asks', () => {
    const balancer = balancerOf(sampleTargets([1, 1, 1, 1]), method)
    for (let index = 0; index < 50; index++) {
      const { key } = sampleClient(index)
      const home = balancer.pick(keyed(key))
      expect(balancer.pick({ clientAddress: '198.51.100.7', key })).toBe(home)
    }
  })

  test('requests without a key take turns', () => {
    const balancer = balancerOf(sampleTargets([1, 1, 2]), method)
    const names = Array.from({ length: 8 }, () => balancer.pick(keyed(''))?.name)
    expect(names.join('')).toBe('cabccabc')
  })

  test('a retry without a key goes to an untried one', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = balancerOf(targets, method)
    const tried = new Set(targets.slice(0, 2))
    expect(balancer.pick(keyed(''), tried)).toBe(targets[2])
  })

  test('no load ever grows above the bound, whatever runs and whoever comes and goes', () => {
    const scenario = fc.record({
      weights: fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 12 }),
      percent: fc.integer({ min: 100, max: 300 }),
      seed: fc.nat(),
      // Few keys, so that they are hot.
      steps: fc.array(
        fc.record({ key: fc.nat({ max: 3 }), kind: fc.constantFrom('ask', 'ask', 'end', 'leave') }),
        { maxLength: 150, size: 'max' }
      )
    })
    fc.assert(
      fc.property(scenario, ({ weights, percent, seed, steps }) => {
        const random = seededRandom(seed)
        const all = sampleTargets(weights)
        const balancer = balancerOf(all, method, percent / 100)
        let present: readonly SampleTarget[] = all
        const change = (target: SampleTarget, by: number): void => {
          target.load += by
          balancer.loadChanged?.(target)
        }
        for (const { key, kind } of steps) {
          if (kind === 'leave') {
            present = all.filter(() => random() < 0.7)
            balancer.rebuild(present)
          } else if (kind === 'end') {
            const busy = all.filter(({ load }) => load > 0)
            const one = busy[Math.floor(random() * busy.length)]
            if (one !== undefined) change(one, -1)
          } else {
            const picked = balancer.pick(keyed(`hot-${key}`))
            expect(picked === undefined).toBe(present.length === 0)
            if (picked === undefined) continue
            const running = present.reduce((sum, { load }) => sum + load, 0)
            const weight = present.reduce((sum, one) => sum + one.effectiveWeight, 0)
            // In whole numbers, so that nothing is rounded here.
            const dividend = percent * (running + 1) * picked.effectiveWeight
            expect(picked.load + 1).toBeLessThanOrEqual(Math.ceil(dividend / (100 * weight)))
            change(picked, 1)
          }
        }
      }),
      { numRuns: 60 }
    )
  })

  test('a hot key overflows in its own order, and comes home when there is room', () => {
    const targets = sampleTargets([1, 1, 1, 1])
    const balancer = balancerOf(targets, method, 1.25)
    const home = balancer.pick(keyed('hot'))!
    const second = balancer.pick(keyed('hot'), new Set([home]))!
    home.load = 5
    balancer.loadChanged?.(home)
    expect(balancer.pick(keyed('hot'))).toBe(second)
    home.load = 0
    balancer.loadChanged?.(home)
    expect(balancer.pick(keyed('hot'))).toBe(home)
  })

  test('where all are cold each key has its home, as if all were warm', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = balancerOf(targets, method)
    const warm = Array.from({ length: 50 }, (_, index) => balancer.pick(sampleClient(index)))
    for (const target of targets) target.warmth = 0.1
    balancer.rebuild(targets)
    expect(Array.from({ length: 50 }, (_, index) => balancer.pick(sampleClient(index)))).toEqual(
      warm
    )
  })

  test('a retry ignores the bound rather than find nobody', () => {
    const targets = sampleTargets([1, 1])
    const balancer = balancerOf(targets, method, 1)
    const [a, b] = targets as [SampleTarget, SampleTarget]
    b.load = 50
    balancer.loadChanged?.(b)
    expect(balancer.pick(keyed('case-1'), new Set([a]))).toBe(b)
  })
})

test('only a bound makes the balancer listen to loads', () => {
  const targets = sampleTargets([1, 1])
  expect(balancerOf(targets).loadChanged).toBeUndefined()
  expect(balancerOf(targets, 'maglev', 1.5).loadChanged).toBeTypeOf('function')
})
