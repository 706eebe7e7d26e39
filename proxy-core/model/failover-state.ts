/**
 * Where the failover of a pool stands (docs/reference/failover.md has the table of transitions).
 *
 * `normal`: level 0 serves. `pending`: the active level is lost and `delay` runs. `switching`: the
 * share of another level grows. `active`: another level than 0 serves. `recovering`: a level before
 * the active one is healthy again and is waited for, or its share grows back. `latched`: an operator
 * activated the failover, and only an operator ends it.
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

/** `switch`: one level serves. `spill`: levels share by health. `progressive`: one backup per lost primary. */
export const FAILOVER_MODES = ['switch', 'spill', 'progressive'] as const

export type FailoverMode = (typeof FAILOVER_MODES)[number]

/** How traffic leaves a level that is lost. */
export const FAILOVER_STRATEGIES = ['immediate', 'graceful', 'delayed'] as const

export type FailoverStrategy = (typeof FAILOVER_STRATEGIES)[number]

export const FAILBACKS = ['automatic', 'manual'] as const

export type Failback = (typeof FAILBACKS)[number]

/** What the last requests to a backend say of it; `half_open` lets single ones try. */
export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const

export type CircuitState = (typeof CIRCUIT_STATES)[number]
