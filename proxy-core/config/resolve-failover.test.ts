/** Contract: a pool's own keys before the top-level ones before the defaults; regions make levels. */
import { expect, test } from 'vitest'
import { poolOf, summary, warningsOf } from './fixtures/load.ts'

test('a pool overrides single keys of the top-level failover', () => {
  const pool = poolOf(`
failover: { strategy: delayed, delay: 3s, recovery_interval: 20s, min_eligible: 2 }
pools: [{ name: api, failover: { delay: 1s, failback: manual } }]
`)
  expect(pool.failover).toMatchObject({
    strategy: 'delayed',
    delayMs: 1000,
    recoveryIntervalMs: 20_000,
    failback: 'manual',
    minEligible: 2
  })
})

test.each([
  ['recovery_interval: 4s', 4000],
  ['recovery_interval: 2m', 30_000],
  ['recovery_interval: 0', 0],
  ['recovery_interval: 2m, failback_ramp: 1m', 60_000],
  ['failback_ramp: 0', 0]
])('the ramp back of { %s } takes %i ms', (written, rampMs) => {
  const { failover } = poolOf(`pools: [{ name: api, failover: { ${written} } }]`)
  expect(failover.failbackRampMs).toBe(rampMs)
})

test('a check interval of the pool is that of its probes', () => {
  const { backends } = poolOf(
    'failover: { check_interval: 9s }\npools: [{ name: api, failover: { check_interval: 1s }, backends: [{ address: "a:80" }, { address: "b:80", failover: true }] }]'
  )
  expect(backends.map(({ healthCheck }) => healthCheck?.intervalMs)).toEqual([1000, 1000])
})

const REGIONS = `
  - name: api
    backends:
      - { address: "a:80", region: us-east }
      - { address: "b:80", region: us-west, failover: true }
      - { address: "c:80", region: eu-west, failover: true }
      - { address: "d:80" }
`

test('regions order the levels, and what is of no listed region comes last', () => {
  const levels = (regions: string): readonly number[] =>
    poolOf(`failover: { regions: [${regions}] }\npools:${REGIONS}`).backends.map(
      ({ level }) => level
    )
  expect(levels('us-west, us-east, eu-west')).toEqual([1, 0, 2, 3])
  expect(levels('eu-west, us-east')).toEqual([1, 2, 0, 2])
  // Of a pool that is in none of the first regions, those are no levels.
  expect(levels('mars, us-west, venus, us-east')).toEqual([1, 0, 2, 2])
})

test('the lowest level that is written is that of the primaries', () => {
  const { backends } = poolOf(
    'pools: [{ name: api, backends: [{ address: "a:80", failover_level: 4 }, { address: "b:80", failover: true }] }]'
  )
  expect(backends.map(({ level }) => level)).toEqual([3, 0])
})

test('a pool without any of the regions keeps its own levels', () => {
  const { backends } = poolOf(`failover: { regions: [mars] }\npools:${REGIONS}`)
  expect(backends.map(({ level }) => level)).toEqual([0, 1, 1, 0])
})

test('a region that is not listed and a level beside regions are told', () => {
  const text = `
routes: [{ pool: api }]
failover: { regions: [us-east, us-west] }
pools:
  - name: api
    backends:
      - { address: "a:80", region: us-east }
      - { address: "b:80", region: us-wset }
      - { address: "c:80", region: us-west, failover_level: 2 }
`
  const warnings = warningsOf(text)
  expect(summary(warnings)).toEqual([
    'FAILOVER_WITHOUT_EFFECT pools[0].backends[1]',
    'FAILOVER_WITHOUT_EFFECT pools[0].backends[2].failover_level'
  ])
  expect(warnings[0]?.message).toContain('us-wset')
})

test.each([
  ['{ enabled: false }', 'never serve'],
  ['{ strategy: graceful }', '`ramp` acts only'],
  ['{ min_eligible: 2 }', 'level 0, 1 has fewer'],
  ['{ strategy: delayed, delay: 6s }', 'wait 5s in the queue']
])('failover: %s says what comes of it', (written, words) => {
  const warnings = warningsOf(
    `routes: [{ pool: api }]\npools: [{ name: api, failover: ${written}, backends: [{ address: "a:80" }, { address: "b:80", failover: true }] }]`
  )
  expect(summary(warnings)).toEqual(['FAILOVER_WITHOUT_EFFECT pools[0]'])
  expect(warnings[0]?.message).toContain(words)
})

test.each([
  '{ strategy: graceful, ramp: 0 }',
  '{ strategy: delayed }',
  '{ mode: spill }',
  '{ failback: manual, within: first }'
])('failover: %s draws no warning', (written) => {
  const text = `routes: [{ pool: api }]\npools: [{ name: api, failover: ${written}, backends: [{ address: "a:80" }, { address: "b:80", failover: true }] }]`
  expect(warningsOf(text)).toEqual([])
})
