/** An engine without traffic, for tests of what surrounds one: it does what it is told and notes it. */
import { LatencyHistogram } from '../../metrics/latency-histogram.ts'
import { TrafficCounters } from '../../metrics/traffic-counters.ts'
import type { EngineEvent, EngineEventBody } from '../../model/engine-event.ts'
import { SwitchyardError } from '../../model/error-catalogue.ts'
import {
  NO_NOTIFICATION_COUNTERS,
  type NotificationCounters
} from '../../model/notification-counters.ts'
import type { HoldChange, HoldStatus } from '../../model/hold-report.ts'
import type { RequestStore } from '../../store/request-store.ts'
import type { EngineSettings } from '../../model/settings.ts'
import type { AdminState } from '../../model/states.ts'
import type { HostedEngine } from '../control-session.ts'
import type { TrafficWatch } from '../../exchange/traffic-watch.ts'
import type { ProbeRecord } from '../../model/probe-record.ts'
import {
  EMPTY_OVERLAY,
  type BackendOverlay,
  type BackendWatch,
  type EngineOverlay,
  type FailoverLatch,
  type ListenerView,
  type StopReport
} from '../engine-view.ts'
import type {
  FailoverActivation,
  FailoverChange,
  FailoverPreview,
  FailoverStatus
} from '../../model/failover-report.ts'

const PASSED: ProbeRecord = {
  atMs: 0,
  durationMs: 1,
  hasPassed: true,
  code: 'L4OK',
  status: null,
  detail: 'Connected.'
}

const NOBODY_HELD: HoldStatus = {
  ...{ pool: 'api', held: 0, heldMax: 0, maxRequests: 1000, bytes: 0, maxBytes: 0 },
  ...{ oldestMs: null, operator: null, entered: 0, released: 0, expired: 0, refused: 0 },
  ...{ abandoned: 0, waitedMs: 0 }
}

export class ScriptedEngine implements HostedEngine {
  readonly version = '0.0.0-test'
  readonly startedAtMs = 0
  readonly pools = []
  readonly routes = []
  readonly rateLimits = []
  readonly buffer = null
  readonly loopLag = new LatencyHistogram()
  readonly isReady = true
  readonly isStopping = false
  readonly configurationError = null
  notifications = NO_NOTIFICATION_COUNTERS
  readonly adminAddress = { host: '::1', port: 9000 }
  readonly counters = new TrafficCounters()
  readonly listeners: readonly ListenerView[] = [
    {
      name: 'web',
      address: '127.0.0.1:8080',
      counters: this.counters,
      isOpen: true,
      isSecure: false,
      certificateExpiresAtMs: null,
      connections: 0,
      connectionsMax: 0,
      connectionsTotal: 0,
      connectionsLimit: 1
    }
  ]
  /** What was asked of it, in order. */
  readonly calls: string[] = []
  startOverlay = EMPTY_OVERLAY
  /** Thrown by the next start or reload. */
  refusal: SwitchyardError | null = null
  /** Settles `stop`. */
  stopping: Promise<StopReport> = Promise.resolve({ finished: 2, cut: 1 })
  /** Who looks at single exchanges. */
  traffic: TrafficWatch | null = null
  readonly #onEvent: (event: EngineEvent) => void
  readonly #overlay = new Map<string, BackendOverlay>()
  readonly #latches = new Map<string, FailoverLatch>()
  #seq = 0

  constructor(onEvent: (event: EngineEvent) => void) {
    this.#onEvent = onEvent
  }

  emit(body: EngineEventBody): void {
    this.#onEvent({ ...body, seq: ++this.#seq, atMs: 0 })
  }

  start(_settings: EngineSettings, overlay: EngineOverlay): Promise<void> {
    this.calls.push('start')
    this.startOverlay = overlay
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve()
  }

  readonly store: RequestStore | null = null

  noteRefusal(code: string, reason: string): void {
    this.calls.push(`noteRefusal ${code} ${reason}`)
  }

