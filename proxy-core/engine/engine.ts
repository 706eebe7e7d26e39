/**
 * The engine: everything that carries traffic, in one object with four verbs. It knows
 * neither files to read its configuration from nor the process that it runs in.
 *
 *   new -> start -> (reload)* -> stop
 */
import { AdminServer } from '../admin/admin-server.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import type { TrafficWatch } from '../exchange/traffic-watch.ts'
import type { LatencyHistogram } from '../metrics/latency-histogram.ts'
import { LoopLag } from '../metrics/loop-lag.ts'
import type { EngineEvent } from '../model/engine-event.ts'
import { SwitchyardError, type ErrorCode } from '../model/error-catalogue.ts'
import {
  NO_NOTIFICATION_COUNTERS,
  type NotificationCounters
} from '../model/notification-counters.ts'
import type {
  FailoverActivation,
  FailoverChange,
  FailoverPreview,
  FailoverStatus
} from '../model/failover-report.ts'
import { holdInForce } from '../hold/hold-in-force.ts'
import { holdingRoutesOf, holdWarnings } from '../model/hold-warnings.ts'
import type { RequestStore } from '../store/request-store.ts'
import type { HoldChange } from '../model/hold-report.ts'
import type { ProbeRecord } from '../model/probe-record.ts'
import type { EngineSettings, HostPort, RouteSettings } from '../model/settings.ts'
import { MAX_WEIGHT, type AdminState } from '../model/states.ts'
import { RateLimitBook } from '../rate-limit/rate-limit-book.ts'
import { AddressBook } from '../resolve/address-book.ts'
import type { Resolver } from '../resolve/resolver.ts'
import { RouteTable } from '../routing/route-table.ts'
import { RequestLog } from '../store/request-log.ts'
import type { Clock, Random } from '../time/clock.ts'
import { compileRoutes } from './compile-routes.ts'
import { EngineContext } from './engine-context.ts'
import { RequestBuffer } from './request-buffer.ts'
import type { OpenStore } from './store-keeper.ts'
import { deliveryPlans, statusRoutes } from './store-routes.ts'
import type {
  BackendWatch,
  BufferView,
  EngineOverlay,
  EngineRuntime,
  ListenerView,
  ObservedEngine,
  PoolView,
  RateLimitView,
  StopReport
} from './engine-view.ts'
import { DescriptorWatch } from './descriptor-watch.ts'
import { EventRing } from './event-ring.ts'
import { ListenerSet } from './listener-set.ts'
import { OverlayBook } from './overlay-book.ts'
import { PoolSet } from './pool-set.ts'

export interface EngineDependencies {
  readonly clock: Clock
  readonly random: Random
  readonly resolver: Resolver
  readonly version: string
  readonly onEvent: (event: EngineEvent) => void
  readonly adminToken: string
  /** Resolves when what the operator has set is on disk, or was reported as not to be kept. */
  readonly keepOverlay?: () => Promise<void>
  /** Where stored requests are kept; by default on disk. */
  readonly openStore?: OpenStore
}

type Phase = 'new' | 'starting' | 'serving' | 'stopping' | 'stopped'

export class Engine implements EngineRuntime, ObservedEngine {
  readonly version: string
  readonly startedAtMs: number
  readonly #deps: EngineDependencies
  readonly #events: EventRing
  readonly #context: EngineContext
  readonly #addressBook: AddressBook
  readonly #overlay = new OverlayBook()
  readonly #rateLimits = new RateLimitBook()
  readonly #loopLag: LoopLag
  readonly #descriptors: DescriptorWatch
  readonly #listeners: ListenerSet
  readonly #pools: PoolSet
  readonly #buffer: RequestBuffer
  #settings: EngineSettings | null = null
  #admin: AdminServer | null = null
  #adminAddress: HostPort | null = null
  #phase: Phase = 'new'
  #configurationError: string | null = null
  #notifications = NO_NOTIFICATION_COUNTERS
  /** The start and the reloads run one after the other, and a stop waits for them. */
  #reloading: Promise<void> = Promise.resolve()

