/** Contract: which wait follows a probe, and how jitter changes it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextProbeDelayMs, secondProbeDelayMs, type ProbeTiming } from './probe-schedule.ts'
import type { RiseFallState } from './rise-fall.ts'

const TIMING: ProbeTiming = {
  intervalMs: 2000,
  fastIntervalMs: 500,
  downIntervalMs: 5000,
  jitter: 0
}
const half = (): number => 0.5

test.each<[string, RiseFallState, number]>([
  ['unknown', { health: 'unknown', rule: 'first_result_decides', failures: 0 }, 500],
  ['unknown with failures', { health: 'unknown', rule: 'needs_pass', failures: 2 }, 500],
  ['up', { health: 'up', failures: 0 }, 2000],
  ['up with a failure', { health: 'up', failures: 1 }, 500],
  ['down', { health: 'down', passes: 0 }, 5000],
  ['down with a pass', { health: 'down', passes: 1 }, 500]
])('the wait while %s', (_, state, delayMs) => {
  expect(nextProbeDelayMs(TIMING, state, half)).toBe(delayMs)
  expect(secondProbeDelayMs(TIMING, state, half)).toBe(delayMs)
})

const UP: RiseFallState = { health: 'up', failures: 0 }

test('jitter moves the wait by its share to both sides, never further', () => {
  const timing = { ...TIMING, jitter: 0.25 }
  expect(nextProbeDelayMs(timing, UP, () => 0)).toBe(1500)
  expect(nextProbeDelayMs(timing, UP, half)).toBe(2000)
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const delayMs = nextProbeDelayMs(timing, UP, () => random)
      expect(delayMs).toBeGreaterThanOrEqual(1500)
      expect(delayMs).toBeLessThanOrEqual(2500)
    })
  )
})

test('the wait after the first probe lies anywhere within the regular one', () => {
  const timing = { ...TIMING, jitter: 0.1 }
  expect(secondProbeDelayMs(timing, UP, () => 0)).toBe(2000)
  expect(secondProbeDelayMs(timing, UP, half)).toBe(1000)
  expect(secondProbeDelayMs(timing, UP, () => 0.999)).toBeCloseTo(2)
})
