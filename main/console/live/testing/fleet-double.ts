/** Fleets, rows and ticks of an engine that does not exist, with only what a test cares about. */
import type {
  Fleet,
  FleetBackend,
  FleetFailover,
  FleetHold,
  FleetPool,
  ProbedBackend,
  Tick
} from '../../../../proxy-core/model/engine-telemetry.ts'
import { isEligible } from '../../../../proxy-core/model/states.ts'
import {
  TRAFFIC_COLUMNS,
  type TrafficRates,
  type TrafficRow
} from '../../../../proxy-core/model/traffic-row.ts'

/** 2026-01-01T00:00:00Z, the manual clock's beginning. */
export const EPOCH_MS = 1_767_225_600_000

export function backend(address: string, parts: Partial<FleetBackend> = {}): FleetBackend {
  const plain: FleetBackend = {
    address,
    level: 0,
    region: null,
    weight: 100,
    configuredWeight: 100,
    isWeightOverridden: false,
    adminState: 'ready',
    adminReason: 'configured',
    health: 'up',
    healthReason: 'the first probe passed, L7OK: Status 200, as expected.',
    hasHealthCheck: true,
    isEligible: true,
    ejection: null,
    circuit: 'closed',
    warmth: 1,
    passedOverFor: null,
    slotLimit: 0,
    changedAtMs: EPOCH_MS,
    resolutionError: null,
    ...parts
  }
  return { ...plain, isEligible: isEligible(plain.adminState, plain.health) }
}

export function down(address: string, parts: Partial<FleetBackend> = {}): FleetBackend {
  const healthReason = '3 probes in a row failed, L7STS: Expected status 200, got 503.'
  return backend(address, { health: 'down', healthReason, ...parts })
}

/** The active level is what the engine would say. */
export function pool(name: string, backends: readonly FleetBackend[]): FleetPool {
  const levels = backends
    .filter(({ isEligible: canBe, weight }) => canBe && weight > 0)
    .map(({ level }) => level)
  const activeLevel = levels.length === 0 ? -1 : Math.min(...levels)
  return {
    name,
    algorithm: 'round_robin',
    key: null,
    activeLevel,
    queueLimit: 0,
    failover: null,
    failoverObstacle: 'all of its backends are on level 0',
    hold: null,
    backends: [...backends]
  }
}

/** The failover of a pool with two healthy levels, of which the first serves. */
export const TWO_LEVELS: FleetFailover = {
  phase: 'normal',
  mode: 'switch',
  strategy: 'immediate',
  latchedLevel: null,
  isLatchForced: false,
  latchReason: null,
  level: 0,
  isWaiting: false,
  sinceMs: EPOCH_MS,
  dueAtMs: null,
  levels: [
    { level: 0, backends: 2, eligible: 2, share: 1, isLost: false },
    { level: 1, backends: 1, eligible: 1, share: 0, isLost: false }
  ]
}

/** The line of a pool whose every request may wait, and nobody holds. */
export const HOLDING: FleetHold = {
  maxRequests: 1000,
  maxBytes: 100_000_000,
  timeoutMs: 30_000,
  routes: [{ name: 'all', timeoutMs: 30_000 }],
  fallback: null,
  operator: null
}

export function fleetOf(pools: readonly FleetPool[], parts: Partial<Fleet> = {}): Fleet {
  return {
    revision: 1,
    atMs: EPOCH_MS,
    version: '0.0.0-test',
    startedAtMs: EPOCH_MS,
    isReady: true,
    isStopping: false,
    configurationError: null,
    listeners: [{ name: 'web', address: '127.0.0.1:8080', scheme: 'http', isOpen: true }],
    routes: pools.map(({ name }) => ({ name, host: null, pathPrefix: '/', pool: name })),
    pools: [...pools],
    ...parts
  }
}

export function row(rates: Partial<TrafficRates> = {}): TrafficRow {
  return TRAFFIC_COLUMNS.map((name) => rates[name] ?? 0)
}

export function tickOf(fleet: Fleet, parts: Partial<Tick> = {}): Tick {
  return {
    seq: 1,
    revision: fleet.revision,
    atMs: EPOCH_MS,
    process: { pid: 1, cpuShare: 0, residentBytes: 0, heapUsedBytes: 0, loopLagP99Ms: 0 },
    total: row(),
    listeners: fleet.listeners.map(() => row()),
    pools: fleet.pools.map(({ backends }) => ({
      ...{ row: row(), hold: null },
      backends: backends.map(() => row())
    })),
    probed: [],
    ...parts
  }
}

export function probedBackend(
  poolName: string,
  address: string,
  progress: ProbedBackend['progress'] = { direction: 'steady', done: 0, needed: 3 }
): ProbedBackend {
  const last = {
    atMs: EPOCH_MS,
    durationMs: 2,
    hasPassed: progress.direction !== 'failing',
    code: 'L7OK',
    status: 200,
    detail: 'Status 200, as expected.'
  } as const
  return { pool: poolName, backend: address, last, streak: [last.hasPassed], progress }
}
