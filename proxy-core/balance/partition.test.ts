/** Contract: which partition a key is in, who serves it, and who does while that one is away. */
import { describe, expect, test } from 'vitest'
import type { PartitionSettings } from '../model/balance-settings.ts'
import { DEFAULT_PARTITION } from '../model/default-settings.ts'
import type { Balancer } from './balancer.ts'
import { keyHash } from './key-hash.ts'
import { partitioned } from './partition.ts'
import { membersOf } from './sample-keys.ts'
import { sampleClient, sampleOptions, sampleTargets, type SampleTarget } from './sample-targets.ts'

const KEYS = Array.from({ length: 2000 }, (_, index) => sampleClient(index))

function balancerOf(
  targets: readonly SampleTarget[],
  parts: Partial<PartitionSettings> = {},
  members = membersOf(targets)
): Balancer<SampleTarget> {
  const partition = {
    ...DEFAULT_PARTITION,
    key: { kind: 'query', name: 'case' },
    ...parts
  } as const
  const balancer = partitioned<SampleTarget>(Math.random, sampleOptions({ partition, members }))
  balancer.rebuild(targets)
  return balancer
}

function homes(balancer: Balancer<SampleTarget>): (string | undefined)[] {
  return KEYS.map((request) => balancer.pick(request)?.name)
}

describe('modulo', () => {
  test('partition n belongs to the n-th backend of the file', () => {
    const targets = sampleTargets([1, 1, 1])
    const expected = KEYS.map(({ key }) => 'abc'.charAt(keyHash(key) % 3))
    expect(homes(balancerOf(targets))).toEqual(expected)
    expect(homes(balancerOf(targets, { count: 3 }))).toEqual(expected)
  })

  test('weights change nothing', () => {
    expect(homes(balancerOf(sampleTargets([1, 200, 5])))).toEqual(
      homes(balancerOf(sampleTargets([1, 1, 1])))
    )
  })

  test('more partitions than backends go round, so that the number can stay when backends come', () => {
    const counts = KEYS.map(({ key }) => 'ab'.charAt((keyHash(key) % 12) % 2))
    expect(homes(balancerOf(sampleTargets([1, 1]), { count: 12 }))).toEqual(counts)
  })

  test('fewer partitions than backends leave the last ones without any', () => {
    expect(new Set(homes(balancerOf(sampleTargets([1, 1, 1]), { count: 2 })))).toEqual(
      new Set(['a', 'b'])
    )
  })

  test('while a backend is away the next one of the file stands in for it, and nothing else moves', () => {
    const targets = sampleTargets([1, 1, 1, 1])
    const balancer = balancerOf(targets)
    const before = homes(balancer)
    balancer.rebuild(targets.filter(({ name }) => name !== 'b'))
    expect(homes(balancer)).toEqual(before.map((home) => (home === 'b' ? 'c' : home)))
    balancer.rebuild(targets.filter(({ name }) => name === 'a' || name === 'd'))
    expect(homes(balancer)).toEqual(
      before.map((home) => (home === 'b' || home === 'c' ? 'd' : home))
    )
    balancer.rebuild(targets)
    expect(homes(balancer)).toEqual(before)
  })

  test('a balancer that starts while a backend is away divides as before', () => {
    const targets = sampleTargets([1, 1, 1])
    const without = targets.slice(1)
    const balancer = balancerOf(targets)
    balancer.rebuild(without)
    expect(homes(balancerOf(without, {}, membersOf(targets)))).toEqual(homes(balancer))
  })

  test('a slow start moves no partition', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = balancerOf(targets)
    const before = homes(balancer)
    targets[1]!.warmth = 0.1
    balancer.rebuild(targets)
    expect(homes(balancer)).toEqual(before)
  })

  test('a retry goes to the one that would stand in', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = balancerOf(targets)
    const order = ['b', 'c', 'a']
    for (const request of KEYS.slice(0, 30)) {
      const home = balancer.pick(request)!
      expect(balancer.pick(request, new Set([home]))?.name).toBe(order['abc'.indexOf(home.name)])
    }
    expect(balancer.pick(KEYS[0]!, new Set(targets))).toBeUndefined()
  })

  test('`refuse` serves a partition from its own backend or not at all', () => {
    const targets = sampleTargets([1, 1, 1])
    const balancer = balancerOf(targets, { whenUnavailable: 'refuse' })
    const before = homes(balancer)
    balancer.rebuild(targets.filter(({ name }) => name !== 'b'))
    expect(homes(balancer)).toEqual(before.map((home) => (home === 'b' ? undefined : home)))
    const [request] = KEYS
    const home = balancer.pick(request!)!
    expect(balancer.pick(request!, new Set([home]))).toBeUndefined()
  })

  test('each level divides by its own backends', () => {
    const primaries = sampleTargets([1, 1, 1])
    const backups = sampleTargets([1, 1], 1)
    const balancer = balancerOf(backups, {}, membersOf([...primaries, ...backups]))
    expect(homes(balancer)).toEqual(KEYS.map(({ key }) => 'ab'.charAt(keyHash(key) % 2)))
  })

  test('helpers from another level stand in last, and disturb no home', () => {
    const primaries = sampleTargets([1, 1, 1])
    const [backup] = sampleTargets([1], 1)
    const members = membersOf([...primaries, backup!])
    const balancer = balancerOf(primaries, {}, members)
    const before = homes(balancer)
    balancer.rebuild([...primaries.slice(0, 2), backup!])
    expect(homes(balancer)).toEqual(before.map((home) => (home === 'c' ? 'a' : home)))
    const tried = new Set(primaries)
    expect(balancer.pick(KEYS[0]!, tried)).toBe(backup)
  })
})

describe('consistent', () => {
  test('only the keys of a backend that leaves move, and they spread', () => {
    const targets = sampleTargets([1, 1, 1, 1])
    const balancer = balancerOf(targets, { method: 'consistent' })
    const before = homes(balancer)
    balancer.rebuild(targets.slice(1))
    const after = homes(balancer)
    const moved = after.filter((home, index) => home !== before[index])
    expect(moved).toHaveLength(before.filter((home) => home === 'a').length)
    expect(new Set(moved)).toEqual(new Set(['b', 'c', 'd']))
  })

  test('keys of one partition stay together', () => {
    const balancer = balancerOf(sampleTargets([1, 1, 1, 1]), { method: 'consistent', count: 8 })
    const byPartition = Map.groupBy(KEYS, ({ key }) => keyHash(key) % 8)
    for (const members of byPartition.values()) {
      expect(new Set(members.map((request) => balancer.pick(request)?.name)).size).toBe(1)
    }
  })
})

test('a request without a key takes its turn', () => {
  const balancer = balancerOf(sampleTargets([1, 1]), { whenUnavailable: 'refuse' })
  const request = { clientAddress: '192.0.2.1', key: '' }
  expect(Array.from({ length: 4 }, () => balancer.pick(request)?.name).join('')).toBe('abab')
})
