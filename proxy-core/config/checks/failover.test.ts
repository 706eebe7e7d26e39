/** Contract: a mode without a switch refuses what would steer one, wherever it is meant for it. */
import { expect, test } from 'vitest'
import { problemsOf, settingsOf, summary } from '../fixtures/load.ts'

test.each([
  ['failover: { mode: spill, strategy: delayed }', ['CONFLICT failover.strategy']],
  [
    'pools: [{ name: a, failover: { mode: progressive, failback: manual, within: first } }]',
    ['CONFLICT pools[0].failover.failback', 'CONFLICT pools[0].failover.within']
  ],
  [
    'failover: { mode: spill }\npools: [{ name: a, failover: { recovery_interval: 5s } }]',
    ['CONFLICT pools[0].failover.recovery_interval']
  ]
])('%s', (text, problems) => {
  expect(summary(problemsOf(text))).toEqual(problems)
})

test('what all pools inherit does not keep one of them from another mode', () => {
  const text =
    'failover: { strategy: graceful }\npools: [{ name: a, failover: { mode: spill, min_eligible: 2 } }]'
  expect(settingsOf(text).pools[0]?.failover).toMatchObject({ mode: 'spill', minEligible: 2 })
})

test('a pool may return to the switch where all others spill', () => {
  const text =
    'failover: { mode: spill }\npools: [{ name: a, failover: { mode: switch, strategy: delayed } }]'
  expect(settingsOf(text).pools[0]?.failover).toMatchObject({ mode: 'switch', strategy: 'delayed' })
})
