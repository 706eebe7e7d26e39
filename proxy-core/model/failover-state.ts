/**
 * Where the failover of a pool stands (docs/reference/failover.md has the table of transitions).
 *
 * `normal`: level 0 serves. `pending`: the active level is lost and `delay` runs. `switching`: the
 * share of another level grows. `active`: another level than 0 serves. `recovering`: level 0 is
 * healthy again and is waited for, or its share grows back. `latched`: an operator activated the
 * failover, and only an operator ends it.
 */
export const FAILOVER_PHASES = [
  'normal',
  'pending',
  'switching',
  'active',
  'recovering',
  'latched'
] as const

export type FailoverPhase = (typeof FAILOVER_PHASES)[number]

/** What the last requests to a backend say of it; `half_open` lets single ones try. */
export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const

export type CircuitState = (typeof CIRCUIT_STATES)[number]
