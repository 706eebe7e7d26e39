/**
 * Pools and backends as the admin API shows them. Fields are listed one by one: settings
 * may hold credentials (probe headers, key files) and are never dumped. The compiler holds
 * them against `pool-schema.ts`; at run time nothing checks what an answer is made of.
 */
import type { EngineView, PoolView } from '../engine/engine-view.ts'
import type { LatencyHistogram } from '../metrics/latency-histogram.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { Backend } from '../pool/backend.ts'
import type {
  backendSchema,
  DocumentOf,
  latencySchema,
  poolSchema,
  trafficSchema
} from './pool-schema.ts'

type BackendDocument = DocumentOf<typeof backendSchema>

export interface DocumentDetail {
  /** The evidence is up to 50 records per backend: only asked for one pool at a time. */
  readonly withProbes: boolean
}

const BRIEF: DocumentDetail = { withProbes: false }

/** Throws POOL_UNKNOWN. */
export function findPool(view: EngineView, name: string): PoolView {
  const pool = view.pools.find((candidate) => candidate.name === name)
  if (pool) return pool
  throw new SwitchyardError('POOL_UNKNOWN', `No pool is named "${name}".`)
}

/** Throws BACKEND_UNKNOWN. */
export function findBackend(pool: PoolView, address: string): Backend {
  const backend = pool.backends.find((candidate) => candidate.address === address)
  if (backend) return backend
  throw new SwitchyardError('BACKEND_UNKNOWN', `Pool "${pool.name}" has no backend ${address}.`)
}

export function poolDocument(
  pool: PoolView,
  detail: DocumentDetail = BRIEF
): DocumentOf<typeof poolSchema> {
  return {
    name: pool.name,
    algorithm: pool.algorithm,
    activeLevel: pool.activeLevel,
    isAvailable: pool.activeLevel >= 0,
    preferRegion: pool.settings.preferRegion,
    traffic: trafficDocument(pool.counters),
    backends: pool.backends.map((backend) => backendDocument(pool, backend, detail))
  }
}

export function backendDocument(
  pool: PoolView,
  backend: Backend,
  detail: DocumentDetail = BRIEF
): BackendDocument {
  return {
    address: backend.address,
    level: backend.level,
    region: backend.settings.region,
    adminState: backend.adminState,
    adminReason: backend.adminReason,
    health: backend.health,
    healthReason: backend.healthReason,
    isEligible: backend.isEligible,
    ejection: backend.ejection,
    circuit: backend.circuit,
    isPassedOver: backend.isEligible && backend.isPassedOver,
    warmth: backend.warmth,
    changedAtMs: backend.changedAtMs,
    weight: backend.weight,
    configuredWeight: backend.settings.weight,
    isWeightOverridden: backend.isWeightOverridden,
    lastFailure: backend.lastFailure,
    connections: pool.connectionsOf(backend),
    traffic: {
      ...trafficDocument(backend.counters),
      connectionsOpened: backend.counters.connectionsOpened,
      connectionsReused: backend.counters.connectionsReused,
      probesPassed: backend.counters.probesPassed,
      probesFailed: backend.counters.probesFailed,
      timesDown: backend.counters.timesDown,
      responseHeadMs: latencyDocument(backend.counters.responseHeadMs)
    },
    ...(detail.withProbes ? { probes: backend.probes } : {})
  }
}

function trafficDocument(counters: TrafficCounters): DocumentOf<typeof trafficSchema> {
  const { responses } = counters
  return {
    requests: counters.requests,
    inFlight: counters.inFlight,
    inFlightMax: counters.inFlightMax,
    queued: counters.queued,
    queuedMax: counters.queuedMax,
    responses: {
      '1xx': responses[1]!,
      '2xx': responses[2]!,
      '3xx': responses[3]!,
      '4xx': responses[4]!,
      '5xx': responses[5]!,
      other: responses[0]!
    },
    bytesIn: counters.bytesIn,
    bytesOut: counters.bytesOut,
    retries: counters.retries,
    redispatches: counters.redispatches,
    connectErrors: counters.connectErrors,
    responseErrors: counters.responseErrors,
    clientAborts: counters.clientAborts,
    serverAborts: counters.serverAborts,
    totalMs: latencyDocument(counters.totalMs)
  }
}

function latencyDocument(histogram: LatencyHistogram): DocumentOf<typeof latencySchema> {
  return {
    count: histogram.count,
    sum: histogram.sumMs,
    p50: histogram.quantile(0.5),
    p95: histogram.quantile(0.95),
    p99: histogram.quantile(0.99)
  }
}
