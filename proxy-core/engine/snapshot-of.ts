/** Copies what an engine shows into the plain JSON of the control protocol. */
import type { LatencyHistogram } from '../metrics/latency-histogram.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { EngineSnapshot, TrafficSnapshot } from '../model/engine-snapshot.ts'
import type { Backend } from '../pool/backend.ts'
import type { EngineView, PoolView } from './engine-view.ts'

/** Reads the process that it runs in: call it in the engine's own. */
export function snapshotOf(engine: EngineView): EngineSnapshot {
  const cpu = process.cpuUsage()
  const memory = process.memoryUsage()
  return {
    version: engine.version,
    startedAtMs: engine.startedAtMs,
    isReady: engine.isReady,
    isStopping: engine.isStopping,
    configurationError: engine.configurationError,
    process: {
      pid: process.pid,
      userMicros: cpu.user,
      systemMicros: cpu.system,
      residentBytes: memory.rss,
      heapUsedBytes: memory.heapUsed
    },
    loopLag: quantiles(engine.loopLag),
    listeners: engine.listeners.map(({ name, address, isOpen, connections, counters }) => ({
      name,
      address,
      isOpen,
      connections,
      traffic: trafficOf(counters)
    })),
    pools: engine.pools.map(poolSnapshot)
  }
}

function poolSnapshot(pool: PoolView): EngineSnapshot['pools'][number] {
  return {
    name: pool.name,
    algorithm: pool.algorithm,
    activeLevel: pool.activeLevel,
    traffic: trafficOf(pool.counters),
    backends: pool.backends.map(backendSnapshot)
  }
}

function backendSnapshot(backend: Backend): EngineSnapshot['pools'][number]['backends'][number] {
  return {
    address: backend.address,
    level: backend.level,
    adminState: backend.adminState,
    adminReason: backend.adminReason,
    health: backend.health,
    healthReason: backend.healthReason,
    weight: backend.weight,
    isWeightOverridden: backend.isWeightOverridden,
    isEligible: backend.isEligible,
    changedAtMs: backend.changedAtMs,
    traffic: trafficOf(backend.counters)
  }
}

function trafficOf(counters: TrafficCounters): TrafficSnapshot {
  return {
    requests: counters.requests,
    inFlight: counters.inFlight,
    queued: counters.queued,
    retries: counters.retries,
    connectErrors: counters.connectErrors,
    responseErrors: counters.responseErrors,
    clientAborts: counters.clientAborts,
    refused: counters.refused,
    bytesIn: counters.bytesIn,
    bytesOut: counters.bytesOut,
    responses: Array.from(counters.responses),
    ...quantiles(counters.totalMs)
  }
}

function quantiles(histogram: LatencyHistogram): {
  readonly p50Ms: number
  readonly p99Ms: number
} {
  return { p50Ms: histogram.quantile(0.5), p99Ms: histogram.quantile(0.99) }
}
