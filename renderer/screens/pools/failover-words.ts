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

export function phaseWords({ phase, mode, latchedLevel }: FleetFailover): string {
  if (phase === 'latched' || latchedLevel === null) return PHASES[phase]
  if (mode !== 'switch')
    return `${PHASES[phase]}; mode switch would hold it on level ${latchedLevel}`
  return `${PHASES[phase]}, held on level ${latchedLevel}`
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
