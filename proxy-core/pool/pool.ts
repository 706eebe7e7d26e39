/**
 * A pool at work: places exchanges on backends, queues what finds all of them busy, and
 * moves what a backend could not take. Which backends there are and how they are watched is
 * `engine/pool-supervisor.ts`'s, which of them serve `rotation.ts`'s.
 */
import type { EngineContext } from '../engine/engine-context.ts'
import type { PoolView } from '../engine/engine-view.ts'
import type { AttemptFailure, LostAttempt } from '../exchange/attempt-failure.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Hold } from '../hold/hold.ts'
import { heldRequestsOf, holdStatusOf } from '../hold/hold-report.ts'
import { REFUSALS, type Refusal } from '../listener/refusal.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { FailoverControl } from '../failover/failover-control.ts'
import type { AlgorithmId } from '../model/algorithm.ts'
import type {
  FailoverActivation,
  FailoverPreview,
  FailoverStatus
} from '../model/failover-report.ts'
import type { HeldRequest, HoldStatus } from '../model/hold-report.ts'
import type { HoldSettings } from '../model/buffer-settings.ts'
import type { PoolSettings } from '../model/settings.ts'
import type { ConnectionPool, ExchangeFailures } from '../upstream/connection-pool.ts'
import type { Backend } from './backend.ts'
import { Fallback } from './fallback.ts'
import { Jury } from './jury.ts'
import { PoolQueue } from './pool-queue.ts'
import { Retries } from './retries.ts'
import { Rotation } from './rotation.ts'
import { SessionPlacement } from './session-placement.ts'
import { SlowStarts } from './slow-starts.ts'
import { standbyOf } from './standby-backend.ts'
import { StickyCookies } from './sticky-cookies.ts'

export class Pool implements PoolView, ExchangeFailures {
  readonly name: string
  readonly counters = new TrafficCounters()
  settings: PoolSettings
  /** null: requests of one client have nothing to do with each other. */
  sticky: StickyCookies | null = null
  /** null: no request of this pool has ever been allowed to wait for a backend that comes back. */
  holdLine: Hold | null = null
  readonly #context: EngineContext
  readonly #queue: PoolQueue
  readonly #fallback = new Fallback(this.counters)
  readonly #slowStarts: SlowStarts
  readonly #rotation: Rotation
  readonly #jury: Jury
  readonly #retries: Retries
  readonly #sessions: SessionPlacement
  #backends: readonly Backend[] = []
  #isServingQueue = false
  /** Until the first probes are in, nothing is served and no change is worth an event. */
  #isStarted = false

  constructor(settings: PoolSettings, context: EngineContext) {
    this.name = settings.name
    this.settings = settings
    this.#context = context
    this.#queue = new PoolQueue(context, this.counters)
    this.#rotation = new Rotation(settings, context, () => this.#levelsMoved())
    this.#sessions = new SessionPlacement(settings.name, this.#rotation)
    this.#jury = new Jury(context.clock)
    this.#retries = new Retries(settings.retryBudget, context, this.#rotation, this.counters)
    this.#slowStarts = new SlowStarts(context.clock, () => this.#warmedUp())
  }

  get algorithm(): AlgorithmId {
    return this.settings.algorithm
  }
  get backends(): readonly Backend[] {
    return this.#backends
  }
  get activeLevel(): number {
    return this.#rotation.activeLevel
  }
  get retryBudget(): { readonly used: number; readonly allowed: number } {
    return this.#retries.usage
  }
  get failover(): FailoverControl {
    return this.#rotation.failover
  }

  get levelShares(): ReadonlyMap<number, number> {
    return this.failover.shares
  }

  failoverStatus(): FailoverStatus {
    return this.failover.status()
  }

