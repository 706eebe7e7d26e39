/** Fleets and ticks as the engine reports them, from the few facts that a test is about. */
import type { Fleet, FleetBackend, Tick } from '../../../../proxy-core/model/engine-telemetry.ts'
import {
  TRAFFIC_COLUMNS,
  type TrafficRates,
  type TrafficRow
} from '../../../../proxy-core/model/traffic-row.ts'

export interface PoolFacts {
  readonly name: string
  /** Default 0. */
  readonly activeLevel?: number
  readonly backends: readonly Partial<FleetBackend>[]
}

const BACKEND: FleetBackend = {
  address: 'a:1',
  level: 0,
  region: null,
  weight: 1,
  configuredWeight: 1,
  isWeightOverridden: false,
  adminState: 'ready',
  adminReason: '',
  health: 'up',
  healthReason: '',
  hasHealthCheck: true,
  isEligible: true,
  ejection: null,
  circuit: 'closed',
  warmth: 1,
  passedOverFor: null,
  slotLimit: 0,
  changedAtMs: 0,
  resolutionError: null
}

export function fleetOf(pools: readonly PoolFacts[], revision = 1): Fleet {
  return {
    ...{ revision, atMs: 0, version: '1.2.3', startedAtMs: 0, isReady: true, isStopping: false },
    ...{ configurationError: null, listeners: [], routes: [] },
    pools: pools.map(({ name, activeLevel = 0, backends }) => ({
      ...{ name, algorithm: 'round_robin', key: null, activeLevel, queueLimit: 0, failover: null },
      failoverObstacle: null,
      hold: null,
      backends: backends.map((facts) => ({ ...BACKEND, ...facts }))
    }))
  }
}

export function rowOf(rates: Partial<TrafficRates>): TrafficRow {
  const quiet = { p50Ms: -1, p95Ms: -1, p99Ms: -1 }
  const known: Partial<TrafficRates> = { ...quiet, ...rates }
  return TRAFFIC_COLUMNS.map((name) => known[name] ?? 0)
}

export function tickOf(
  atMs: number,
  total: Partial<TrafficRates>,
  pools: readonly Partial<TrafficRates>[] = []
): Tick {
  return {
    ...{ seq: 1, revision: 1, atMs, listeners: [], probed: [] },
    process: { pid: 1, cpuShare: 0, residentBytes: 0, heapUsedBytes: 0, loopLagP99Ms: 0 },
    total: rowOf(total),
    pools: pools.map((rates) => ({ row: rowOf(rates), hold: null, backends: [] }))
  }
}
