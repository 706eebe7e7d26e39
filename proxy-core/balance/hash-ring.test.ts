/** Contract: a ring is bounded, and the bound costs next to nothing of what a ring promises. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashRing, ringOf } from './hash-ring.ts'
import { homesOf, membersOf, sampleHashes, shareOf } from './sample-keys.ts'
import { sampleTargets, type SampleTarget } from './sample-targets.ts'
import type { Seat } from './seats.ts'

const MAX_POINTS = 250_000
const HASHES = sampleHashes(20_000)

function seatsOf(weights: readonly number[]): readonly Seat<SampleTarget>[] {
  return sampleTargets(weights).map((target) => ({
    address: target.address,
    weight: target.weight,
    target
  }))
}

function pointsOf(weights: readonly number[], configuredWeight: number): number {
  return ringOf(seatsOf(weights), configuredWeight).hashes.length
}

const sumOf = (weights: readonly number[]): number => weights.reduce((sum, one) => sum + one, 0)

/** Of such a pool the ring is at its bound: 300 × 100 × 16 = 480 000. */
const bounded = (): SampleTarget[] => sampleTargets(new Array<number>(300).fill(100))

function addressesOf(targets: readonly SampleTarget[], members = membersOf(targets)): string[] {
  const order = hashRing<SampleTarget>(members)
  order.rebuild(targets)
  return homesOf(order, HASHES).map((home) => home!.address)
}

test('1000 backends of weight 100 have 250 points each, and 16 each of weight 1', () => {
  expect(pointsOf(new Array<number>(1000).fill(100), 100_000)).toBe(MAX_POINTS)
  expect(pointsOf(new Array<number>(1000).fill(1), 1000)).toBe(16_000)
})

test('no weights and no live weights make a larger ring than documented', () => {
  const weight = fc.integer({ min: 1, max: 256 })
  const pairs = fc.array(fc.tuple(weight, weight), { minLength: 1, maxLength: 600 })
  fc.assert(
    fc.property(pairs, (backends) => {
      const file = backends.map(([its]) => its)
      const live = backends.map(([, its]) => its)
      const ring = ringOf(seatsOf(file), sumOf(file))
      expect(ring.hashes.length).toBeLessThanOrEqual(MAX_POINTS + file.length)
      expect(new Set(ring.owners).size).toBe(file.length)
      expect(pointsOf(live, sumOf(file))).toBeLessThanOrEqual(2 * MAX_POINTS + live.length)
    }),
    { numRuns: 10 }
  )
})

test('points are in order, each with its owner', () => {
  const seats = seatsOf([3, 1, 200])
  const { hashes, owners } = ringOf(seats, 204)
  expect(hashes.toSorted()).toEqual(hashes)
  const counts = seats.map((_, seat) => owners.filter((owner) => owner === seat).length)
  expect(counts).toEqual([48, 16, 3200])
})

test.each([50, 200])(
  'at the bound a live weight of %i moves only keys of its backend',
  (weight) => {
    const targets = bounded()
    const before = addressesOf(targets)
    const changed = targets.map((target, index) => (index === 7 ? { ...target, weight } : target))
    const after = addressesOf(changed, membersOf(targets))
    const moved = after.flatMap((home, index) => {
      const former = before[index]!
      return home === former ? [] : [weight > 100 ? home : former]
    })
    expect(new Set(moved)).toEqual(new Set([targets[7]!.address]))
  }
)

test('at the bound one that is taken out of the file moves about as many keys again', () => {
  const targets = bounded()
  const before = addressesOf(targets)
  const after = addressesOf(targets.slice(1))
  const moved = after.filter((home, index) => home !== before[index]).length
  const own = before.filter((home) => home === targets[0]!.address).length
  expect(moved).toBeGreaterThan(0)
  expect(moved).toBeLessThan(2.5 * own)
})

test('at the bound shares follow the weights', () => {
  const targets = sampleTargets(Array.from({ length: 200 }, (_, n) => (n < 100 ? 200 : 100)))
  const order = hashRing<SampleTarget>(membersOf(targets))
  order.rebuild(targets)
  const homes = homesOf(order, HASHES)
  const heavy = targets.slice(0, 100).reduce((sum, target) => sum + shareOf(homes, target), 0)
  expect(Math.abs(heavy - 2 / 3)).toBeLessThan(0.02)
})
