/**
 * What the admin server, metrics and snapshots may see of a running engine, and what
 * they may ask of it. Read-only except for the commands.
 */
import type { LatencyHistogram } from '../metrics/latency-histogram.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { EngineEvent } from '../model/engine-event.ts'
import type { ErrorCode } from '../model/error-catalogue.ts'
import type { AlgorithmId } from '../model/algorithm.ts'
import type { TrafficWatch } from '../exchange/traffic-watch.ts'
import type { HealthProgress } from '../model/engine-telemetry.ts'
import type { NotificationCounters } from '../model/notification-counters.ts'
import type {
  FailoverActivation,
  FailoverChange,
  FailoverPreview,
  FailoverStatus
} from '../model/failover-report.ts'
import type { RequestStore } from '../store/request-store.ts'
import type { HeldRequest, HoldChange, HoldStatus } from '../model/hold-report.ts'
import type { ProbeRecord } from '../model/probe-record.ts'
import type { EngineSettings, PoolSettings, RouteSettings } from '../model/settings.ts'
import type { AdminState } from '../model/states.ts'
import type { Backend } from '../pool/backend.ts'
import type { StoreStats } from '../store/request-store.ts'

export interface ListenerView {
  readonly name: string
  /** "127.0.0.1:8080", with the port really bound. */
  readonly address: string
  readonly counters: TrafficCounters
  readonly isOpen: boolean
  /** Speaks TLS. */
  readonly isSecure: boolean
  /** Wall clock: when its first certificate is no longer valid; null without TLS. */
  readonly certificateExpiresAtMs: number | null
  readonly connections: number
  readonly connectionsMax: number
  readonly connectionsTotal: number
  readonly connectionsLimit: number
}

export interface PoolView {
  readonly name: string
  readonly algorithm: AlgorithmId
  readonly settings: PoolSettings
  readonly backends: readonly Backend[]
  readonly counters: TrafficCounters
  /** The level that serves now: 0 = primary; -1 = nobody serves. */
  readonly activeLevel: number
  /** Level → share of the requests, together 1; empty = nobody serves. */
  readonly levelShares: ReadonlyMap<number, number>
  failoverStatus(): FailoverStatus
  /** null: its requests have never been allowed to wait for a backend that comes back. */
  holdStatus(): HoldStatus | null
  /** At most `limit` of those who wait so now, the next ones first. */
  heldRequests(limit: number): readonly HeldRequest[]
  /** Open upstream connections of a backend, and how many of them are idle. */
  connectionsOf(backend: Backend): { readonly open: number; readonly idle: number }
}

/** One limit of one route. */
export interface RateLimitView {
  readonly route: string
  /** Unique at its route. */
  readonly name: string
  /** Requests that it refused. */
  readonly refused: number
  /** Clients that it tells apart now. */
  readonly keys: number
  /** Clients that lost their bucket to another one before it was full again. */
  readonly takenOver: number
}

/** The requests that routes have stored. */
export interface BufferView {
  /** null: the store is not open. */
  readonly stats: StoreStats | null
  readonly maxBytes: number
  /** Requests that were not taken, and those that wait for room now. */
  readonly refused: number
  readonly blocked: number
  /** Octets of requests that are about to be stored. */
  readonly intakeBytes: number
  /** Age of the oldest pending request; 0: there is none. */
  readonly oldestMs: number
  /** How long the pending ones take at the pace of the last minute; null: the store is not open. */
  readonly drainMs: number | null
  /** In the order of the configuration. */
  readonly routes: readonly BufferRouteView[]
}

/** The deliveries of one route since the engine started. */
export interface BufferRouteView {
  readonly route: string
  readonly running: number
  /** Keys, and requests without one, that wait for another attempt or for their backend. */
  readonly waiting: number
  readonly delivered: number
  /** Attempts that failed and are followed by another. */
  readonly retried: number
  readonly dead: number
  readonly expired: number
  /** Delivered within the last minute. */
  readonly perMinute: number
}

export interface EngineView {
  readonly version: string
  /** Wall-clock milliseconds. */
  readonly startedAtMs: number
  readonly listeners: readonly ListenerView[]
  readonly pools: readonly PoolView[]
  /** In the order of the configuration. */
  readonly rateLimits: readonly RateLimitView[]
  /** null: the configuration has no store. */
  readonly buffer: BufferView | null
  /** Event-loop delay, sampled. */
  readonly loopLag: LatencyHistogram
  /** Initial probes are done, every listener is open and no shutdown has begun. */
  readonly isReady: boolean
  readonly isStopping: boolean
  /** Events with `seq` greater than `since`, oldest first; a bounded ring. */
  events(since: number): readonly EngineEvent[]
  /** The last refused configuration, or null when the last load succeeded. */
  readonly configurationError: string | null
  /** What the parent has counted about the notifications that it sends. */
  readonly notifications: NotificationCounters
  /** Requests on disk; null: no route stores any, or the store is not open. */
  readonly store: RequestStore | null
  /** Throws SwitchyardError POOL_UNKNOWN. */
  failoverStatus(pool: string): FailoverStatus
  /**
   * What the activation would do now; changes nothing. `toLevel` null: it would be refused with
   * NO_STANDBY. Throws POOL_UNKNOWN, FAILOVER_NOT_CONFIGURED, or NO_STANDBY for a level that the
   * pool does not have.
   */
  failoverPreview(pool: string, activation: FailoverActivation): FailoverPreview
}

