/** The metric families of the failover of one pool: seed 004's four names first. */
import type { FailoverStatus } from '../model/failover-report.ts'
import { FAILOVER_PHASES } from '../model/failover-state.ts'
import { counter, gauge, labelled, type MetricFamily } from './exposition.ts'

const MS_PER_SECOND = 1000

export const FAILOVER_FAMILIES: readonly MetricFamily<FailoverStatus>[] = [
  gauge('veloflux_failover_active', 'Another level than the first has traffic.', (failover) =>
    failover.isFailedOver ? 1 : 0
  ),
  counter(
    'veloflux_failover_events_total',
    'Times that traffic left the first level of the pool.',
    (failover) => failover.activations
  ),
  gauge(
    'veloflux_failover_last_activation',
    'When traffic last left the first level, in Unix seconds.',
    ({ lastActivationMs }) => secondsOf(lastActivationMs)
  ),
  gauge(
    'veloflux_failover_duration_seconds',
    'How long the last failover lasted; of one that lasts, until now.',
    ({ lastDurationMs }) => secondsOf(lastDurationMs)
  ),
  labelled(
    'gauge',
    'switchyard_pool_failover_phase',
    'Where the failover of the pool stands: 1 for the phase that holds.',
    'phase',
    ({ isEnabled, phase }) =>
      isEnabled ? FAILOVER_PHASES.map((one) => [one, one === phase ? 1 : 0]) : []
  ),
  labelled(
    'gauge',
    'switchyard_pool_failover_share',
    'Share of the requests that a level gets, 0 to 1.',
    'level',
    ({ isEnabled, levels }) =>
      isEnabled ? levels.map(({ level, share }) => [String(level), share]) : []
  ),
  gauge(
    'switchyard_pool_failover_latched',
    'An operator has sent the traffic of the pool to a level and holds it there.',
    ({ isEnabled, latchedLevel }) =>
      isEnabled || latchedLevel !== null ? Number(latchedLevel !== null) : null
  )
]

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / MS_PER_SECOND
}
