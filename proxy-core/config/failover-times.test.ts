/** Contract: the arithmetic of switching and returning, by strategy; the scenarios measure it. */
import { expect, test } from 'vitest'
import { failoverTimes } from './failover-times.ts'
import { settingsOf } from './fixtures/load.ts'

const CHECK =
  'health_check: { interval: 3s, timeout: 3s, jitter: 0, unhealthy_threshold: 3, healthy_threshold: 2 }'
const BACKENDS = 'backends: [{ address: "a:80" }, { address: "b:80", failover: true }]'

function timesOf(failover: string, backends = BACKENDS): unknown {
  return failoverTimes(
    settingsOf(`pools: [{ name: api, ${CHECK}, failover: ${failover}, ${backends} }]`)
  )
}

test.each([
  ['{}', 6000, 9000, 0, 13_000, 16_000, 10_000],
  ['{ strategy: delayed, delay: 4s }', 10_000, 13_000, 0, 13_000, 16_000, 10_000],
  ['{ strategy: graceful, ramp: 20s }', 6000, 9000, 0, 13_000, 16_000, 10_000],
  [
    '{ strategy: graceful, ramp: 20s, min_eligible: 2 }',
    6000,
    9000,
    20_000,
    13_000,
    16_000,
    10_000
  ],
  ['{ recovery_interval: 1m }', 6000, 9000, 0, 63_000, 66_000, 30_000],
  ['{ mode: spill }', 6000, 9000, 0, 3000, 6000, 0]
])('%s', (failover, best, worst, rampMs, backBest, backWorst, failbackRampMs) => {
  expect(timesOf(failover)).toMatchObject([
    {
      switch: { bestMs: best, worstMs: worst },
      rampMs,
      return: { bestMs: backBest, worstMs: backWorst },
      failbackRampMs
    }
  ])
})

test('a mode without a switch has no ramp, whatever strategy the other pools have', () => {
  const text = `failover: { strategy: graceful, min_eligible: 2 }
pools:
  - name: api
    failover: { mode: spill }
    health_check: {}
    backends: [{ address: "a:80" }, { address: "b:80", failover: true }]`
  expect(failoverTimes(settingsOf(text))).toMatchObject([{ mode: 'spill', rampMs: 0 }])
})

test('the slowest primary decides, backups do not', () => {
  const backends = `backends:
    [
      { address: "a:80" },
      { address: "b:80", health_check: { interval: 9s, fast_interval: 9s } },
      { address: "c:80", failover: true, health_check: { interval: 60s } }
    ]`
  expect(timesOf('{}', backends)).toMatchObject([{ switch: { bestMs: 18_000, worstMs: 27_000 } }])
})

test.each([
  ['one level', '{}', 'backends: [{ address: "a:80" }]'],
  ['a failover that is off', '{ enabled: false }', BACKENDS],
  [
    'primaries that nobody probes',
    '{}',
    'backends: [{ address: "a:80", health_check: false }, { address: "b:80", failover: true }]'
  ]
])('there is nothing to compute of %s', (_, failover, backends) => {
  expect(timesOf(failover, backends)).toEqual([])
})
