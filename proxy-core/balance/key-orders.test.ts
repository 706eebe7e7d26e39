/**
 * Contract of every method of hashing: one key, one target, whatever the history; the fewest
 * keys move when a target leaves; shares by weight within the documented deviation.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BalanceTarget, Member } from './balancer.ts'
import { hashRing } from './hash-ring.ts'
import { keyHash } from './key-hash.ts'
import { Gate, type KeyOrder } from './key-order.ts'
import { maglev } from './maglev.ts'
import { rendezvous } from './rendezvous.ts'
import { homesOf, membersOf, sampleHashes, shareOf } from './sample-keys.ts'
import { sampleTargets, type SampleTarget } from './sample-targets.ts'

type Make = <T extends BalanceTarget>(members: readonly Member[]) => KeyOrder<T>

interface Method {
  readonly name: string
  readonly make: Make
  /** By how much of itself the share of one of ten targets of weight 100 may be off. */
  readonly deviation: number
}

const METHODS: readonly Method[] = [
  { name: 'rendezvous', make: rendezvous, deviation: 0.02 },
  { name: 'maglev', make: maglev, deviation: 0.02 },
  // One over the square root of the points of a target, three times.
  { name: 'ring', make: hashRing, deviation: 3 / Math.sqrt(1600) }
]
const HASHES = sampleHashes(100_000)
const FEW = HASHES.slice(0, 5000)

function orderOf(
  make: Make,
  targets: readonly SampleTarget[],
  members: readonly Member[] = membersOf(targets)
): KeyOrder<SampleTarget> {
  const order = make<SampleTarget>(members)
  order.rebuild(targets)
  return order
}

const OPEN = new Gate<SampleTarget>()

/** A gate that nobody of these passes. */
function gateTo(excluded: readonly SampleTarget[]): Gate<SampleTarget> {
  const gate = new Gate<SampleTarget>()
  gate.excluded = new Set(excluded)
  return gate
}

/** The share of the keys that have another home, 0 to 1. */
function movedBetween<T>(before: readonly T[], after: readonly T[]): number {
  return after.filter((home, index) => home !== before[index]).length / after.length
}

const evenTargets = (count: number): SampleTarget[] =>
  sampleTargets(new Array<number>(count).fill(100))

describe.each(METHODS)('$name', ({ make, deviation }) => {
  test.each([3, 10, 50])(
    'of %i targets one that is away gives up its 1/n of the keys (± 2 %) and no other moves',
    (count) => {
      const targets = evenTargets(count)
      const order = orderOf(make, targets)
      const before = homesOf(order, HASHES)
      const gone = targets[count >> 1]!
      order.rebuild(targets.filter((target) => target !== gone))
      const after = homesOf(order, HASHES)
      expect(before.filter((home, index) => home !== gone && home !== after[index])).toEqual([])
      expect(shareOf(after, gone)).toBe(0)
      expect(Math.abs(shareOf(before, gone) - 1 / count)).toBeLessThan(0.02)
      order.rebuild(targets)
      expect(movedBetween(before, homesOf(order, HASHES))).toBe(0)
    }
  )

  test('the keys of one that is away spread over all others', () => {
    const targets = evenTargets(10)
    const [gone, ...rest] = targets
    const order = orderOf(make, targets)
    const orphans = HASHES.filter((hash) => order.first(hash, OPEN) === gone)
    order.rebuild(rest)
    const homes = homesOf(order, orphans)
    for (const target of rest) expect(Math.abs(shareOf(homes, target) - 1 / 9)).toBeLessThan(0.03)
  })

  test('keys are spread evenly within the documented deviation', () => {
    const targets = evenTargets(10)
    const homes = homesOf(orderOf(make, targets), HASHES)
    for (const target of targets) {
      expect(Math.abs(shareOf(homes, target) * 10 - 1)).toBeLessThan(deviation + 0.01)
    }
  })

  test('shares follow the weights', () => {
    const targets = sampleTargets([50, 100, 100, 250])
    const homes = homesOf(orderOf(make, targets), HASHES)
    for (const target of targets) {
      expect(Math.abs(shareOf(homes, target) - target.effectiveWeight / 500)).toBeLessThan(0.02)
    }
  })

  test('the order of the file does not matter, and a fresh start decides alike', () => {
    const targets = evenTargets(20)
    const reversed = [...targets].reverse()
    expect(homesOf(orderOf(make, reversed), FEW)).toEqual(homesOf(orderOf(make, targets), FEW))
  })

  test('a balancer that has never seen a target decides as one that saw it leave', () => {
    const targets = evenTargets(12)
    const rest = targets.slice(3)
    const order = orderOf(make, targets)
    order.rebuild(rest)
    expect(homesOf(orderOf(make, rest, membersOf(targets)), FEW)).toEqual(homesOf(order, FEW))
  })

  test('through any history of absences the homes are those of a fresh start', () => {
    const targets = sampleTargets([1, 2, 3, 4, 5, 6, 7, 8])
    const subset = fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 1 })
    fc.assert(
      fc.property(fc.array(subset, { minLength: 1, maxLength: 5 }), (changes) => {
        const order = orderOf(make, targets)
        for (const indices of changes) {
          const present = targets.filter((_, index) => indices.includes(index))
          order.rebuild(present)
          const fresh = orderOf(make, present, membersOf(targets))
          expect(homesOf(order, FEW.slice(0, 100))).toEqual(homesOf(fresh, FEW.slice(0, 100)))
        }
      }),
      { numRuns: 20 }
    )
  })

  test('in slow start a target gets its keys back one after the other, and no other key moves', () => {
    const targets = evenTargets(5)
    const cold = targets[2]!
    const order = orderOf(make, targets)
    const warm = homesOf(order, FEW)
    const share = shareOf(warm, cold)
    let before: readonly (SampleTarget | undefined)[] = []
    for (const warmth of [0.1, 0.25, 0.5, 0.95, 1]) {
      cold.warmth = warmth
      order.rebuild(targets)
      const homes = homesOf(order, FEW)
      expect(Math.abs(shareOf(homes, cold) - share * warmth)).toBeLessThan(0.02)
      for (const [index, home] of homes.entries()) {
        if (warm[index] !== cold) expect(home).toBe(warm[index])
        else if (before[index] === cold) expect(home).toBe(cold)
      }
      before = homes
    }
    expect(before).toEqual(warm)
  })

  test('a retry goes where the key goes while the tried target is away', () => {
    const targets = evenTargets(10)
    const order = orderOf(make, targets)
    for (const hash of FEW.slice(0, 50)) {
      const home = order.first(hash, OPEN)!
      const without = orderOf(
        make,
        targets.filter((target) => target !== home),
        membersOf(targets)
      )
      expect(order.first(hash, gateTo([home]))).toBe(without.first(hash, OPEN))
    }
  })

  test('the last untried of many is found, and nobody when all were tried', () => {
    const targets = evenTargets(40)
    const order = orderOf(make, targets)
    for (const [index, hash] of FEW.slice(0, 40).entries()) {
      const others = targets.filter((_, place) => place !== index)
      expect(order.first(hash, gateTo(others))).toBe(targets[index])
      expect(order.first(hash, gateTo(targets))).toBeUndefined()
    }
  })

  test('without targets there is no home, and later there is one again', () => {
    const targets = evenTargets(2)
    const order = orderOf(make, targets)
    order.rebuild([])
    expect(order.first(1, OPEN)).toBeUndefined()
    order.rebuild(targets)
    expect(targets).toContain(order.first(1, OPEN))
  })

  test('a target from another level takes part while it helps out', () => {
    const targets = evenTargets(3)
    const guests = sampleTargets([100], 1)
    const order = orderOf(make, targets, membersOf([...targets, ...guests]))
    expect(shareOf(homesOf(order, FEW), guests[0]!)).toBe(0)
    order.rebuild([...targets.slice(1), ...guests])
    expect(shareOf(homesOf(order, FEW), guests[0]!)).toBeGreaterThan(0.15)
  })
})

