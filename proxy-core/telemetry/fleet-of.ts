/** Who is there and in what state: the part of telemetry that changes seldom. */
import type { ObservedEngine, PoolView } from '../engine/engine-view.ts'
import { holdingRoutesOf } from '../model/hold-warnings.ts'
import { requestKeyOf } from '../model/balance-settings.ts'
import type {
  Fleet,
  FleetBackend,
  FleetFailover,
  FleetHold,
  FleetPool
} from '../model/engine-telemetry.ts'
import { formatRequestKey } from '../model/request-key.ts'
import type { FailoverStatus } from '../model/failover-report.ts'
import type { HostPattern, PoolSettings } from '../model/settings.ts'
import type { Backend } from '../pool/backend.ts'

export function fleetOf(engine: ObservedEngine, revision: number, atMs: number): Fleet {
  return {
    revision,
    atMs,
    version: engine.version,
    startedAtMs: engine.startedAtMs,
    isReady: engine.isReady,
    isStopping: engine.isStopping,
    configurationError: engine.configurationError,
    listeners: engine.listeners.map(({ name, address, isSecure, isOpen }) => ({
      name,
      address,
      scheme: isSecure ? 'https' : 'http',
      isOpen
    })),
    routes: engine.routes.map(({ name, host, pathPrefix, pool }) => ({
      name,
      host: hostText(host),
      pathPrefix,
      pool
    })),
    pools: engine.pools.map((pool) => poolOf(engine, pool))
  }
}

function poolOf(engine: ObservedEngine, pool: PoolView): FleetPool {
  const status = pool.failoverStatus()
  return {
    name: pool.name,
    algorithm: pool.algorithm,
    key: keyOf(pool.settings),
    activeLevel: pool.activeLevel,
    queueLimit: pool.settings.queue.size,
    failover: failoverOf(status),
    failoverObstacle: status.obstacle,
    hold: holdOf(engine, pool),
    backends: pool.backends.map((backend) => backendOf(engine, pool, backend))
  }
}

function keyOf(settings: PoolSettings): FleetPool['key'] {
  const key = requestKeyOf(settings)
  if (key === null) return null
  const { hash, partition, algorithm } = settings
  return {
    key: formatRequestKey(key),
    method: algorithm === 'hash' ? hash!.method : partition!.method,
    loadBound: algorithm === 'hash' ? hash!.loadBound : 0
  }
}

function failoverOf(status: FailoverStatus): FleetFailover | null {
  // A latch that steers nothing now would move all traffic when a reload brings the switch back.
  if (!status.isEnabled && status.latchedLevel === null) return null
  const { level, isWaiting, phase, mode, strategy, sinceMs, dueAtMs, levels } = status
  const { latchedLevel, isLatchForced, latchReason } = status
  return {
    ...{ phase, mode, strategy, latchedLevel, isLatchForced, latchReason },
    ...{ level, isWaiting, sinceMs, dueAtMs, levels }
  }
}

function holdOf(engine: ObservedEngine, pool: PoolView): FleetHold | null {
  const { hold } = pool.settings
  if (hold === null) return null
  const { maxRequests, maxBytes, timeoutMs } = hold
  return {
    ...{ maxRequests, maxBytes, timeoutMs },
    routes: holdingRoutesOf(pool.name, engine.routes),
    fallback: fallbackOf(pool.settings),
    operator: pool.holdStatus()?.operator ?? null
  }
}

function fallbackOf({ fallback }: PoolSettings): FleetHold['fallback'] {
  if (fallback === null) return null
  return fallback.kind === 'pool'
    ? { kind: 'pool', pool: fallback.pool }
    : { kind: 'status', status: fallback.status }
}

function backendOf(engine: ObservedEngine, pool: PoolView, backend: Backend): FleetBackend {
  const { settings } = backend
  return {
    address: backend.address,
    level: backend.level,
    region: settings.region,
    weight: backend.weight,
    configuredWeight: settings.weight,
    isWeightOverridden: backend.isWeightOverridden,
    adminState: backend.adminState,
    adminReason: backend.adminReason,
    health: backend.health,
    healthReason: backend.healthReason,
    hasHealthCheck: settings.healthCheck !== null,
    isEligible: backend.isEligible,
    ejection: backend.ejection,
    circuit: backend.circuit,
    warmth: backend.warmth,
    passedOverFor: passedOverFor(pool, backend),
    slotLimit: backend.slotLimit,
    changedAtMs: backend.changedAtMs,
    resolutionError: engine.watchOf(pool.name, backend.address).resolutionError
  }
}

function passedOverFor({ settings }: PoolView, backend: Backend): string | null {
  return backend.isEligible && backend.isPassedOver ? settings.preferRegion : null
}

/** As it is written in a configuration; null = any. */
function hostText(host: HostPattern): string | null {
  switch (host.kind) {
    case 'any':
      return null
    case 'exact':
      return host.host
    case 'suffix':
      return `*${host.suffix}`
  }
}
