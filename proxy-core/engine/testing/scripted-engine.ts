/** An engine without traffic, for tests of what surrounds one: it does what it is told and notes it. */
import { LatencyHistogram } from '../../metrics/latency-histogram.ts'
import { TrafficCounters } from '../../metrics/traffic-counters.ts'
import type { EngineEvent, EngineEventBody } from '../../model/engine-event.ts'
import { SwitchyardError } from '../../model/error-catalogue.ts'
import {
  NO_NOTIFICATION_COUNTERS,
  type NotificationCounters
} from '../../model/notification-counters.ts'
import type { EngineSettings } from '../../model/settings.ts'
import type { AdminState } from '../../model/states.ts'
import type { HostedEngine } from '../control-session.ts'
import type { TrafficWatch } from '../../exchange/traffic-watch.ts'
import type { ProbeRecord } from '../../model/probe-record.ts'
import type { BackendOverlay, BackendWatch, ListenerView, StopReport } from '../engine-view.ts'

const PASSED: ProbeRecord = {
  atMs: 0,
  durationMs: 1,
  hasPassed: true,
  code: 'L4OK',
  status: null,
  detail: 'Connected.'
}

export class ScriptedEngine implements HostedEngine {
  readonly version = '0.0.0-test'
  readonly startedAtMs = 0
  readonly pools = []
  readonly routes = []
  readonly rateLimits = []
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
  startOverlay: readonly BackendOverlay[] = []
  /** Thrown by the next start or reload. */
  refusal: SwitchyardError | null = null
  /** Settles `stop`. */
  stopping: Promise<StopReport> = Promise.resolve({ finished: 2, cut: 1 })
  /** Who looks at single exchanges. */
  traffic: TrafficWatch | null = null
  readonly #onEvent: (event: EngineEvent) => void
  readonly #overlay = new Map<string, BackendOverlay>()
  #seq = 0

  constructor(onEvent: (event: EngineEvent) => void) {
    this.#onEvent = onEvent
  }

  emit(body: EngineEventBody): void {
    this.#onEvent({ ...body, seq: ++this.#seq, atMs: 0 })
  }

  start(_settings: EngineSettings, overlay: readonly BackendOverlay[]): Promise<void> {
    this.calls.push('start')
    this.startOverlay = overlay
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve()
  }

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
    if (pool !== 'api') throw new SwitchyardError('POOL_UNKNOWN', `There is no pool ${pool}.`)
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

  overlay(): readonly BackendOverlay[] {
    return [...this.#overlay.values()]
  }

  events(): readonly EngineEvent[] {
    return []
  }
}
