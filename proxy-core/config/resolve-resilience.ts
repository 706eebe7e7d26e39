/** Retries, ejection, breakers and fallbacks with every default applied. */
import type { ConfigDocument, PoolDocument, RouteDocument } from '../model/config-schema.ts'
import {
  DEFAULT_ADAPTIVE_CONCURRENCY,
  DEFAULT_CIRCUIT_BREAKER,
  DEFAULT_FALLBACK_CONTENT_TYPE,
  DEFAULT_FALLBACK_STATUS,
  DEFAULT_OUTLIER,
  DEFAULT_RETRY,
  DEFAULT_RETRY_BUDGET
} from '../model/default-settings.ts'
import type {
  AdaptiveConcurrencySettings,
  CircuitBreakerSettings,
  FallbackSettings,
  OutlierSettings,
  RetryBudgetSettings,
  RetrySettings
} from '../model/settings.ts'
import { writtenKeys } from './written-keys.ts'

type Defaults = ConfigDocument['defaults']

/** null where neither the route, nor its pool, nor `defaults` writes `retry`. */
export function resolveRetry(
  route: RouteDocument,
  pool: PoolDocument | undefined,
  defaults: Defaults
): RetrySettings | null {
  const writers = [defaults?.retry, pool?.retry, route.retry].filter((one) => one !== undefined)
  if (writers.length === 0) return null
  const retry = Object.assign({}, ...writers.map(writtenKeys)) as NonNullable<
    RouteDocument['retry']
  >
  const backoff = Object.assign(
    {},
    ...writers.map((one) => writtenKeys(one.backoff))
  ) as NonNullable<typeof retry.backoff>
  return {
    on: retry.on ?? DEFAULT_RETRY.on,
    attempts: retry.attempts ?? DEFAULT_RETRY.attempts,
    perTryTimeoutMs: retry.per_try_timeout ?? DEFAULT_RETRY.perTryTimeoutMs,
    timeoutMs: retry.timeout ?? DEFAULT_RETRY.timeoutMs,
    isForAllMethods: retry.non_idempotent ?? DEFAULT_RETRY.isForAllMethods,
    backoff: {
      scaleMs: backoff.scale ?? DEFAULT_RETRY.backoff.scaleMs,
      growth: backoff.growth ?? DEFAULT_RETRY.backoff.growth,
      minMs: backoff.min ?? DEFAULT_RETRY.backoff.minMs,
      maxMs: backoff.max ?? DEFAULT_RETRY.backoff.maxMs,
      jitter: backoff.jitter ?? DEFAULT_RETRY.backoff.jitter
    },
    bodyMemoryBytes: retry.body_memory ?? DEFAULT_RETRY.bodyMemoryBytes,
    bodyLimitBytes: retry.body_limit ?? DEFAULT_RETRY.bodyLimitBytes
  }
}

export function resolveRetryBudget(pool: PoolDocument, defaults: Defaults): RetryBudgetSettings {
  const budget = { ...writtenKeys(defaults?.retry?.budget), ...writtenKeys(pool.retry?.budget) }
  return {
    ratio: budget.ratio ?? DEFAULT_RETRY_BUDGET.ratio,
    minPerSecond: budget.min_per_second ?? DEFAULT_RETRY_BUDGET.minPerSecond
  }
}

export function resolveOutlier(pool: PoolDocument, defaults: Defaults): OutlierSettings | null {
  if (pool.outlier === undefined && defaults?.outlier === undefined) return null
  const outlier = { ...writtenKeys(defaults?.outlier), ...writtenKeys(pool.outlier) }
  return {
    consecutiveFailures: outlier.consecutive_failures ?? DEFAULT_OUTLIER.consecutiveFailures,
    consecutiveGatewayFailures:
      outlier.consecutive_gateway_failures ?? DEFAULT_OUTLIER.consecutiveGatewayFailures,
    failureRate: outlier.failure_rate ?? DEFAULT_OUTLIER.failureRate,
    windowMs: outlier.window ?? DEFAULT_OUTLIER.windowMs,
    minRequests: outlier.min_requests ?? DEFAULT_OUTLIER.minRequests,
    baseEjectionMs: outlier.base_ejection ?? DEFAULT_OUTLIER.baseEjectionMs,
    maxEjectionMs: outlier.max_ejection ?? DEFAULT_OUTLIER.maxEjectionMs,
    maxEjected: outlier.max_ejected ?? DEFAULT_OUTLIER.maxEjected,
    honoursRetryAfter: outlier.honour_retry_after ?? DEFAULT_OUTLIER.honoursRetryAfter
  }
}

export function resolveCircuitBreaker(
  pool: PoolDocument,
  defaults: Defaults
): CircuitBreakerSettings | null {
  if (pool.circuit_breaker === undefined && defaults?.circuit_breaker === undefined) return null
  const breaker = {
    ...writtenKeys(defaults?.circuit_breaker),
    ...writtenKeys(pool.circuit_breaker)
  }
  return {
    failureThreshold: breaker.failure_threshold ?? DEFAULT_CIRCUIT_BREAKER.failureThreshold,
    recoveryTimeoutMs: breaker.recovery_timeout ?? DEFAULT_CIRCUIT_BREAKER.recoveryTimeoutMs,
    halfOpenRequests: breaker.half_open_requests ?? DEFAULT_CIRCUIT_BREAKER.halfOpenRequests
  }
}

export function resolveFallback({ fallback }: PoolDocument): FallbackSettings | null {
  if (fallback === undefined) return null
  if (fallback.pool !== undefined) return { kind: 'pool', pool: fallback.pool }
  return {
    kind: 'answer',
    status: fallback.status ?? DEFAULT_FALLBACK_STATUS,
    body: fallback.body ?? null,
    contentType: fallback.content_type ?? DEFAULT_FALLBACK_CONTENT_TYPE
  }
}

export function resolveAdaptiveConcurrency(pool: PoolDocument): AdaptiveConcurrencySettings | null {
  const adaptive = pool.adaptive_concurrency
  if (adaptive === undefined) return null
  return {
    min: adaptive.min ?? DEFAULT_ADAPTIVE_CONCURRENCY.min,
    max: adaptive.max ?? DEFAULT_ADAPTIVE_CONCURRENCY.max,
    initial: adaptive.initial ?? DEFAULT_ADAPTIVE_CONCURRENCY.initial,
    windowMs: adaptive.window ?? DEFAULT_ADAPTIVE_CONCURRENCY.windowMs
  }
}
