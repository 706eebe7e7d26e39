/**
 * An engine for tests of its readers: real backends and counters under a view that the
 * test builds and changes, and commands that act on it as the real ones promise to.
 */
import type { Clock } from '../../time/clock.ts'
import type {
  BufferView,
  EngineCommands,
  EngineView,
  ListenerView,
  PoolView,
  RateLimitView
} from '../../engine/engine-view.ts'
import { SwitchyardError } from '../../model/error-catalogue.ts'
import type { EngineEvent, EngineEventBody } from '../../model/engine-event.ts'
import {
  NO_NOTIFICATION_COUNTERS,
  type NotificationCounters
} from '../../model/notification-counters.ts'
import { FailoverControl } from '../../failover/failover-control.ts'
import { levelsOf } from '../../failover/level-view.ts'
import type {
  FailoverActivation,
  FailoverChange,
  FailoverPreview,
  FailoverStatus
} from '../../model/failover-report.ts'
import { DEFAULT_POOL } from '../../model/default-settings.ts'
import type { BackendSettings, HealthCheckSettings, PoolSettings } from '../../model/settings.ts'
import { MAX_WEIGHT, type AdminState } from '../../model/states.ts'
import { Backend } from '../../pool/backend.ts'
import { LatencyHistogram } from '../latency-histogram.ts'
import type { HoldChange } from '../../model/hold-report.ts'
import type { RequestStore } from '../../store/request-store.ts'
import { TrafficCounters } from '../traffic-counters.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export const HTTP_CHECK: HealthCheckSettings = {
  type: 'http',
  intervalMs: 2000,
  fastIntervalMs: 500,
  downIntervalMs: 2000,
  timeoutMs: 1000,
  jitter: 0,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
  port: null,
  tls: null,
  method: 'GET',
  path: '/health',
  host: null,
  headers: { authorization: 'Basic c2VjcmV0' },
  expectedStatus: [{ from: 200, to: 299 }],
  bodyMatch: null
}

export function backendSettings(
  address: string,
  changes: Partial<BackendSettings> = {}
): BackendSettings {
  const colon = address.lastIndexOf(':')
  return {
    address,
    host: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
    weight: 100,
    region: null,
    level: 0,
    maxConnections: 0,
    slowStartMs: 0,
    healthCheck: null,
    ...changes
  }
}

export class EngineDouble implements EngineView, EngineCommands {
  version = '0.1.0'
  startedAtMs: number
  readonly listeners: Mutable<ListenerView>[] = []
  readonly pools: Mutable<PoolView>[] = []
  readonly rateLimits: Mutable<RateLimitView>[] = []
  buffer: BufferView | null = null
  readonly loopLag = new LatencyHistogram()
  isReady = true
  store: RequestStore | null = null
  isStopping = false
  configurationError: string | null = null
  notifications: NotificationCounters = NO_NOTIFICATION_COUNTERS
  /** Open and idle connections that every pool tells of a backend. */
  connections = { open: 0, idle: 0 }
  readonly #clock: Clock
  /** Called after each event. */
  onEvent: () => void = () => {}
  #events: EngineEvent[] = []
  #lastSeq = 0
  readonly #failovers = new Map<string, FailoverControl>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.startedAtMs = clock.wallNow()
  }

  readonly emit = (body: EngineEventBody): void => {
    this.#events.push({ ...body, seq: ++this.#lastSeq, atMs: this.#clock.wallNow() })
    this.onEvent()
  }

  /** As the real ring does when it is full. */
  forgetEvents(): void {
    this.#events = []
  }

  events(since: number): readonly EngineEvent[] {
    return this.#events.filter((event) => event.seq > since)
  }

  addListener(name: string, address: string): Mutable<ListenerView> {
    const listener: Mutable<ListenerView> = {
      name,
      address,
      counters: new TrafficCounters(),
      isOpen: true,
      isSecure: false,
      certificateExpiresAtMs: null,
      connections: 0,
      connectionsMax: 0,
      connectionsTotal: 0,
      connectionsLimit: 10_000
    }
    this.listeners.push(listener)
    return listener
  }

  addPool(
    name: string,
    backends: readonly BackendSettings[],
    changes: Partial<PoolSettings> = {}
  ): Mutable<PoolView> {
    const settings: PoolSettings = {
      ...DEFAULT_POOL,
      name,
      backends,
      connections: { maxAgeMs: 3_600_000, idleTimeoutMs: 60_000, maxIdle: 32 },
      ...changes
    }
    const context = { pool: name, clock: this.#clock, emit: this.emit, changed: () => {} }
    const pool: Mutable<PoolView> = {
      name,
      algorithm: settings.algorithm,
      settings,
      backends: backends.map((backend) => new Backend(backend, context)),
      counters: new TrafficCounters(),
      activeLevel: 0,
      levelShares: new Map([[0, 1]]),
      failoverStatus: () => this.#failover(name).status(),
      holdStatus: () => null,
      heldRequests: () => [],
      connectionsOf: () => this.connections
    }
    const { clock, emit } = { clock: this.#clock, emit: this.emit }
    const around = { pool: name, clock, emit, moved: () => undefined }
    this.#failovers.set(name, new FailoverControl(settings.failover, around))
    this.pools.push(pool)
    return pool
  }

  setAdminState(pool: string, backend: string, state: AdminState, reason: string): void {
    this.#find(pool, backend).setAdminState(state, reason)
  }

  setWeight(pool: string, backend: string, weight: number | null, reason: string): void {
    if (weight !== null && (weight < 0 || weight > MAX_WEIGHT)) {
      throw new SwitchyardError('WEIGHT_OUT_OF_RANGE', `${weight} is not a weight.`)
    }
    this.#find(pool, backend).setWeight(weight, reason)
  }

  failoverStatus(pool: string): FailoverStatus {
    return this.#failover(pool).status()
  }

  failoverPreview(pool: string, activation: FailoverActivation): FailoverPreview {
    const control = this.#failover(pool)
    const standby = this.#pool(pool).backends.map((backend) => ({
      level: backend.level,
      address: backend.address,
      isEligible: backend.isEligible,
      health: backend.health,
      reason: backend.healthReason
    }))
    return control.preview(activation, standby)
  }

  activateFailover(pool: string, activation: FailoverActivation): FailoverChange {
    const changed = this.#failover(pool).activate(activation)
    return { changed, status: this.failoverStatus(pool) }
  }

  deactivateFailover(pool: string, reason: string): FailoverChange {
    const changed = this.#failover(pool).deactivate(reason)
    return { changed, status: this.failoverStatus(pool) }
  }

  holdPool(pool: string): HoldChange {
    throw new SwitchyardError('HOLD_NOT_CONFIGURED', `Pool ${pool} has no hold buffer.`)
  }

  releasePool(pool: string): HoldChange {
    return this.holdPool(pool)
  }

  /** Looks at the backends as they are now; nothing wakes it when time goes on. */
  #failover(name: string): FailoverControl {
    const { backends } = this.#pool(name)
    const control = this.#failovers.get(name)!
    control.advance(levelsOf(backends))
    control.stop()
    return control
  }

  #pool(name: string): PoolView {
    const pool = this.pools.find((candidate) => candidate.name === name)
    if (pool) return pool
    throw new SwitchyardError('POOL_UNKNOWN', `No pool is named "${name}".`)
  }

  #find(poolName: string, address: string): Backend {
    const backend = this.#pool(poolName).backends.find((candidate) => candidate.address === address)
    if (backend) return backend
    throw new SwitchyardError('BACKEND_UNKNOWN', `Pool "${poolName}" has no backend ${address}.`)
  }
}
