/**
 * The resolved configuration that the engine runs on: every default applied, every
 * duration in milliseconds, every size in bytes, every path absolute. Made from the
 * YAML document by `config/resolve-settings.ts`; never written by hand.
 *
 * A duration of 0 means "no limit" wherever a timeout is named.
 */

import type { AlgorithmId } from './algorithm.ts'
import type { HashSettings, PartitionSettings } from './balance-settings.ts'
import type { HoldSettings, RouteHoldSettings } from './buffer-settings.ts'
import type { Failback, FailoverMode, FailoverStrategy } from './failover-state.ts'
import type { StoreRouteSettings, StoreSettings } from './store-settings.ts'

export interface EngineSettings {
  readonly admin: AdminSettings
  readonly listeners: readonly ListenerSettings[]
  /** In the order of the file; `routing/route-table.ts` sorts them by specificity. */
  readonly routes: readonly RouteSettings[]
  readonly pools: readonly PoolSettings[]
  /** Where stored requests are kept; null: no route can store any. */
  readonly store: StoreSettings | null
  /** How long running exchanges may take to finish after SIGTERM. */
  readonly shutdownTimeoutMs: number
  /** How long upgraded connections of a removed listener or backend may go on. */
  readonly drainTimeoutMs: number
  /** How often names are resolved again. */
  readonly resolveIntervalMs: number
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

export interface AdminSettings {
  readonly address: HostPort
  readonly auth: 'token' | 'none'
  readonly metrics: 'token' | 'open'
  readonly allowedHosts: readonly string[]
  readonly tls: CertificateFiles | null
}

export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

export interface ListenerSettings {
  readonly name: string
  readonly address: HostPort
  readonly tls: ListenerTlsSettings | null
  /** Offered by ALPN where the listener speaks TLS. */
  readonly isHttp2Spoken: boolean
  readonly accessLog: AccessLogSettings | null
  /** Connections served at one time; up to 1024 further ones wait unread for a place. */
  readonly maxConnections: number
  /** CIDR blocks whose X-Forwarded-* and Forwarded fields are believed and extended. */
  readonly trustedProxies: readonly string[]
  readonly forwarded: ForwardedSettings
  readonly requestId: RequestIdSettings | null
  readonly limits: HeadLimits
  readonly timeouts: ClientTimeouts
}

export interface ListenerTlsSettings {
  /** The first one answers clients that send no SNI or an unknown one. */
  readonly certificates: readonly CertificateFiles[]
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
}

export interface AccessLogSettings {
  readonly format: 'combined' | 'json'
  /** null: standard output. */
  readonly file: string | null
}

/** Which fields about the client are added to a forwarded request. */
export interface ForwardedSettings {
  /** X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host. */
  readonly xForwarded: boolean
  readonly xRealIp: boolean
  /** RFC 7239 Forwarded. */
  readonly forwarded: boolean
  /** RFC 9110 section 7.6.3 Via, on requests and responses. */
  readonly via: boolean
}

export interface RequestIdSettings {
  /** Field name as it is sent. A valid id from a trusted proxy is kept, any other is replaced. */
  readonly header: string
}

export interface HeadLimits {
  /** Whole head, start line and final empty line included, in bytes. Over it: 431. */
  readonly headBytes: number
  /** Request line in bytes. Over it: 414. */
  readonly lineBytes: number
  readonly fieldCount: number
}

export interface ClientTimeouts {
  /** From the first byte of a request (or the accept) to the end of its head. Then 408. */
  readonly requestHeadMs: number
  /** Between two reads of a request body. Then 408. */
  readonly requestBodyMs: number
  /** An idle keep-alive connection waiting for its next request. */
  readonly keepAliveMs: number
}

export interface RouteSettings {
  /** Stable within one file: `routes[3]` or the operator's name. */
  readonly name: string
  /** Listener names; empty = all. */
  readonly listeners: readonly string[]
  readonly host: HostPattern
  /** Always begins with "/", never ends with one unless it is "/". */
  readonly pathPrefix: string
  /** Upper case; empty = any. */
  readonly methods: readonly string[]
  /** Lower-case field names, each once; a request must match all. */
  readonly headers: readonly HeaderMatch[]
  readonly pool: string
  /** Replaces `pathPrefix` and has its shape; "/" strips it, null forwards the path as received. */
  readonly replacePrefix: string | null
  readonly accessLog: boolean
  /** 0 = unlimited. Over it: 413. */
  readonly bodyLimitBytes: number
  readonly timeouts: RouteTimeouts
  /** A request must be let through by all of them; empty = unlimited. */
  readonly rateLimits: readonly RateLimitSettings[]
  /** null: only what is safe without asking is repeated (docs/reference/retries.md). */
  readonly retry: RetrySettings | null
  /** null: its requests do not wait for a backend that comes back. */
  readonly hold: RouteHoldSettings | null
  /** null: its requests are passed on. */
  readonly store: StoreRouteSettings | null
}

/** `requests` in each `perMs`, by token bucket. */
export interface RateLimitSettings {
  /** Unlike that of any other limit of the route. */
  readonly name: string
  readonly requests: number
  readonly perMs: number
  /** Tokens of a full bucket: requests that may come at once. */
  readonly burst: number
  readonly by: RateLimitKey
  readonly status: 429 | 503
  /** Named in the RateLimit fields of answers. */
  readonly hasFields: boolean
}

/** Which requests share a bucket. */
export type RateLimitKey =
  | { readonly kind: 'client_ip' }
  | { readonly kind: 'route' }
  /** In lower case. */
  | { readonly kind: 'header'; readonly name: string }

export type HostPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'exact'; readonly host: string }
  /** `*.example.test` has suffix `.example.test`; it does not match `example.test` itself. */
  | { readonly kind: 'suffix'; readonly suffix: string }

