/**
 * What holds where the configuration says nothing; the option reference prints these
 * values. Health checks and connect timeouts are short, so that a dead backend is noticed
 * within seconds and not within the half minute that older balancers take by default.
 */
import type { HashMethod, PartitionSettings } from './balance-settings.ts'
import type {
  AdaptiveConcurrencySettings,
  AdminSettings,
  CircuitBreakerSettings,
  ClientTimeouts,
  FailoverSettings,
  ForwardedSettings,
  HeadLimits,
  HealthCheckSettings,
  OutlierSettings,
  PoolSettings,
  QueueSettings,
  RateLimitKey,
  RetryBudgetSettings,
  RetrySettings,
  RouteSettings,
  RouteTimeouts,
  StickySettings,
  UpstreamConnectionSettings,
  UpstreamTimeouts
} from './settings.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const KIBIBYTE = 1024

/** Below Kubernetes' grace period of 30 s, so that a pod ends by itself and not by SIGKILL. */
export const DEFAULT_SHUTDOWN_TIMEOUT_MS = 25 * SECOND_MS
export const DEFAULT_DRAIN_TIMEOUT_MS = MINUTE_MS
export const DEFAULT_RESOLVE_INTERVAL_MS = 5 * SECOND_MS

export const DEFAULT_ADMIN: AdminSettings = {
  address: { host: '127.0.0.1', port: 9000 },
  auth: 'token',
  metrics: 'token',
  allowedHosts: [],
  tls: null
}

export const DEFAULT_LISTENER_NAME = 'default'
export const DEFAULT_LISTENER_ADDRESS = { host: '127.0.0.1', port: 8080 }
export const DEFAULT_LISTENER_CONNECTIONS = 10_000
export const DEFAULT_MIN_TLS = 'TLSv1.2'
/** Where a listener speaks TLS. */
export const DEFAULT_HTTP2 = true
export const DEFAULT_REQUEST_ID_HEADER = 'X-Request-Id'
export const DEFAULT_ACCESS_LOG_FORMAT = 'combined'
/** What seed 001's nginx sends; Forwarded and Via are asked for by few and cost bytes. */
export const DEFAULT_FORWARDED: ForwardedSettings = {
  xForwarded: true,
  xRealIp: true,
  forwarded: false,
  via: false
}
export const DEFAULT_HEAD_LIMITS: HeadLimits = {
  headBytes: 32 * KIBIBYTE,
  lineBytes: 16 * KIBIBYTE,
  fieldCount: 128
}
export const DEFAULT_CLIENT_TIMEOUTS: ClientTimeouts = {
  requestHeadMs: 10 * SECOND_MS,
  requestBodyMs: 30 * SECOND_MS,
  keepAliveMs: MINUTE_MS
}

export const DEFAULT_ROUTE_TIMEOUTS: RouteTimeouts = { headMs: 0, idleMs: MINUTE_MS, totalMs: 0 }
export const DEFAULT_BODY_LIMIT_BYTES = 0
export const DEFAULT_RATE_LIMIT_KEY: RateLimitKey = { kind: 'client_ip' }
/** RFC 6585 section 4: Too Many Requests. */
export const DEFAULT_RATE_LIMIT_STATUS = 429

export const DEFAULT_POOL_NAME = 'default'
export const DEFAULT_ALGORITHM = 'round_robin'
export const DEFAULT_POOL_CONNECTIONS = 0
export const DEFAULT_WEIGHT = 100
export const DEFAULT_UPSTREAM_TIMEOUTS: UpstreamTimeouts = {
  connectMs: SECOND_MS,
  responseHeadMs: 30 * SECOND_MS
}
export const DEFAULT_UPSTREAM_CONNECTIONS: UpstreamConnectionSettings = {
  maxAgeMs: HOUR_MS,
  idleTimeoutMs: MINUTE_MS,
  maxIdle: 256
}
/** The fewest keys move, and the same way after every start; costly only with very many backends. */
export const DEFAULT_HASH_METHOD: HashMethod = 'rendezvous'
/** The static count of seed 000; and a pool serves every request that one of its backends can take. */
export const DEFAULT_PARTITION: Omit<PartitionSettings, 'key'> = {
  method: 'modulo',
  count: 0,
  whenUnavailable: 'next'
}
export const DEFAULT_QUEUE: QueueSettings = { size: 1000, timeoutMs: 5 * SECOND_MS }

/**
 * Where `retry` is written. The first wait is short enough not to be noticed, and full jitter
 * spreads the retries of requests that failed together (Brooker, AWS, 2015).
 */
export const DEFAULT_RETRY: RetrySettings = {
  on: ['connect_failure', 'reset', 'timeout', 502, 503],
  attempts: 3,
  perTryTimeoutMs: 0,
  timeoutMs: 0,
  isForAllMethods: false,
  backoff: { scaleMs: 25, growth: 2, minMs: 0, maxMs: SECOND_MS, jitter: 'full' },
  bodyMemoryBytes: 64 * KIBIBYTE,
  bodyLimitBytes: 100 * 1000 * 1000
}
/** Finagle's: 20 % and 10 a second. */
export const DEFAULT_RETRY_BUDGET: RetryBudgetSettings = { ratio: 0.2, minPerSecond: 10 }

