/**
 * How the share of a backend grows during slow start: linearly from 10 % (Envoy's
 * `min_weight_percent`) to 100 %, in steps of 5 %. Steps, because every one makes the pool compute
 * its order of picks anew; of this size, because nobody sees smaller ones.
 */

export const MIN_WARMTH = 0.1
/** Shares are whole multiples of 1/20, so that weights can be scaled without fractions. */
export const WARMTH_UNITS = 20

const STEPS = (1 - MIN_WARMTH) * WARMTH_UNITS

export interface WarmthStep {
  /** 0.1 to 1. */
  readonly warmth: number
  /** Until the next step; 0: there is none any more. */
  readonly nextStepMs: number
}

/** `elapsedMs` after a slow start of `slowStartMs` began. */
export function warmthAt(elapsedMs: number, slowStartMs: number): WarmthStep {
  if (elapsedMs >= slowStartMs) return { warmth: 1, nextStepMs: 0 }
  // A timer may fire a little before its time: the step that it was set for counts as reached.
  const taken = Math.floor((elapsedMs * STEPS) / slowStartMs + 1e-6)
  const warmth = (MIN_WARMTH * WARMTH_UNITS + taken) / WARMTH_UNITS
  return { warmth, nextStepMs: ((taken + 1) * slowStartMs) / STEPS - elapsedMs }
}

/** Of a limit of requests in flight, 0 = unlimited: at least one, so that it gets warm at all. */
export function warmSlots(limit: number, warmth: number): number {
  return limit === 0 ? 0 : Math.max(1, Math.floor(limit * warmth))
}