export interface HeaderMatch {
  readonly name: string
  readonly value: string
}

export interface RouteTimeouts {
  /** Waiting for the response head; 0 = the pool's `response_head` decides. */
  readonly headMs: number
  /** No byte in either direction during a body transfer or on an upgraded connection. */
  readonly idleMs: number
  /** The whole exchange from the request head on. */
  readonly totalMs: number
}

export interface PoolSettings {
  readonly name: string
  readonly algorithm: AlgorithmId
  /** For `hash`. */
  readonly hash: HashSettings | null
  /** For `partition`. */
  readonly partition: PartitionSettings | null
  readonly backends: readonly BackendSettings[]
  readonly timeouts: UpstreamTimeouts
  readonly tls: UpstreamTlsSettings | null
  readonly connections: UpstreamConnectionSettings
  /** Requests in flight per backend unless the backend says otherwise; 0 = unlimited. */
  readonly maxConnections: number
  readonly queue: QueueSettings
  readonly retryBudget: RetryBudgetSettings
  readonly outlier: OutlierSettings | null
  readonly circuitBreaker: CircuitBreakerSettings | null
  readonly fallback: FallbackSettings | null
  readonly adaptiveConcurrency: AdaptiveConcurrencySettings | null
  readonly sticky: StickySettings | null
  /** Where a level has eligible backends of this region, only they serve; null: all do. */
  readonly preferRegion: string | null
  /** null: no route of it holds requests. */
  readonly hold: HoldSettings | null
  readonly failover: FailoverSettings
}

/** A cookie keeps the requests of a client on one backend. */
export interface StickySettings {
  readonly cookie: string
  /** null: a random one of each engine process. */
  readonly key: string | null
  /** From the moment it was given; 0 = until the browser ends its session. */
  readonly ttlMs: number
  readonly path: string
  readonly domain: string | null
  /** null: as the listener that the request came by. */
  readonly isSecure: boolean | null
  readonly isHttpOnly: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
}

/** Acts where the backends of a pool are on two or more levels. */
export interface FailoverSettings {
  /** false: only the lowest level of the pool ever serves. */
  readonly isEnabled: boolean
  readonly mode: FailoverMode
  readonly strategy: FailoverStrategy
  /** `graceful`: what a lost level has left of its share waits while that moves. */
  readonly holdsRequests: boolean
  /** `graceful`: how long the share takes to move. */
  readonly rampMs: number
  /** `delayed`: how long the loss of a level must last. */
  readonly delayMs: number
  /** Unbroken health of a level before traffic returns to it. */
  readonly recoveryIntervalMs: number
  readonly failback: Failback
  /** How long the share takes to return; 0 = at once. */
  readonly failbackRampMs: number
  /** A level with fewer eligible backends is lost. At least 1. */
  readonly minEligible: number
  /** How many backups of one level serve: all eligible ones, or the first in the file. */
  readonly within: 'all' | 'first'
  /** Share of eligible backends, 0 to 1, up to which the panic rule acts. */
  readonly panicThreshold: number
}

