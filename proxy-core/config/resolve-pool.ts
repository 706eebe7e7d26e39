/** Pools and backends with every default applied. */
import type { ConfigDocument, PoolDocument, RouteDocument } from '../model/config-schema.ts'
import {
  DEFAULT_ALGORITHM,
  DEFAULT_HASH_METHOD,
  DEFAULT_PARTITION,
  DEFAULT_POOL_CONNECTIONS,
  DEFAULT_QUEUE,
  DEFAULT_SLOW_START_MS,
  DEFAULT_UPSTREAM_CONNECTIONS,
  DEFAULT_UPSTREAM_TIMEOUTS,
  DEFAULT_WEIGHT
} from '../model/default-settings.ts'
import type { AlgorithmId } from '../model/algorithm.ts'
import type { HashSettings, PartitionSettings } from '../model/balance-settings.ts'
import type { BackendSettings, PoolSettings } from '../model/settings.ts'
import { resolveHold } from './resolve-buffer.ts'
import { failoverOf, levelRule, resolveFailover } from './resolve-failover.ts'
import { resolveUpstreamTls } from './resolve-files.ts'
import { resolveHealthCheck } from './resolve-health-check.ts'
import {
  resolveAdaptiveConcurrency,
  resolveCircuitBreaker,
  resolveFallback,
  resolveOutlier,
  resolveRetryBudget
} from './resolve-resilience.ts'
import { resolveSticky } from './resolve-sticky.ts'
import { writtenKeys } from './written-keys.ts'

export interface PoolSurroundings {
  readonly document: ConfigDocument
  /** All routes: one of them may set the algorithm. */
  readonly routes: readonly RouteDocument[]
  readonly baseDir: string
}

export function resolvePool(pool: PoolDocument, around: PoolSurroundings): PoolSettings {
  const backends = pool.backends ?? []
  const failover = failoverOf(pool, around.document)
  const levelOf = levelRule(pool, around.document)
  const hasLevels = backends.some((backend) => levelOf(backend) > 0)
  const checkInterval = failover.check_interval
  const inherited = writtenKeys(around.document.defaults?.timeouts)
  const timeouts = { ...inherited, ...writtenKeys(pool.timeouts) }
  const { connections = {}, queue = {}, tls } = pool
  const hold = resolveHold(pool, around.routes)
  const maxConnections = pool.max_connections ?? DEFAULT_POOL_CONNECTIONS
  const slowStartMs = pool.slow_start ?? DEFAULT_SLOW_START_MS
  return {
    name: pool.name,
    algorithm: algorithmOf(pool, around.routes),
    hash: hashOf(pool),
    partition: partitionOf(pool),
    backends: backends.map((backend): BackendSettings => ({
      address: backend.address.written,
      host: backend.address.host,
      port: backend.address.port,
      weight: backend.weight ?? DEFAULT_WEIGHT,
      region: backend.region ?? null,
      level: levelOf(backend),
      maxConnections: backend.max_connections ?? maxConnections,
      slowStartMs: backend.slow_start ?? slowStartMs,
      healthCheck: resolveHealthCheck(pool, backend, { ...around, hasLevels, checkInterval })
    })),
    timeouts: {
      connectMs: timeouts.connect ?? DEFAULT_UPSTREAM_TIMEOUTS.connectMs,
      responseHeadMs: timeouts.response_head ?? DEFAULT_UPSTREAM_TIMEOUTS.responseHeadMs
    },
    tls: tls === undefined ? null : resolveUpstreamTls(tls, around.baseDir),
    connections: {
      maxAgeMs: connections.max_age ?? DEFAULT_UPSTREAM_CONNECTIONS.maxAgeMs,
      idleTimeoutMs: connections.idle_timeout ?? DEFAULT_UPSTREAM_CONNECTIONS.idleTimeoutMs,
      maxIdle: connections.max_idle ?? DEFAULT_UPSTREAM_CONNECTIONS.maxIdle
    },
    maxConnections,
    queue: {
      size: queue.size ?? DEFAULT_QUEUE.size,
      timeoutMs: queue.timeout ?? DEFAULT_QUEUE.timeoutMs
    },
    retryBudget: resolveRetryBudget(pool, around.document.defaults),
    outlier: resolveOutlier(pool, around.document.defaults),
    circuitBreaker: resolveCircuitBreaker(pool, around.document.defaults),
    fallback: resolveFallback(pool),
    adaptiveConcurrency: resolveAdaptiveConcurrency(pool),
    sticky: pool.sticky === undefined ? null : resolveSticky(pool.sticky),
    preferRegion: pool.prefer_region ?? around.document.region ?? null,
    hold,
    failover: resolveFailover(failover, hold !== null)
  }
}

function hashOf({ hash }: PoolDocument): HashSettings | null {
  if (hash === undefined) return null
  return {
    key: hash.key,
    method: hash.method ?? DEFAULT_HASH_METHOD,
    loadBound: hash.load_bound ?? 0
  }
}

function partitionOf({ partition }: PoolDocument): PartitionSettings | null {
  if (partition === undefined) return null
  return {
    key: partition.key,
    method: partition.method ?? DEFAULT_PARTITION.method,
    count: partition.count ?? DEFAULT_PARTITION.count,
    whenUnavailable: partition.when_unavailable ?? DEFAULT_PARTITION.whenUnavailable
  }
}

/** `checks/pools.ts` has refused documents in which two writers disagree. */
function algorithmOf(pool: PoolDocument, routes: readonly RouteDocument[]): AlgorithmId {
  if (pool.algorithm !== undefined) return pool.algorithm
  const writer = routes.find((route) => route.pool === pool.name && route.load_balancing)
  return writer?.load_balancing?.method ?? DEFAULT_ALGORITHM
}