/** Changes of the configuration, not of eligibility: the target is no member any more. */
describe('a target that is taken out of the configuration', () => {
  test.each([METHODS[0]!, METHODS[2]!])('takes along only its own keys: $name', ({ make }) => {
    const targets = evenTargets(10)
    const before = homesOf(orderOf(make, targets), HASHES)
    const after = homesOf(orderOf(make, targets.slice(1)), HASHES)
    expect(movedBetween(before, after)).toBe(shareOf(before, targets[0]))
  })

  // Envoy's documentation: about twice the keys of a ring move.
  test.each([5, 10, 50, 100])('moves at most as many keys again: maglev, %i targets', (count) => {
    const targets = evenTargets(count)
    const before = homesOf(orderOf(maglev, targets), HASHES)
    const after = homesOf(orderOf(maglev, targets.slice(1)), HASHES)
    const moved = movedBetween(before, after)
    expect(moved).toBeGreaterThan(1 / count - 0.02)
    expect(moved).toBeLessThan(2 / count)
    expect(moved).toBeLessThan(1 / count + 0.02)
  })
})

test('two addresses with the same hash still share the keys: rendezvous', () => {
  const seen = new Map<number, string>()
  let twins: readonly string[] = []
  for (let host = 0; twins.length === 0; host++) {
    const address = `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}:80`
    const hash = keyHash(address)
    const twin = seen.get(hash)
    if (twin !== undefined) twins = [twin, address]
    seen.set(hash, address)
  }
  const targets = evenTargets(2).map((target, index) => ({ ...target, address: twins[index]! }))
  const homes = homesOf(orderOf(rendezvous, targets), FEW)
  for (const target of targets) expect(Math.abs(shareOf(homes, target) - 0.5)).toBeLessThan(0.03)
})

test('a change of weight moves only keys to or from the target: rendezvous', () => {
  const targets = evenTargets(10)
  const before = homesOf(orderOf(rendezvous, targets), FEW)
  const heavier = targets.map((target, index) => ({
    ...target,
    weight: index === 0 ? 200 : 100
  }))
  const after = homesOf(orderOf(rendezvous, heavier), FEW)
  const moved = after.filter((home, index) => home?.address !== before[index]?.address)
  expect(moved.length).toBeGreaterThan(100)
  expect(new Set(moved.map((home) => home?.name))).toEqual(new Set(['a']))
})

test('behind the last point of a ring comes the first', () => {
  const owners = new Set<string | undefined>()
  for (let count = 2; count < 12; count++) {
    const ring = orderOf(hashRing, evenTargets(count))
    const owner = ring.first(0xffffffff, OPEN)
    expect(owner).toBe(ring.first(0, OPEN))
    owners.add(owner?.name)
  }
  expect(owners.size).toBeGreaterThan(1)
})

test('a table of Maglev has each target as often as its weight says, to one place', () => {
  const targets = sampleTargets([1, 2, 4])
  const order = orderOf(maglev, targets)
  const places = Array.from({ length: 65_537 }, (_, place) => order.first(place, OPEN))
  for (const target of targets) {
    const count = places.filter((home) => home === target).length
    expect(Math.abs(count - (65_537 * target.effectiveWeight) / 7)).toBeLessThanOrEqual(1.5)
  }
})