  noteNotifications(counters: NotificationCounters): void {
    this.notifications = counters
  }

  reload(): Promise<void> {
    this.calls.push('reload')
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve()
  }

  stop(): Promise<StopReport> {
    this.calls.push('stop')
    return this.stopping
  }

  reopenLogs(): void {
    this.calls.push('reopenLogs')
  }

  setAdminState(pool: string, backend: string, adminState: AdminState, reason: string): void {
    this.#expectKnown(pool)
    // As the real one: the event comes before the overlay knows.
    this.emit({ kind: 'backend_admin', pool, backend, from: 'ready', to: adminState, reason })
    this.#overlay.set(backend, { pool, backend, adminState, weight: null, reason })
  }

  setWeight(pool: string, backend: string, weight: number | null, reason: string): void {
    this.#overlay.set(backend, { pool, backend, adminState: 'ready', weight, reason })
  }

  watchOf(pool: string, backend: string): BackendWatch {
    throw new SwitchyardError('BACKEND_UNKNOWN', `Pool ${pool} has no backend ${backend}.`)
  }

  watchTraffic(watch: TrafficWatch | null): void {
    this.traffic = watch
  }

  /** Only `b` of pool `api` has a health check. */
  probeNow(pool: string, backend: string): Promise<ProbeRecord> {
    this.calls.push(`probeNow ${pool} ${backend}`)
    if (pool === 'api' && backend === 'b') return Promise.resolve(PASSED)
    const reason = `Backend ${backend} of pool ${pool} has no health check.`
    return Promise.reject(new SwitchyardError('HEALTH_CHECK_NONE', reason))
  }

  overlay(): EngineOverlay {
    return { backends: [...this.#overlay.values()], latches: [...this.#latches.values()] }
  }

  failoverStatus(pool: string): FailoverStatus {
    const latch = this.#latches.get(pool) ?? null
    return {
      ...{ pool, isEnabled: true, mode: 'switch', strategy: 'immediate', failback: 'automatic' },
      ...{ phase: latch === null ? 'normal' : 'latched', activeLevel: latch?.level ?? 0 },
      ...{ level: latch?.level ?? 0, isWaiting: false, obstacle: null },
      ...{ latchedLevel: latch?.level ?? null, latchReason: latch?.reason ?? null },
      isLatchForced: latch?.isForced ?? false,
      ...{ isFailedOver: latch !== null, sinceMs: 0, dueAtMs: null, levels: [], transitions: [] },
      ...{ activations: 0, lastActivationMs: null, lastDurationMs: null }
    }
  }

  failoverPreview(pool: string): FailoverPreview {
    return { pool, fromLevel: 0, toLevel: 1, steps: [], warnings: [], standby: [] }
  }

  activateFailover(pool: string, activation: FailoverActivation): FailoverChange {
    const { level, isForced, reason } = activation
    this.#expectKnown(pool)
    this.#latches.set(pool, { pool, level: level ?? 1, isForced, reason })
    return { changed: true, status: this.failoverStatus(pool) }
  }

  deactivateFailover(pool: string): FailoverChange {
    this.#expectKnown(pool)
    return { changed: this.#latches.delete(pool), status: this.failoverStatus(pool) }
  }

  holdPool(pool: string, durationMs: number, reason: string): HoldChange {
    this.#expectKnown(pool)
    this.calls.push(`holdPool ${pool} ${durationMs} ${reason}`)
    return { changed: true, warnings: [], status: NOBODY_HELD }
  }

  releasePool(pool: string, reason: string): HoldChange {
    this.#expectKnown(pool)
    this.calls.push(`releasePool ${pool} ${reason}`)
    return { changed: true, warnings: [], status: NOBODY_HELD }
  }

  #expectKnown(pool: string): void {
    if (pool !== 'api') throw new SwitchyardError('POOL_UNKNOWN', `There is no pool ${pool}.`)
  }

  events(): readonly EngineEvent[] {
    return []
  }
}
