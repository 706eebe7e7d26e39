/** The failover of a pool in a few words. */
import type { FleetFailover } from '../../../proxy-core/model/engine-telemetry.ts'
import type { FailoverPhase } from '../../../proxy-core/model/failover-state.ts'
import { formatCountdown } from '../../ui/duration.ts'

const PHASES: Readonly<Record<FailoverPhase, string>> = {
  normal: 'Normal',
  pending: 'Waiting before it switches',
  switching: 'Switching',
  active: 'On backup',
  recovering: 'Returning',
  latched: 'Held by an operator'
}

const STRATEGIES: Readonly<Record<FleetFailover['strategy'], string>> = {
  immediate: 'Immediate: all requests move at once.',
  graceful: 'Graceful: the share of the next level grows while the old one can still serve.',
  delayed: 'Delayed: a loss has to last before requests move.'
}

const MODES: Readonly<Record<FleetFailover['mode'], string | null>> = {
  switch: null,
  spill: 'Spill: backups take what the healthy primaries are too few for.',
  progressive: 'Progressive: one backup stands in for each lost primary.'
}

/** `obstacle`: why an operator has nothing to switch, so that a latch holds nothing. */
export function phaseWords(failover: FleetFailover, obstacle: string | null = null): string {
  const { phase, latchedLevel } = failover
  if (phase === 'latched') return PHASES[phase]
  const words = pendingWords(failover) ?? PHASES[phase]
  if (latchedLevel === null) return words
  if (obstacle !== null) return `${words}; not held on level ${latchedLevel}: ${obstacle}`
  return `${words}, held on level ${latchedLevel}`
}

function pendingWords({ phase, isWaiting, level, dueAtMs }: FleetFailover): string | null {
  if (phase !== 'pending') return null
  if (isWaiting) return `Requests wait for level ${level}`
  return dueAtMs === null ? 'Waiting for a level that can take over' : null
}

export function ruleWords({ mode, strategy }: FleetFailover): string {
  return MODES[mode] ?? STRATEGIES[strategy]
}

/** "0:12 left"; null while nothing is waited for. */
export function dueWords({ dueAtMs }: FleetFailover, nowMs: number): string | null {
  return dueAtMs === null ? null : `${formatCountdown(Math.max(0, dueAtMs - nowMs))} left`
}

/** Something that an operator can release. */
export function isHeld({ latchedLevel }: FleetFailover): boolean {
  return latchedLevel !== null
}