  constructor(deps: EngineDependencies) {
    this.#deps = deps
    this.version = deps.version
    this.startedAtMs = deps.clock.wallNow()
    this.#events = new EventRing(deps.clock, (event) => {
      deps.onEvent(event)
      this.#admin?.eventHappened()
      this.#buffer.noticed(event)
    })
    this.#context = new EngineContext(deps.clock, deps.random, this.#events.emit)
    this.#addressBook = new AddressBook({
      resolver: deps.resolver,
      clock: deps.clock,
      emit: this.#events.emit
    })
    this.#pools = new PoolSet({
      context: this.#context,
      addressBook: this.#addressBook,
      overlay: this.#overlay
    })
    this.#loopLag = new LoopLag(deps.clock)
    this.#descriptors = new DescriptorWatch(this.#context)
    this.#listeners = new ListenerSet(this.#context)
    this.#buffer = new RequestBuffer(this.#context, deps.openStore ?? openOnDisk)
  }

  get listeners(): readonly ListenerView[] {
    return this.#listeners.all
  }
  get pools(): readonly PoolView[] {
    return this.#pools.all
  }
  get routes(): readonly RouteSettings[] {
    return this.#settings?.routes ?? []
  }
  get rateLimits(): readonly RateLimitView[] {
    return this.#rateLimits.inForce
  }
  get buffer(): BufferView | null {
    return this.#buffer.view
  }
  get loopLag(): LatencyHistogram {
    return this.#loopLag.histogram
  }
  get isReady(): boolean {
    return this.#phase === 'serving' && this.#listeners.all.every((listener) => listener.isOpen)
  }
  get isStopping(): boolean {
    return this.#phase === 'stopping' || this.#phase === 'stopped'
  }
  get configurationError(): string | null {
    return this.#configurationError
  }
  get notifications(): NotificationCounters {
    return this.#notifications
  }
  /** Where the admin API listens, or null. */
  get adminAddress(): HostPort | null {
    return this.#adminAddress
  }

  events(since: number): readonly EngineEvent[] {
    return this.#events.since(since)
  }

  overlay(): EngineOverlay {
    return this.#overlay.entries()
  }

  start(settings: EngineSettings, overlay: EngineOverlay): Promise<void> {
    const start = this.#start(settings, overlay)
    this.#reloading = start.catch(() => undefined)
    return start
  }

  async #start(settings: EngineSettings, overlay: EngineOverlay): Promise<void> {
    this.#phase = 'starting'
    this.#overlay.load(overlay)
    this.#addressBook.setInterval(settings.resolveIntervalMs)
    this.#loopLag.start()
    this.#descriptors.start()
    await this.#openAdmin(settings)
    await this.#pools.open(settings)
    if (this.isStopping) return
    this.#pools.start()
    this.#buffer.check(settings.store)
    await this.#buffer.open(settings.store)
    const routes = compileRoutes(settings, this.#pools.supervisors, this.#rateLimits)
    await this.#listeners.open(settings.listeners, this.#tableOf(routes))
    this.#deliver(routes, settings)
    this.#rateLimits.settle(settings.routes)
    this.#settings = settings
    if (!this.isStopping) this.#phase = 'serving'
    this.#emitLoaded(settings)
  }

  reload(settings: EngineSettings): Promise<void> {
    const reload = this.#reloading.then(() => this.#reload(settings))
    this.#reloading = reload.catch(() => undefined)
    return reload
  }

  noteRefusal(code: ErrorCode, reason: string): void {
    this.#configurationError = reason
    this.#context.emit({ kind: 'configuration', outcome: 'refused', code, reason })
  }

  noteNotifications(counters: NotificationCounters): void {
    this.#notifications = counters
  }

  async stop(): Promise<StopReport> {
    this.#phase = 'stopping'
    await this.#reloading
    const running = this.#listeners.busyCount + this.#buffer.busyCount
    const timeoutMs = this.#settings?.shutdownTimeoutMs ?? 0
    await this.#drainFor(timeoutMs)
    const cut = this.#listeners.destroy() + this.#buffer.cut()
    await this.#buffer.close()
    this.#pools.destroy()
    this.#addressBook.dispose()
    this.#loopLag.stop()
    this.#descriptors.stop()
    this.#context.wheel.stop()
    await this.#listeners.closeLogs()
    await this.#admin?.close()
    this.#phase = 'stopped'
    return { finished: Math.max(0, running - cut), cut }
  }

  /** For log rotation. */
  reopenLogs(): void {
    this.#listeners.reopenLogs()
  }

  setAdminState(pool: string, backend: string, state: AdminState, reason: string): void {
    const found = this.#pools.backendOf(pool, backend)
    this.#pools.supervisorOf(pool).setAdminState(found, state, reason)
    this.#overlay.record(found, reason)
  }

  setWeight(pool: string, backend: string, weight: number | null, reason: string): void {
    const found = this.#pools.backendOf(pool, backend)
    if (weight !== null && !(Number.isInteger(weight) && weight >= 0 && weight <= MAX_WEIGHT)) {
      throw new SwitchyardError('WEIGHT_OUT_OF_RANGE', `${weight} is no weight.`, { weight })
    }
    found.setWeight(weight, reason)
    this.#overlay.record(found, reason)
  }

  failoverStatus(pool: string): FailoverStatus {
    return this.#pools.poolOf(pool).failoverStatus()
  }

  failoverPreview(pool: string, activation: FailoverActivation): FailoverPreview {
    return this.#pools.poolOf(pool).failoverPreview(activation)
  }

  activateFailover(pool: string, activation: FailoverActivation): FailoverChange {
    const changed = this.#pools.poolOf(pool).failover.activate(activation)
    return this.#failoverChange(pool, changed)
  }

  deactivateFailover(pool: string, reason: string): FailoverChange {
    const changed = this.#pools.poolOf(pool).failover.deactivate(reason)
    return this.#failoverChange(pool, changed)
  }

  get store(): RequestStore | null {
    return this.#buffer.store
  }

  holdPool(pool: string, durationMs: number, reason: string): HoldChange {
    const found = this.#pools.poolOf(pool)
    holdInForce(found).beginOperatorHold(durationMs, reason)
    const warnings = holdWarnings(holdingRoutesOf(pool, this.routes), durationMs)
    return { changed: true, warnings, status: found.holdStatus()! }
  }

  releasePool(pool: string, reason: string): HoldChange {
    const found = this.#pools.poolOf(pool)
    const changed = holdInForce(found).endOperatorHold(reason)
    return { changed, warnings: [], status: found.holdStatus()! }
  }

  async probeNow(pool: string, backend: string): Promise<ProbeRecord> {
    const found = this.#pools.backendOf(pool, backend)
    return this.#pools.supervisorOf(pool).probeNow(found)
  }

  watchOf(pool: string, backend: string): BackendWatch {
    return this.#pools.watchOf(pool, backend)
  }

  watchTraffic(watch: TrafficWatch | null): void {
    this.#context.traffic = watch
    if (watch === null) return
    for (const pool of this.#pools.all) watch.poolChanged(pool)
  }

  #failoverChange(pool: string, changed: boolean): FailoverChange {
    this.#overlay.recordLatch(pool, this.#pools.poolOf(pool).failover.latch)
    return { changed, status: this.failoverStatus(pool) }
  }

  #emitLoaded(settings: EngineSettings): void {
    const reason = describe(settings)
    this.#context.emit({ kind: 'configuration', outcome: 'loaded', code: null, reason })
  }

  async #openAdmin(settings: EngineSettings): Promise<void> {
    const { clock, adminToken, keepOverlay } = this.#deps
    this.#admin = new AdminServer({
      view: this,
      commands: this,
      settings: settings.admin,
      token: adminToken,
      clock,
      emit: this.#context.emit,
      ...(keepOverlay === undefined ? {} : { keepOverlay })
    })
    try {
      this.#adminAddress = await this.#admin.listen()
    } catch (error) {
      // Traffic does not need the admin server: the engine serves what it can.
      const failure = error as SwitchyardError
      this.#admin = null
      this.#context.emit({ kind: 'fault', code: failure.code, reason: failure.message })
    }
  }

  async #reload(settings: EngineSettings): Promise<void> {
    const current = this.#settings
    if (current === null || this.isStopping) return
    let routes: readonly CompiledRoute[] = []
    try {
      this.#buffer.check(settings.store)
      await this.#admin?.reconfigure(settings.admin)
      await this.#buffer.open(settings.store)
      await this.#pools.replace(settings, async (next) => {
        routes = compileRoutes(settings, next, this.#rateLimits)
        await this.#routeTo(routes, settings)
      })
      this.#deliver(routes, settings)
      this.#addressBook.setInterval(settings.resolveIntervalMs)
      this.#rateLimits.settle(settings.routes)
      this.#settings = settings
      this.#configurationError = null
      this.#emitLoaded(settings)
    } catch (error) {
      await this.#admin?.reconfigure(current.admin).catch(() => undefined)
      await this.#buffer.revert(current.store)
      this.#rateLimits.settle(current.routes)
      const code = error instanceof SwitchyardError ? error.code : 'INTERNAL'
      this.noteRefusal(code, error instanceof Error ? error.message : String(error))
      throw error
    }
  }

  /** The last step of a reload that can fail. */
  async #routeTo(routes: readonly CompiledRoute[], settings: EngineSettings): Promise<void> {
    if (this.isStopping) {
      throw new SwitchyardError('CONFIG_NEEDS_RESTART', 'The engine is stopping.')
    }
    const table = this.#tableOf(routes)
    await this.#listeners.replace(settings.listeners, table, settings.drainTimeoutMs)
  }

  #tableOf(routes: readonly CompiledRoute[]): RouteTable<CompiledRoute> {
    const taking = routes.map((route) => ({ ...route, intake: this.#buffer.intakeOf(route) }))
    return new RouteTable([...statusRoutes(routes, this.#buffer.statusDesk), ...taking])
  }

  #deliver(routes: readonly CompiledRoute[], settings: EngineSettings): void {
    const plans = deliveryPlans(routes, {
      context: this.#context,
      settings,
      poolOf: (name) => this.#pools.supervisors.get(name)?.pool,
      logOf: (listener) => this.#listeners.logOf(listener)
    })
    this.#buffer.deliver(plans, settings.store)
  }

  async #drainFor(timeoutMs: number): Promise<void> {
    const drained = Promise.all([this.#listeners.drain(), this.#buffer.drain()])
    if (timeoutMs === 0) return void (await drained)
    const { promise: expired, resolve } = Promise.withResolvers<void>()
    const timer = this.#deps.clock.setTimeout(resolve, timeoutMs)
    await Promise.race([drained, expired])
    timer.cancel()
  }
}

const openOnDisk: OpenStore = (options) => RequestLog.open(options)

function describe(settings: EngineSettings): string {
  const count = (length: number, noun: string): string =>
    `${length} ${noun}${length === 1 ? '' : 's'}`
  return [
    count(settings.listeners.length, 'listener'),
    count(settings.routes.length, 'route'),
    count(settings.pools.length, 'pool')
  ].join(', ')
}
