/**
 * When the next probe starts: one wait after the end of the one before, as HAProxy has it
 * (`t->expire = now + inter` when a check is over). `config/worst-case.ts` computes
 * detection times from this; docs/reference/health.md derives the formulas.
 */
import type { HealthCheckSettings } from '../model/settings.ts'
import type { Random } from '../time/clock.ts'
import type { RiseFallState } from './rise-fall.ts'

export type ProbeTiming = Pick<
  HealthCheckSettings,
  'intervalMs' | 'fastIntervalMs' | 'downIntervalMs' | 'jitter'
>

/**
 * Milliseconds from the end of a probe to the start of the next: `intervalMs` while up,
 * `downIntervalMs` while down, `fastIntervalMs` while unknown or while the last result spoke
 * against the state; then between −jitter and +jitter of it more.
 */
export function nextProbeDelayMs(
  timing: ProbeTiming,
  state: RiseFallState,
  random: Random
): number {
  return intervalFor(timing, state) * (1 + timing.jitter * (2 * random() - 1))
}

/**
 * The wait after the first probe of a backend, which all began together: somewhere within
 * the regular one, so that a thousand backends are not probed in the same millisecond ever
 * after. Never longer than the regular one, so no worst case changes; exact without jitter.
 */
export function secondProbeDelayMs(
  timing: ProbeTiming,
  state: RiseFallState,
  random: Random
): number {
  if (timing.jitter === 0) return intervalFor(timing, state)
  return intervalFor(timing, state) * (1 - random())
}

function intervalFor(timing: ProbeTiming, state: RiseFallState): number {
  switch (state.health) {
    case 'unknown':
      return timing.fastIntervalMs
    case 'up':
      return state.failures === 0 ? timing.intervalMs : timing.fastIntervalMs
    case 'down':
      return state.passes === 0 ? timing.downIntervalMs : timing.fastIntervalMs
  }
}
