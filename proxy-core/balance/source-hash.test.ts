/** Contract: a client stays on its target, and only as many clients move as must. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Balancer } from './balancer.ts'
import { sampleClient, sampleOptions, type SampleTarget, sampleTargets } from './sample-targets.ts'
import { sourceHash } from './source-hash.ts'

function balancerOf(targets: readonly SampleTarget[]): Balancer<SampleTarget> {
  const balancer = sourceHash<SampleTarget>(Math.random, sampleOptions())
  balancer.rebuild(targets)
  return balancer
}

/** The target of each of the first clients. */
function homes(balancer: Balancer<SampleTarget>, clients: number): (SampleTarget | undefined)[] {
  return Array.from({ length: clients }, (_, index) => balancer.pick(sampleClient(index)))
}

// Below and above the size from which the winners are kept.
const sizes = [
  { size: 5, clients: 3000 },
  { size: 40, clients: 3000 }
]

test.each(sizes)('among $size targets a client always gets the same one', ({ size, clients }) => {
  const balancer = balancerOf(sampleTargets(new Array<number>(size).fill(1)))
  expect(homes(balancer, clients)).toEqual(homes(balancer, clients))
})

test.each(sizes)(
  'a target that leaves $size others takes along only its own clients, and gets them back',
  ({ size, clients }) => {
    const targets = sampleTargets(new Array<number>(size + 1).fill(3))
    const [gone] = targets
    const balancer = balancerOf(targets)
    const before = homes(balancer, clients)
    balancer.rebuild(targets.slice(1))
    for (const [client, home] of homes(balancer, clients).entries()) {
      if (before[client] !== gone) expect(home).toBe(before[client])
      else expect(home).not.toBe(gone)
    }
    balancer.rebuild(targets)
    expect(homes(balancer, clients)).toEqual(before)
  }
)

test('more weight for a target only moves clients to it, less only away from it', () => {
  const targets = sampleTargets(new Array<number>(20).fill(10))
  const [changed] = targets
  if (!changed) throw new Error('a target')
  const balancer = balancerOf(targets)
  const before = homes(balancer, 3000)
  changed.effectiveWeight = 20
  balancer.rebuild(targets)
  const heavier = homes(balancer, 3000)
  const moved = heavier.filter((home, client) => home !== before[client])
  expect(moved.length).toBeGreaterThan(50)
  expect(new Set(moved)).toEqual(new Set([changed]))
  changed.effectiveWeight = 10
  balancer.rebuild(targets)
  expect(homes(balancer, 3000)).toEqual(before)
})

test('through any history of changes the picks are those of a fresh start', () => {
  const subset = fc.tuple(
    fc.uniqueArray(fc.nat({ max: 39 }), { minLength: 1, maxLength: 40, size: 'max' }),
    fc.integer({ min: 1, max: 4 })
  )
  fc.assert(
    fc.property(fc.array(subset, { minLength: 1, maxLength: 6 }), (changes) => {
      const targets = sampleTargets(new Array<number>(40).fill(2))
      const balancer = balancerOf(targets)
      for (const [indices, weight] of changes) {
        const present = targets.filter((_, index) => indices.includes(index))
        const [first] = present
        if (first) first.effectiveWeight = weight
        balancer.rebuild(present)
        expect(homes(balancer, 150)).toEqual(homes(balancerOf(present), 150))
      }
    }),
    { numRuns: 30 }
  )
})

test('clients are shared out in proportion to the weights', () => {
  const targets = sampleTargets([1, 2, 3, 4])
  const found = homes(balancerOf(targets), 40_000)
  for (const target of targets) {
    const share = found.filter((home) => home === target).length / found.length
    expect(Math.abs(share - target.effectiveWeight / 10)).toBeLessThan(0.01)
  }
})

test('the order of the targets does not matter', () => {
  const targets = sampleTargets(new Array<number>(30).fill(1))
  expect(homes(balancerOf([...targets].reverse()), 500)).toEqual(homes(balancerOf(targets), 500))
})

test('a retry of a client goes where the client would go without the tried target', () => {
  const targets = sampleTargets(new Array<number>(20).fill(1))
  const balancer = balancerOf(targets)
  for (let client = 0; client < 50; client++) {
    const home = balancer.pick(sampleClient(client))
    if (!home) throw new Error('a pick')
    const without = balancerOf(targets.filter((target) => target !== home))
    const expected = without.pick(sampleClient(client))
    expect(balancer.pick(sampleClient(client), new Set([home]))).toBe(expected)
  }
})