  /** Throws FAILOVER_NOT_CONFIGURED or NO_STANDBY. */
  failoverPreview(activation: FailoverActivation): FailoverPreview {
    return this.failover.preview(activation, this.#backends.map(standbyOf))
  }

  holdStatus(): HoldStatus | null {
    if (this.holdLine === null) return null
    return holdStatusOf(this.name, this.holdLine, this.#context.clock)
  }

  heldRequests(limit: number): readonly HeldRequest[] {
    if (this.holdLine === null) return []
    return heldRequestsOf(this.holdLine, limit, this.#context.clock.now())
  }

  connectionsOf(backend: Backend): { readonly open: number; readonly idle: number } {
    const { connections } = backend
    return { open: connections?.openCount ?? 0, idle: connections?.idleCount ?? 0 }
  }

  /** Replaces the set of backends, in the order of the configuration. */
  configure(settings: PoolSettings, connections: ReadonlyMap<Backend, ConnectionPool>): void {
    this.settings = settings
    this.#rotation.configure(settings)
    this.#retries.configure(settings.retryBudget)
    this.#backends = [...connections.keys()]
    for (const [backend, its] of connections) {
      backend.connections = its
      backend.limitSlots(backend.settings.maxConnections || settings.maxConnections)
    }
    this.#jury.configure(settings, this.#backends)
    this.#configureHold(settings.hold)
    const { sticky } = settings
    this.sticky =
      sticky === null ? null : new StickyCookies(sticky, this.#backends, this.#context.processKey)
    if (!this.#isStarted) return
    this.#jury.pardonIfAlone()
    this.#rebuild('the configuration changed')
    this.#slowStarts.watch(this.#backends)
    this.#serveQueue()
  }

  /** Looks up the pool that `fallback` names. */
  fallBackTo(
    fallback: PoolSettings['fallback'],
    pools: ReadonlyMap<string, { readonly pool: Pool }>
  ): void {
    const pool = fallback?.kind === 'pool' ? pools.get(fallback.pool)?.pool : undefined
    this.#fallback.pool = pool ?? null
  }

  /** From now on the pool serves, and changes of availability are reported. */
  start(): void {
    this.#isStarted = true
    this.#rotation.start(this.#backends)
    this.#context.traffic?.poolChanged(this)
    this.#slowStarts.watch(this.#backends)
  }

  /** The pool is gone: no backend is judged or warms up any more, and no level is waited for. */
  retire(): void {
    // Judges let their backends go below, which would begin waits anew.
    this.#isStarted = false
    this.#rotation.stop()
    this.#jury.dismiss(this.#backends)
    this.#slowStarts.stop()
    this.holdLine?.stop()
  }

  /** After `retire`: nobody waits for a level any more that may come back, or for nothing. */
  serveOut(): void {
    this.#rotation.endWait()
    this.holdLine?.dissolve()
    this.#serveQueue()
  }

  /** A backend's state or weight changed. */
  backendChanged(backend: Backend): void {
    if (!this.#isStarted) return
    // Each pardon comes back here, so the rotation is rebuilt by then.
    if (!this.#jury.pardonIfAlone()) this.#rebuild(`${backend.address} is ${backend.stateWords}`)
    const isGone = backend.health === 'down' || backend.adminState === 'maint'
    if (isGone) backend.connections?.abandon()
    if (backend.health === 'slow_start') this.#slowStarts.watch(this.#backends)
    if (backend.isEligible) this.holdLine?.restart()
    this.#serveQueue()
  }

  dispatch(exchange: Exchange): void {
    exchange.assignedPool = this
    const counters = this.counters
    counters.requests++
    if (++counters.inFlight > counters.inFlightMax) counters.inFlightMax = counters.inFlight
    this.#retries.requestBegan(exchange)
    if (this.holdLine !== null && this.holdLine.gates(exchange)) this.holdLine.take(exchange)
    else this.#place(exchange)
  }

  /** The exchange is over, however it ended. */
  exchangeDone(exchange: Exchange): void {
    this.counters.inFlight--
    if (exchange.hold !== null) this.holdLine!.done(exchange)
    if (exchange.isQueued) this.#queue.leave(exchange)
    if (exchange.retryTimer !== null) this.#retries.cancel(exchange)
    const backend = exchange.assignedBackend
    if (backend === null) return
    this.#rotation.attemptEnded(exchange, backend)
    this.#release(exchange, backend)
  }

  attemptFailed(exchange: Exchange, failure: LostAttempt): void {
    const backend = exchange.assignedBackend!
    if (backend.judge !== null && !failure.isOurs) {
      backend.judge.failed(failure.kind === 'timeout', exchange.trial)
    }
    if (this.mayRetry(exchange, failure)) {
      this.retry(exchange, failure)
      return
    }
    if (failure.isUnsent) {
      if (!failure.isOurs) this.#rotation.attemptFailed(exchange, backend)
      this.#detach(exchange)
    }
    exchange.client?.upstreamFailed(exchange, failure)
  }

  mayRetry(exchange: Exchange, failure: AttemptFailure): boolean {
    if (this.#retries.allow(exchange, failure)) return true
    exchange.isForHold = this.#mayHold(exchange, failure)
    return exchange.isForHold
  }

  retry(exchange: Exchange, failure: AttemptFailure): void {
    const backend = exchange.assignedBackend!
    if (!failure.isOurs) this.#rotation.attemptFailed(exchange, backend)
    this.#detach(exchange)
    this.#retries.countMove(exchange, backend)
    if (exchange.isForHold) {
      exchange.isForHold = false
      exchange.retries++
      this.holdLine!.takeBack(exchange)
      return
    }
    this.#retries.begin(exchange, failure, (one) => this.#place(one))
  }

  staleConnection(exchange: Exchange): void {
    const backend = exchange.assignedBackend!
    this.#retries.countRetry(exchange, backend)
    exchange.needsFreshConnection = true
    if (!backend.isHealthy || backend.connections!.isRetired) {
      this.#detach(exchange)
      this.#place(exchange)
      return
    }
    // The exchange keeps its slot: who waits in the queue is not served at its expense.
    exchange.attempts++
    backend.counters.requests++
    backend.connections!.send(exchange)
  }

  exchangeMoved(exchange: Exchange): void {
    const backend = exchange.assignedBackend!
    this.#detach(exchange)
    ;(exchange.tried ??= new Set()).add(backend)
    this.#retries.countMove(exchange, backend)
    this.#place(exchange)
  }

  /** Backends in slow start have a larger share, and more slots. */
  #warmedUp(): void {
    this.#rebuild('a slow start goes on')
    this.#serveQueue()
  }

  #place(exchange: Exchange): void {
    if (exchange.stickyBackend !== null && this.#placeSession(exchange)) return
    if (this.#rotation.isWaiting) {
      if (this.holdLine?.covers(exchange) === true) return this.holdLine.take(exchange)
      // Who comes back after the wait is another chance for who failed before it.
      exchange.tried = null
      return this.#enqueue(exchange)
    }
    const first = this.#rotation.pick(exchange)
    if (first === undefined) {
      if (this.holdLine?.covers(exchange) === true) this.holdLine.take(exchange)
      else this.#unplaced(exchange, REFUSALS.noBackend)
      return
    }
    const backend = first.isFull ? this.#rotation.notFullBeside(first, exchange) : first
    if (backend !== undefined) {
      this.#assign(exchange, backend)
      return
    }
    if (this.#isBound(exchange)) exchange.stickyBackend = first
    this.#enqueue(exchange)
  }

  /** Whether it waits for its own backend, as a session does, and lets others pass it. */
  #isBound(exchange: Exchange): boolean {
    return this.sticky === null && this.#rotation.isBinding && exchange.key !== ''
  }

  /** A session goes to its backend, or waits for it; false where that one cannot have it. */
  #placeSession(exchange: Exchange): boolean {
    const backend = exchange.stickyBackend!
    const isServing = this.#sessions.keeps(backend)
    if (
      exchange.tried?.has(backend) === true ||
      !(isServing || this.#sessions.mayReturn(backend))
    ) {
      exchange.stickyBackend = null
      return false
    }
    if (!isServing || backend.isFull) this.#enqueue(exchange)
    else this.#assign(exchange, backend)
    return true
  }

  #assign(exchange: Exchange, backend: Backend): void {
    exchange.assignedBackend = backend
    exchange.backend = backend.address
    exchange.sentMs = this.#context.nowMs
    exchange.attempts++
    backend.load++
    const counters = backend.counters
    counters.requests++
    if (++counters.inFlight > counters.inFlightMax) counters.inFlightMax = counters.inFlight
    this.#rotation.loadChanged(backend)
    if (backend.judge !== null) exchange.trial = backend.judge.began()
    backend.connections!.send(exchange)
  }

  #detach(exchange: Exchange): void {
    const backend = exchange.assignedBackend!
    exchange.assignedBackend = null
    this.#release(exchange, backend)
  }

  #release(exchange: Exchange, backend: Backend): void {
    backend.load--
    backend.counters.inFlight--
    this.#rotation.loadChanged(backend)
    if (exchange.trial > 0) {
      const { trial } = exchange
      exchange.trial = 0
      backend.judge?.trialEnded(trial)
    }
    if (this.#queue.length > 0 || this.holdLine?.isBusy === true) this.#serveQueue()
  }

  /** Nobody here can take it: another pool does, or the client is told. */
  #unplaced(exchange: Exchange, refusal: Refusal): void {
    if (exchange.hold !== null) this.holdLine!.done(exchange)
    this.#fallback.take(exchange, refusal, this.settings.fallback)
  }

  #enqueue(exchange: Exchange): void {
    const { size, timeoutMs } = this.settings.queue
    if (this.#queue.length >= size) {
      this.#unplaced(exchange, REFUSALS.queueFull)
      return
    }
    this.#queue.join(exchange)
    exchange.client?.awaitSlot(exchange, timeoutMs)
  }

  /** Gives free slots to those who wait longest; turns all of them away when none can come. */
  #serveQueue(): void {
    // Whoever is placed here may fail at once and so come back here: the loop goes on anyway.
    if (this.#isServingQueue) return
    this.#isServingQueue = true
    try {
      this.#serveFirst()
    } finally {
      this.#isServingQueue = false
    }
    this.holdLine?.release()
  }

  #serveFirst(): void {
    let hasServed = true
    while (hasServed) hasServed = this.#serveOne()
  }

  /** Who waits longest for a slot that is there now; false: nobody. */
  #serveOne(): boolean {
    const exchange = this.#queue.first
    if (this.#serveSession(exchange?.startedMs ?? Infinity)) return true
    if (exchange === null || this.#rotation.isWaiting) return false
    const first = this.#rotation.pick(exchange)
    const backend =
      first !== undefined && first.isFull ? this.#rotation.notFullBeside(first, exchange) : first
    if (first !== undefined && backend === undefined && !this.#isBound(exchange)) {
      return this.#serveSession(Infinity)
    }
    this.#queue.leave(exchange)
    exchange.client?.slotFound()
    if (backend !== undefined) this.#assign(exchange, backend)
    else this.#place(exchange)
    return true
  }

  #serveSession(untilMs: number): boolean {
    const exchange = this.#queue.firstSession(untilMs, this.#sessions.isReady)
    if (exchange === null) return false
    this.#queue.leave(exchange)
    exchange.client?.slotFound()
    this.#place(exchange)
    return true
  }

  #configureHold(settings: HoldSettings | null): void {
    if (settings === null) this.holdLine?.dissolve()
    else if (this.holdLine !== null) this.holdLine.configure(settings)
    else {
      this.holdLine = new Hold(this.name, settings, this.#context, {
        find: (exchange) => this.#findForHeld(exchange),
        assign: (exchange, backend) => this.#assign(exchange, backend),
        unplaced: (exchange, refusal) => this.#unplaced(exchange, refusal),
        laneOf: (exchange) => this.#rotation.laneOf(exchange)
      })
    }
  }