/**
 * Where `outlier` is written. Unlike Envoy's 10 %, all backends but the last may be ejected: a
 * share of a few backends is none (envoy#2671, #26877).
 */
export const DEFAULT_OUTLIER: OutlierSettings = {
  consecutiveFailures: 5,
  consecutiveGatewayFailures: 0,
  failureRate: 0.5,
  windowMs: 30 * SECOND_MS,
  minRequests: 20,
  baseEjectionMs: 10 * SECOND_MS,
  maxEjectionMs: 5 * MINUTE_MS,
  maxEjected: 1,
  honoursRetryAfter: true
}

/** Where `circuit_breaker` is written: the numbers of seed 001. */
export const DEFAULT_CIRCUIT_BREAKER: CircuitBreakerSettings = {
  failureThreshold: 5,
  recoveryTimeoutMs: MINUTE_MS,
  halfOpenRequests: 1
}

export const DEFAULT_FALLBACK_STATUS = 503
export const DEFAULT_FALLBACK_CONTENT_TYPE = 'text/plain; charset=utf-8'

/** Where `adaptive_concurrency` is written. */
export const DEFAULT_ADAPTIVE_CONCURRENCY: AdaptiveConcurrencySettings = {
  min: 4,
  max: 1000,
  initial: 20,
  windowMs: SECOND_MS
}

/** Off, as everywhere: it delays the return of a backend that may be needed at once. */
export const DEFAULT_SLOW_START_MS = 0

/** What `sticky` means beside the name of its cookie and its key. */
export const DEFAULT_STICKY: Omit<StickySettings, 'cookie' | 'key'> = {
  ttlMs: 0,
  path: '/',
  domain: null,
  isSecure: null,
  isHttpOnly: true,
  sameSite: 'lax'
}

/** The longest ramp back that nobody has written. */
export const MAX_DEFAULT_FAILBACK_RAMP_MS = 30 * SECOND_MS

const DEFAULT_RECOVERY_INTERVAL_MS = 10 * SECOND_MS

/**
 * A primary that goes up and down must not take the traffic with it: hence a recovery interval
 * where nobody has written one (mcrouter#71, haproxy#2729).
 */
export const DEFAULT_FAILOVER: FailoverSettings = {
  isEnabled: true,
  mode: 'switch',
  strategy: 'immediate',
  holdsRequests: false,
  rampMs: 30 * SECOND_MS,
  delayMs: 5 * SECOND_MS,
  recoveryIntervalMs: DEFAULT_RECOVERY_INTERVAL_MS,
  failback: 'automatic',
  failbackRampMs: Math.min(DEFAULT_RECOVERY_INTERVAL_MS, MAX_DEFAULT_FAILBACK_RAMP_MS),
  minEligible: 1,
  within: 'all',
  panicThreshold: 1
}

/** A pool that writes nothing about itself. */
export const DEFAULT_POOL: Omit<PoolSettings, 'name' | 'backends'> = {
  algorithm: DEFAULT_ALGORITHM,
  hash: null,
  partition: null,
  timeouts: DEFAULT_UPSTREAM_TIMEOUTS,
  tls: null,
  connections: DEFAULT_UPSTREAM_CONNECTIONS,
  maxConnections: DEFAULT_POOL_CONNECTIONS,
  queue: DEFAULT_QUEUE,
  retryBudget: DEFAULT_RETRY_BUDGET,
  outlier: null,
  circuitBreaker: null,
  fallback: null,
  adaptiveConcurrency: null,
  sticky: null,
  preferRegion: null,
  hold: null,
  failover: DEFAULT_FAILOVER
}

/** A route that writes nothing but its pool. */
export const DEFAULT_ROUTE: Omit<RouteSettings, 'name' | 'pool'> = {
  listeners: [],
  host: { kind: 'any' },
  pathPrefix: '/',
  methods: [],
  headers: [],
  replacePrefix: null,
  accessLog: true,
  bodyLimitBytes: DEFAULT_BODY_LIMIT_BYTES,
  timeouts: DEFAULT_ROUTE_TIMEOUTS,
  rateLimits: [],
  retry: null,
  hold: null,
  store: null
}

/** For backends of a pool with levels that has no health check of its own. */
export const DEFAULT_FAILOVER_CHECK_INTERVAL_MS = 5 * SECOND_MS

/**
 * Status 200 to 399 passes, as HAProxy's httpchk has it: a redirect to a log-in page is an
 * answer of a living application.
 */
export const DEFAULT_HEALTH_CHECK: HealthCheckSettings = {
  type: 'http',
  intervalMs: 2 * SECOND_MS,
  fastIntervalMs: SECOND_MS / 2,
  downIntervalMs: 2 * SECOND_MS,
  timeoutMs: SECOND_MS,
  jitter: 0.1,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
  port: null,
  tls: null,
  method: 'GET',
  path: '/',
  host: null,
  headers: {},
  expectedStatus: [{ from: 200, to: 399 }],
  bodyMatch: null
}
