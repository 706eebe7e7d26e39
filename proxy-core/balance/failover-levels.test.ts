/** Contract: which level serves, and what the levels above it are for. */
import { expect, test } from 'vitest'
import type { Balancer } from './balancer.ts'
import { levelled } from './failover-levels.ts'
import { requestHash } from './hash.ts'
import { leastConn } from './least-conn.ts'
import {
  SAMPLE_REQUEST,
  sampleClient,
  sampleOptions,
  type SampleTarget,
  sampleTargets
} from './sample-targets.ts'
import { smoothWeightedRoundRobin } from './smooth-weighted-round-robin.ts'

/** `level:name` of the next picks. */
function picks(balancer: Balancer<SampleTarget>, count: number): string {
  return Array.from({ length: count }, () => {
    const target = balancer.pick(SAMPLE_REQUEST)
    return target === undefined ? '-' : `${target.level}${target.name}`
  }).join(' ')
}

const primaries = sampleTargets([1, 1, 1])
const backups = sampleTargets([1, 1], 1)
const lastResort = sampleTargets([1], 5)

test('only the lowest level that has targets serves, in round robin', () => {
  const balancer = levelled<SampleTarget>(smoothWeightedRoundRobin, Math.random, sampleOptions())
  balancer.rebuild([...lastResort, ...backups, ...primaries])
  expect(picks(balancer, 4)).toBe('0a 0b 0c 0a')
  balancer.rebuild([...backups, ...lastResort])
  expect(picks(balancer, 3)).toBe('1a 1b 1a')
  balancer.rebuild(lastResort)
  expect(picks(balancer, 2)).toBe('5a 5a')
  balancer.rebuild([...primaries, ...lastResort])
})

test('without any target nothing serves', () => {
  const balancer = levelled<SampleTarget>(smoothWeightedRoundRobin, Math.random, sampleOptions())
  expect(balancer.pick(SAMPLE_REQUEST)).toBeUndefined()
  balancer.rebuild(primaries)
  balancer.rebuild([])
  expect(balancer.pick(SAMPLE_REQUEST)).toBeUndefined()
  expect(balancer.pick(SAMPLE_REQUEST, new Set(primaries))).toBeUndefined()
})

test('a request that tried the whole active level goes on to the next, others stay', () => {
  const balancer = levelled<SampleTarget>(smoothWeightedRoundRobin, Math.random, sampleOptions())
  balancer.rebuild([...primaries, ...backups, ...lastResort])
  const tried = new Set(primaries)
  expect(balancer.pick(SAMPLE_REQUEST, tried)?.level).toBe(1)
  for (const target of backups) tried.add(target)
  expect(balancer.pick(SAMPLE_REQUEST, tried)?.level).toBe(5)
  for (const target of lastResort) tried.add(target)
  expect(balancer.pick(SAMPLE_REQUEST, tried)).toBeUndefined()
  expect(balancer.pick(SAMPLE_REQUEST)?.level).toBe(0)
})

test('a change in another level leaves the order of picks alone', () => {
  const balancer = levelled<SampleTarget>(smoothWeightedRoundRobin, Math.random, sampleOptions())
  balancer.rebuild([...primaries, ...backups])
  expect(picks(balancer, 1)).toBe('0a')
  balancer.rebuild(primaries)
  expect(picks(balancer, 2)).toBe('0b 0c')
})

test('changes of load reach the algorithm of the level that the target is in', () => {
  const balancer = levelled<SampleTarget>(leastConn, Math.random, sampleOptions())
  const busy = sampleTargets([1, 1])
  const standby = sampleTargets([1, 1], 1)
  balancer.rebuild([...busy, ...standby])
  for (const target of [...busy.slice(0, 1), ...standby.slice(0, 1)]) {
    target.load = 3
    balancer.loadChanged?.(target)
  }
  expect(picks(balancer, 2)).toBe('0b 0b')
  expect(balancer.pick(SAMPLE_REQUEST, new Set(busy))?.name).toBe('b')
})

test('loadChanged is there only for algorithms that look at the load', () => {
  expect(
    levelled(smoothWeightedRoundRobin, Math.random, sampleOptions()).loadChanged
  ).toBeUndefined()
  expect(levelled(leastConn, Math.random, sampleOptions()).loadChanged).toBeTypeOf('function')
})

