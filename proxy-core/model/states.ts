/**
 * The two state machines of a backend, kept apart as HAProxy keeps them: what the
 * operator said (administrative) and what probes and traffic say (operational).
 */

/** The operator's word. `drain`: no new sessions, running ones finish. `maint`: nothing, no probes. */
export type AdminState = 'ready' | 'drain' | 'maint'

/** What the probes say. Without a health check a backend is `up` from the start. */
export type HealthState = 'unknown' | 'up' | 'slow_start' | 'down'

export const ADMIN_STATES = ['ready', 'drain', 'maint'] as const satisfies readonly AdminState[]
export const HEALTH_STATES = [
  'unknown',
  'up',
  'slow_start',
  'down'
] as const satisfies readonly HealthState[]

/** Live weights share HAProxy's range, so that values can be carried over unchanged. */
export const MAX_WEIGHT = 256

/**
 * Eligible for a new request. Reaching `max_connections` queues and is not ineligibility;
 * weight 0 takes a backend out of the rotation without a change of state.
 */
export function isEligible(admin: AdminState, health: HealthState): boolean {
  return admin === 'ready' && (health === 'up' || health === 'slow_start')
}

/**
 * May take requests of sessions that it has: as an eligible one, and in `drain`, which only keeps
 * new sessions away.
 */
export function keepsSessions(admin: AdminState, health: HealthState): boolean {
  return admin !== 'maint' && (health === 'up' || health === 'slow_start')
}
