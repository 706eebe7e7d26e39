/** The failover of a pool as a plan looks at it. */
import type { FleetFailover } from '../../../proxy-core/model/engine-telemetry.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { readTrafficRow, type TrafficRates } from '../../../proxy-core/model/traffic-row.ts'
import type { LivePool } from '../../../preload/contract/live-state.ts'
import type { RequestOf } from './plan-kind.ts'
import type { LiveView } from './plan-services.ts'

export interface FailoverInFleet {
  readonly pool: LivePool
  readonly failover: FleetFailover
  /** null while no numbers come. */
  readonly rates: TrafficRates | null
}

/** Throws POOL_UNKNOWN, FAILOVER_NOT_CONFIGURED. */
export function failoverInFleet(live: LiveView, name: string): FailoverInFleet {
  const { pools, revision } = live.fleet
  const at = pools.findIndex((candidate) => candidate.name === name)
  const pool = pools[at]
  if (pool === undefined) {
    throw new SwitchyardError('POOL_UNKNOWN', `The running configuration has no pool ${name}.`)
  }
  const { failover } = pool
  if (failover === null) {
    const why = pool.failoverObstacle ?? 'it has no failover'
    const reason = `Pool ${name} cannot be switched by hand: ${why}.`
    throw new SwitchyardError('FAILOVER_NOT_CONFIGURED', reason)
  }
  const numbers = live.numbers?.revision === revision ? live.numbers : null
  const row = numbers?.pools[at]?.row
  return { pool, failover, rates: row ? readTrafficRow(row) : null }
}

/**
 * What brings back the latch that holds now; null = none does. One whose level was lost meanwhile
 * has to be forced: it would be refused otherwise.
 */
export function heldAgain(
  pool: string,
  { latchedLevel: level, isLatchForced, levels }: FleetFailover
): RequestOf<'activate_failover'> | null {
  if (level === null) return null
  const isLost = levels.some((view) => view.level === level && view.isLost)
  return { kind: 'activate_failover', pool, level, isForced: isLatchForced || isLost }
}

/** What every plan about a failover depends on. */
export function failoverFacts({ pool, failover }: FailoverInFleet): Record<string, string> {
  const levels = failover.levels.map(({ level, eligible }) => `${level}: ${eligible}`)
  return {
    [`the failover of ${pool.name}`]: failover.phase,
    [`the level that serves ${pool.name}`]: String(pool.activeLevel),
    [`the level that is held for ${pool.name}`]: String(failover.latchedLevel ?? 'none'),
    [`who could serve ${pool.name}`]: levels.join(', ')
  }
}

export function levelName(level: number): string {
  if (level < 0) return 'no level'
  return level === 0 ? 'the primaries' : `backup level ${level}`
}