test('while shares move from one level to another each key moves once', () => {
  const balancer = levelled<SampleTarget>(requestHash, Math.random, sampleOptions())
  const levelsAt = (share: number): number[] => {
    balancer.divide([
      { level: 0, share: 1 - share, targets: primaries },
      { level: 1, share, targets: backups }
    ])
    return Array.from({ length: 2000 }, (_, index) => balancer.pick(sampleClient(index))!.level)
  }
  let before = levelsAt(0)
  expect(before).not.toContain(1)
  for (const share of [0.1, 0.4, 0.9, 1]) {
    const levels = levelsAt(share)
    expect(Math.abs(levels.filter((level) => level === 1).length / 2000 - share)).toBeLessThan(0.03)
    expect(levels.filter((level, index) => level < before[index]!)).toEqual([])
    before = levels
  }
})

test('requests without a key take turns between levels that share, whatever the algorithm', () => {
  const balancer = levelled<SampleTarget>(requestHash, Math.random, sampleOptions())
  balancer.divide([
    { level: 0, share: 0.5, targets: primaries },
    { level: 1, share: 0.5, targets: backups }
  ])
  expect(picks(balancer, 6)).toBe('0a 1a 0b 1b 0c 1a')
})

const shared = (): ReturnType<typeof levelled<SampleTarget>> =>
  levelled<SampleTarget>(smoothWeightedRoundRobin, Math.random, sampleOptions())

test('levels take turns in proportion to their shares, evenly mixed', () => {
  const balancer = shared()
  balancer.divide([
    { level: 0, share: 0.7, targets: primaries },
    { level: 1, share: 0.3, targets: backups }
  ])
  expect(picks(balancer, 10)).toBe('0a 1a 0b 0c 1b 0a 0b 0c 1a 0a')
})

test('what a level is owed outlives a change of the shares, so that small steps add up', () => {
  const balancer = shared()
  let fromBackups = 0
  for (let step = 1; step <= 100; step++) {
    balancer.divide([
      { level: 0, share: 1 - step / 1000, targets: primaries },
      { level: 1, share: step / 1000, targets: backups }
    ])
    if (balancer.pick(SAMPLE_REQUEST)?.level === 1) fromBackups++
  }
  expect(fromBackups).toBe(5)
})

test('a level before the first with a share is not tried, one after it is', () => {
  const balancer = shared()
  balancer.divide([
    { level: 0, share: 0, targets: primaries },
    { level: 1, share: 1, targets: backups },
    { level: 5, share: 0, targets: lastResort }
  ])
  const tried = new Set(backups)
  expect(balancer.pick(SAMPLE_REQUEST, tried)?.level).toBe(5)
  for (const target of lastResort) tried.add(target)
  expect(balancer.pick(SAMPLE_REQUEST, tried)).toBeUndefined()
})

test('a request that tried one serving level goes on to the other', () => {
  const balancer = shared()
  balancer.divide([
    { level: 0, share: 0.5, targets: primaries },
    { level: 1, share: 0.5, targets: backups }
  ])
  for (let turn = 0; turn < 4; turn++) {
    expect(balancer.pick(SAMPLE_REQUEST, new Set(primaries))?.level).toBe(1)
  }
})

test('beside a target only those of its level are looked at', () => {
  const balancer = shared()
  balancer.divide([
    { level: 0, share: 0.5, targets: primaries },
    { level: 1, share: 0.5, targets: backups }
  ])
  const [first, second] = backups
  expect(balancer.pickBeside(first!, SAMPLE_REQUEST, new Set([first!]))).toBe(second)
  expect(balancer.pickBeside(first!, SAMPLE_REQUEST, new Set(backups))).toBeUndefined()
  expect(balancer.pickBeside(lastResort[0]!, SAMPLE_REQUEST, new Set())).toBeUndefined()
})

test('targets of several levels can be one group', () => {
  const balancer = shared()
  balancer.divide([{ level: 0, share: 1, targets: [primaries[0]!, backups[0]!] }])
  expect(picks(balancer, 4)).toBe('0a 1a 0a 1a')
})