  /** Whether it waits for a backend that comes back, because no other one is left to be asked. */
  #mayHold(exchange: Exchange, failure: AttemptFailure): boolean {
    if (this.holdLine === null || exchange.client === null) return false
    if (!this.holdLine.mayFollow(exchange, failure)) return false
    return !this.#rotation.isAvailable || !this.#rotation.hasUntried(exchange.tried!)
  }

  /** null: nobody serves it now, or all who do are full. */
  #findForHeld(exchange: Exchange): Backend | null {
    if (this.#rotation.isWaiting) return null
    const session = exchange.stickyBackend
    if (session !== null) {
      if (this.#sessions.keeps(session)) return session.isFull ? null : session
      exchange.stickyBackend = null
    }
    const first = this.#rotation.pick(exchange)
    if (first === undefined || !first.isFull) return first ?? null
    return this.#rotation.notFullBeside(first, exchange) ?? null
  }

  #rebuild(reason: string): void {
    this.#rotation.rebuild(this.#backends, reason)
    this.holdLine?.divide(1 - this.failover.waitingShare)
    this.#context.traffic?.poolChanged(this)
  }

  /** By time or an operator, not by a backend. */
  #levelsMoved(): void {
    this.holdLine?.divide(1 - this.failover.waitingShare)
    this.#context.traffic?.poolChanged(this)
    this.#serveQueue()
  }
}
