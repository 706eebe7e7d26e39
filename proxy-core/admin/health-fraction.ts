/**
 * HAProxy's health counter and its words for a server (management.txt 9.1, "status"),
 * worked out from the evidence that a backend keeps: how many of its last probes in a
 * row speak against its present state.
 */
import type { Backend } from '../pool/backend.ts'

export interface HealthFraction {
  /** 0 to rise + fall − 1; below `rise` the backend is down. */
  readonly value: number
  readonly rise: number
  readonly fall: number
}

/** null: no health check. A backend that no probe has passed yet counts as down. */
export function healthFraction(backend: Backend): HealthFraction | null {
  const check = backend.settings.healthCheck
  if (!check) return null
  const { healthyThreshold: rise, unhealthyThreshold: fall } = check
  const isUp = backend.health === 'up' || backend.health === 'slow_start'
  const against = trailing(backend, !isUp)
  // The next step against it would have changed the state, so the counter stops before it.
  const value = isUp ? rise + fall - 1 - Math.min(against, fall - 1) : Math.min(against, rise - 1)
  return { value, rise, fall }
}

/** "UP", "UP 2/3", "DOWN", "DOWN 1/2", "DRAIN", "DRAIN 2/3", "MAINT" or "no check". */
export function statusText(backend: Backend): string {
  if (backend.adminState === 'maint') return 'MAINT'
  const fraction = healthFraction(backend)
  if (!fraction) return backend.adminState === 'drain' ? 'DRAIN' : 'no check'
  const { value, rise, fall } = fraction
  if (value < rise) return value === 0 ? 'DOWN' : `DOWN ${value}/${rise}`
  const word = backend.adminState === 'drain' ? 'DRAIN' : 'UP'
  const steps = value - rise + 1
  return steps === fall ? word : `${word} ${steps}/${fall}`
}

/** How many of the last probes in a row had this result. */
function trailing(backend: Backend, hasPassed: boolean): number {
  const { probes } = backend
  let count = 0
  while (count < probes.length && probes[probes.length - 1 - count]!.hasPassed === hasPassed) {
    count++
  }
  return count
}