/** How one backend is watched. */
export interface BackendWatch {
  readonly progress: HealthProgress
  /** The addresses that its host stands for now. */
  readonly addresses: readonly string[]
  /** Why its name does not resolve now; null when it does, or is an address. */
  readonly resolutionError: string | null
}

/** What telemetry needs beyond what everybody may see. */
export interface ObservedEngine extends EngineView {
  /** In the order of the configuration. */
  readonly routes: readonly RouteSettings[]
  /** Throws SwitchyardError POOL_UNKNOWN or BACKEND_UNKNOWN. */
  watchOf(pool: string, backend: string): BackendWatch
  /** From now on `watch` is told of every exchange that ends; null: nobody is. */
  watchTraffic(watch: TrafficWatch | null): void
  /**
   * Probes at once; the result counts like that of any other probe. Rejects with
   * POOL_UNKNOWN, BACKEND_UNKNOWN or HEALTH_CHECK_NONE.
   */
  probeNow(pool: string, backend: string): Promise<ProbeRecord>
}

export interface EngineCommands {
  /** Throws SwitchyardError POOL_UNKNOWN or BACKEND_UNKNOWN. */
  setAdminState(pool: string, backend: string, state: AdminState, reason: string): void
  /** null resets to the configured weight. Throws like setAdminState, or WEIGHT_OUT_OF_RANGE. */
  setWeight(pool: string, backend: string, weight: number | null, reason: string): void
  /** Latches the failover of a pool. Throws POOL_UNKNOWN, FAILOVER_NOT_CONFIGURED or NO_STANDBY. */
  activateFailover(pool: string, activation: FailoverActivation): FailoverChange
  /** Releases the latch, or the return that `failback: manual` holds. Throws POOL_UNKNOWN or FAILOVER_NOT_CONFIGURED. */
  deactivateFailover(pool: string, reason: string): FailoverChange
  /**
   * Lets the requests of a pool wait; a repeat sets the time anew. A restart of the engine ends it.
   * Throws POOL_UNKNOWN or HOLD_NOT_CONFIGURED.
   */
  holdPool(pool: string, durationMs: number, reason: string): HoldChange
  /** Ends it before its time. Throws POOL_UNKNOWN or HOLD_NOT_CONFIGURED. */
  releasePool(pool: string, reason: string): HoldChange
}

/** What the operator has set live: kept in the state directory, survives reload and restart. */
export interface EngineOverlay {
  readonly backends: readonly BackendOverlay[]
  readonly latches: readonly FailoverLatch[]
}

export const EMPTY_OVERLAY: EngineOverlay = { backends: [], latches: [] }

/** An operator has activated the failover of a pool. */
export interface FailoverLatch {
  readonly pool: string
  readonly level: number
  /** Also where fewer than `min_eligible` backends of the level are eligible. */
  readonly isForced: boolean
  readonly reason: string
}

/** The operator's overlay on one backend. */
export interface BackendOverlay {
  readonly pool: string
  readonly backend: string
  readonly adminState: AdminState
  /** null: the configured weight. */
  readonly weight: number | null
  readonly reason: string
}

export interface StopReport {
  /** Exchanges that ran to their end during the shutdown. */
  readonly finished: number
  /** Exchanges that were still running at `shutdown_timeout` and were cut. */
  readonly cut: number
}

/** The whole engine as its process entry and the tests see it. Implemented by `engine.ts`. */
export interface EngineRuntime extends EngineView, EngineCommands {
  /**
   * Applies the overlay, runs the first probes, opens the listeners. Listeners that cannot
   * be opened are events, not exceptions; rejects (LISTEN_FAILED) only when none could.
   */
  start(settings: EngineSettings, overlay: EngineOverlay): Promise<void>
  /** Applies a new configuration as design section 4 says. Throws CONFIG_NEEDS_RESTART and changes nothing. */
  reload(settings: EngineSettings): Promise<void>
  /** A new configuration was refused before it came here: shown until one is loaded. */
  noteRefusal(code: ErrorCode, reason: string): void
  /** The newest counts of the parent: shown as they are. */
  noteNotifications(counters: NotificationCounters): void
  /** Stops accepting, drains within the shutdown timeout, closes everything. */
  stop(): Promise<StopReport>
  /** Every backend and every failover that the operator has set otherwise than the configuration. */
  overlay(): EngineOverlay
}