export interface BackendSettings {
  /** As written, and the key of its live state: "10.0.0.1:80", "servidor-principal:80". */
  readonly address: string
  readonly host: string
  readonly port: number
  readonly weight: number
  readonly region: string | null
  /** 0 = primary, 1 = first backup, …; where `failover.regions` acts, the place of the region. */
  readonly level: number
  /** 0 = unlimited. */
  readonly maxConnections: number
  /** How long its share grows after it came back; 0 = it has all of it at once. */
  readonly slowStartMs: number
  /** null: no probes, `up` from the start. */
  readonly healthCheck: HealthCheckSettings | null
}

export interface UpstreamTimeouts {
  readonly connectMs: number
  readonly responseHeadMs: number
}

export interface UpstreamTlsSettings {
  readonly caFile: string | null
  readonly serverName: string | null
  readonly certificate: CertificateFiles | null
  readonly verify: boolean
}

export interface UpstreamConnectionSettings {
  /** A connection older than this is closed instead of being reused. */
  readonly maxAgeMs: number
  /** An unused connection is closed after this time. */
  readonly idleTimeoutMs: number
  /** Idle connections kept per backend. */
  readonly maxIdle: number
}

export interface QueueSettings {
  /** Requests waiting per pool; 0 refuses at once. */
  readonly size: number
  readonly timeoutMs: number
}

export const RETRY_CONDITIONS = ['connect_failure', 'reset', 'timeout'] as const

/** A status is one that the backend answered with. */
export type RetryCondition = (typeof RETRY_CONDITIONS)[number] | number

export interface RetrySettings {
  readonly on: readonly RetryCondition[]
  /** The first try included. */
  readonly attempts: number
  /** From the request on its way to the head of the response; 0 = other timeouts decide. */
  readonly perTryTimeoutMs: number
  /** From the head of the request on; 0 = no limit. No try begins after it. */
  readonly timeoutMs: number
  /** Also for requests that may have had an effect. */
  readonly isForAllMethods: boolean
  readonly backoff: BackoffSettings
  readonly bodyMemoryBytes: number
  /** A longer body cannot be sent again. */
  readonly bodyLimitBytes: number
}

export interface BackoffSettings {
  readonly scaleMs: number
  readonly growth: number
  readonly minMs: number
  readonly maxMs: number
  readonly jitter: 'none' | 'full' | 'equal'
}

export interface RetryBudgetSettings {
  /** Retries for each request. */
  readonly ratio: number
  readonly minPerSecond: number
}

export interface OutlierSettings {
  /** 0 = this rule is off, here and below. */
  readonly consecutiveFailures: number
  readonly consecutiveGatewayFailures: number
  /** 0 to 1. */
  readonly failureRate: number
  readonly windowMs: number
  readonly minRequests: number
  readonly baseEjectionMs: number
  readonly maxEjectionMs: number
  /** Share of the pool's backends, 0 to 1. */
  readonly maxEjected: number
  readonly honoursRetryAfter: boolean
}

export interface CircuitBreakerSettings {
  readonly failureThreshold: number
  readonly recoveryTimeoutMs: number
  readonly halfOpenRequests: number
}

export type FallbackSettings =
  | { readonly kind: 'pool'; readonly pool: string }
  | {
      readonly kind: 'answer'
      readonly status: number
      /** null: the status and a sentence. */
      readonly body: string | null
      readonly contentType: string
    }

/** Of each backend: requests in flight. */
export interface AdaptiveConcurrencySettings {
  readonly min: number
  readonly max: number
  readonly initial: number
  readonly windowMs: number
}

export interface StatusRange {
  readonly from: number
  readonly to: number
}

export interface HealthCheckSettings {
  readonly type: 'http' | 'tcp'
  readonly intervalMs: number
  /** While the state is changing or not yet known. */
  readonly fastIntervalMs: number
  /** While down. */
  readonly downIntervalMs: number
  readonly timeoutMs: number
  /** Share of the interval by which each wait varies, 0 to 0.5. */
  readonly jitter: number
  /** Consecutive failures to go down (HAProxy's fall). */
  readonly unhealthyThreshold: number
  /** Consecutive passes to come up (HAProxy's rise). */
  readonly healthyThreshold: number
  /** null: the backend's own port. */
  readonly port: number | null
  readonly tls: UpstreamTlsSettings | null
  /** The rest is for `type: http`. */
  readonly method: string
  readonly path: string
  readonly host: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly expectedStatus: readonly StatusRange[]
  /** Text, or a pattern between slashes, that the first 64 KiB of the body must contain. */
  readonly bodyMatch: string | null
}
