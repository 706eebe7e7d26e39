/**
 * From single results to a state: HAProxy's consecutive counters (rise and fall) without
 * time and without sockets. The table is in docs/reference/health.md.
 */
import type { HealthProgress } from '../model/engine-telemetry.ts'
import type { HealthState } from '../model/states.ts'

/**
 * What decides while nothing is known. `first_result_decides`: the start phase.
 * `needs_pass`: a backend that a reload added or that leaves `maint` gets no traffic before
 * one pass, and is called down only after `fall` failures (haproxy#2085: traffic went to
 * servers that nobody had checked since their maintenance).
 */
export type InitialRule = 'first_result_decides' | 'needs_pass'

export interface RiseFallThresholds {
  /** Consecutive passes that bring a backend up, at least 1. */
  readonly rise: number
  /** Consecutive failures that take a backend down, at least 1. */
  readonly fall: number
}

export type RiseFallState =
  | { readonly health: 'unknown'; readonly rule: InitialRule; readonly failures: number }
  /** `failures`: the last results in a row against it, 0 to fall − 1. */
  | { readonly health: 'up'; readonly failures: number }
  /** `passes`: the last results in a row against it, 0 to rise − 1. */
  | { readonly health: 'down'; readonly passes: number }

export interface RiseFallStep {
  readonly state: RiseFallState
  /** How many of the last results in a row decided it; 0 when the state stayed what it was. */
  readonly evidenceCount: number
}

export function unknownState(rule: InitialRule): RiseFallState {
  return { health: 'unknown', rule, failures: 0 }
}

/** The state after one more result. */
export function afterResult(
  before: RiseFallState,
  hasPassed: boolean,
  thresholds: RiseFallThresholds
): RiseFallStep {
  switch (before.health) {
    case 'up':
      return hasPassed ? stay(UP) : failWhileUp(before.failures + 1, thresholds.fall)
    case 'down':
      return hasPassed ? passWhileDown(before.passes + 1, thresholds.rise) : stay(DOWN)
    case 'unknown':
      if (hasPassed) return { state: UP, evidenceCount: 1 }
      return failWhileUnknown(before.rule, before.failures + 1, thresholds.fall)
  }
}

const UP: RiseFallState = { health: 'up', failures: 0 }
const DOWN: RiseFallState = { health: 'down', passes: 0 }

function stay(state: RiseFallState): RiseFallStep {
  return { state, evidenceCount: 0 }
}

function failWhileUp(failures: number, fall: number): RiseFallStep {
  if (failures >= fall) return { state: DOWN, evidenceCount: failures }
  return stay({ health: 'up', failures })
}

function passWhileDown(passes: number, rise: number): RiseFallStep {
  if (passes >= rise) return { state: UP, evidenceCount: passes }
  return stay({ health: 'down', passes })
}

function failWhileUnknown(rule: InitialRule, failures: number, fall: number): RiseFallStep {
  const isDecided = rule === 'first_result_decides' || failures >= fall
  if (isDecided) return { state: DOWN, evidenceCount: failures }
  return stay({ health: 'unknown', rule, failures })
}

/** How many results in a row there are towards the next change of health, and how many it takes. */
export function healthProgress(
  state: RiseFallState,
  { rise, fall }: RiseFallThresholds
): HealthProgress {
  if (state.health === 'down') {
    const direction = state.passes > 0 ? 'passing' : 'steady'
    return { direction, done: state.passes, needed: rise }
  }
  const direction = state.failures > 0 ? 'failing' : 'steady'
  return { direction, done: state.failures, needed: fall }
}

/**
 * HAProxy's words (management.txt 9.1, "status"): "UP", "UP 2/3" with two failures left to
 * go, "DOWN", "DOWN 1/2" with one pass of two; and "UNKNOWN", "UNKNOWN 2/3", which HAProxy
 * does not have.
 */
export function healthFraction(state: RiseFallState, thresholds: RiseFallThresholds): string {
  if (state.health === 'down') {
    return state.passes === 0 ? 'DOWN' : `DOWN ${state.passes}/${thresholds.rise}`
  }
  const word: Uppercase<Extract<HealthState, 'up' | 'unknown'>> =
    state.health === 'up' ? 'UP' : 'UNKNOWN'
  if (state.failures === 0) return word
  // A reload may have lowered `fall` under the failures counted so far.
  return `${word} ${Math.max(1, thresholds.fall - state.failures)}/${thresholds.fall}`
}
