/**
 * A pool at work: places exchanges on backends, queues what finds all of them busy, and
 * moves what a backend could not take. Which backends there are and how they are watched is
 * `engine/pool-supervisor.ts`'s.
 */
import type { EngineContext } from '../engine/engine-context.ts'
import type { PoolView } from '../engine/engine-view.ts'
import { trailOf } from '../exchange/attempt-trail.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { AlgorithmId } from '../model/algorithm.ts'
import type { PoolSettings } from '../model/settings.ts'
import type { ConnectionPool, ExchangeFailures } from '../upstream/connection-pool.ts'
import type { Backend } from './backend.ts'
import { RequestQueue } from './request-queue.ts'
import { Rotation } from './rotation.ts'

/** Backends that one request may be offered to before its client is told. */
const MAX_ATTEMPTS = 3
/** Saturated backends that are looked past before a request is queued. */
const MAX_BUSY_LOOKS = 16
/** What a client is told: the backend keeps the reason itself. */
const UNREACHABLE = 'No backend could be reached.'

export class Pool implements PoolView, ExchangeFailures {
  readonly name: string
  readonly counters = new TrafficCounters()
  settings: PoolSettings
  readonly #context: EngineContext
  readonly #queue = new RequestQueue()
  readonly #rotation: Rotation
  #backends: readonly Backend[] = []
  #isServingQueue = false
  /** Until the first probes are in, nothing is served and no change is worth an event. */
  #isStarted = false

  constructor(settings: PoolSettings, context: EngineContext) {
    this.name = settings.name
    this.settings = settings
    this.#context = context
    this.#rotation = new Rotation(settings, context)
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

  connectionsOf(backend: Backend): { readonly open: number; readonly idle: number } {
    const { connections } = backend
    return { open: connections?.openCount ?? 0, idle: connections?.idleCount ?? 0 }
  }

  /** Replaces the set of backends, in the order of the configuration. */
  configure(settings: PoolSettings, connections: ReadonlyMap<Backend, ConnectionPool>): void {
    this.settings = settings
    this.#rotation.configure(settings)
    this.#backends = [...connections.keys()]
    for (const [backend, its] of connections) {
      backend.connections = its
      backend.slotLimit = backend.settings.maxConnections || settings.maxConnections
    }
    if (!this.#isStarted) return
    this.#rebuild('the configuration changed')
    this.#serveQueue()
  }

  /** From now on the pool serves, and changes of availability are reported. */
  start(): void {
    this.#isStarted = true
    this.#rotation.start(this.#backends)
    this.#context.traffic?.poolChanged(this)
  }

  /** A backend's state or weight changed. */
  backendChanged(backend: Backend): void {
    if (!this.#isStarted) return
    this.#rebuild(`${backend.address} is ${backend.adminState} and ${backend.health}`)
    const isGone = backend.health === 'down' || backend.adminState === 'maint'
    if (isGone) backend.connections?.abandon()
    this.#serveQueue()
  }

  dispatch(exchange: Exchange): void {
    exchange.assignedPool = this
    const counters = this.counters
    counters.requests++
    if (++counters.inFlight > counters.inFlightMax) counters.inFlightMax = counters.inFlight
    this.#place(exchange)
  }

  /** The exchange is over, however it ended. */
  exchangeDone(exchange: Exchange): void {
    this.counters.inFlight--
    if (exchange.isQueued) this.#leaveQueue(exchange)
    const backend = exchange.assignedBackend
    if (backend === null) return
    this.#rotation.attemptEnded(exchange, backend)
    this.#release(backend)
  }

  connectFailed(exchange: Exchange, isTimeout: boolean): void {
    const backend = exchange.assignedBackend!
    this.#rotation.connectFailed(exchange, backend)
    this.#detach(exchange)
    ;(exchange.tried ??= new Set()).add(backend)
    if (exchange.attempts < MAX_ATTEMPTS && this.#hasUntried(exchange.tried)) {
      this.#countMove(exchange, backend)
      this.#place(exchange)
      return
    }
    exchange.assignedBackend = null
    const status = isTimeout ? 504 : 502
    exchange.client?.upstreamFailed(exchange, status, UNREACHABLE, 'connect_failed')
  }

  staleConnection(exchange: Exchange): void {
    const backend = exchange.assignedBackend!
    this.#countRetry(exchange, backend)
    exchange.needsFreshConnection = true
    if (!backend.isEligible || backend.connections!.isRetired) {
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
    this.#countMove(exchange, backend)
    this.#place(exchange)
  }

  #hasUntried(tried: ReadonlySet<Backend>): boolean {
    for (const backend of this.#backends) {
      if (backend.isEligible && backend.weight > 0 && !tried.has(backend)) return true
    }
    return false
  }

  #countMove(exchange: Exchange, from: Backend): void {
    this.#countRetry(exchange, from)
    from.counters.redispatches++
    this.counters.redispatches++
  }

  #countRetry(exchange: Exchange, from: Backend): void {
    from.counters.retries++
    this.counters.retries++
    if (exchange.client !== null) exchange.client.listener.counters.retries++
  }

  #place(exchange: Exchange): void {
    const first = this.#rotation.pick(exchange, exchange.tried ?? undefined)
    if (first === undefined) {
      exchange.client?.upstreamFailed(
        exchange,
        503,
        'No backend is available for this request.',
        'no_backend'
      )
      return
    }
    const backend = this.#isFull(first) ? this.#otherThan(exchange, first) : first
    if (backend !== undefined) this.#assign(exchange, backend)
    else this.#enqueue(exchange)
  }

  /** A saturated primary is waited for: backups are for primaries that are gone. */
  #otherThan(exchange: Exchange, busy: Backend): Backend | undefined {
    const excluded = new Set(exchange.tried)
    let candidate: Backend | undefined = busy
    for (let looks = 0; looks < MAX_BUSY_LOOKS; looks++) {
      excluded.add(candidate)
      candidate = this.#rotation.pick(exchange, excluded)
      if (candidate === undefined || candidate.level !== busy.level) return undefined
      if (!this.#isFull(candidate)) return candidate
    }
    return undefined
  }

  #isFull(backend: Backend): boolean {
    return backend.slotLimit > 0 && backend.load >= backend.slotLimit
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
    backend.connections!.send(exchange)
  }

  #detach(exchange: Exchange): void {
    const backend = exchange.assignedBackend!
    exchange.assignedBackend = null
    this.#release(backend)
  }

  #release(backend: Backend): void {
    backend.load--
    backend.counters.inFlight--
    this.#rotation.loadChanged(backend)
    if (this.#queue.length > 0) this.#serveQueue()
  }

  #enqueue(exchange: Exchange): void {
    const { size, timeoutMs } = this.settings.queue
    if (this.#queue.length >= size) {
      exchange.client?.upstreamFailed(
        exchange,
        503,
        'Every backend is busy and the queue is full.',
        'queue_full'
      )
      return
    }
    this.#queue.append(exchange)
    if (this.#context.traffic !== null) trailOf(exchange).enterQueue(this.#context.nowMs)
    const counters = this.counters
    counters.queued = this.#queue.length
    if (counters.queued > counters.queuedMax) counters.queuedMax = counters.queued
    exchange.client?.awaitSlot(exchange, timeoutMs)
  }

  #leaveQueue(exchange: Exchange): void {
    this.#queue.remove(exchange)
    exchange.trail?.leaveQueue(this.#context.nowMs)
    this.counters.queued = this.#queue.length
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
  }

  #serveFirst(): void {
    for (let exchange = this.#queue.first; exchange !== null; exchange = this.#queue.first) {
      const first = this.#rotation.pick(exchange, exchange.tried ?? undefined)
      const backend =
        first !== undefined && this.#isFull(first) ? this.#otherThan(exchange, first) : first
      if (first !== undefined && backend === undefined) return
      this.#leaveQueue(exchange)
      exchange.client?.slotFound()
      if (backend !== undefined) this.#assign(exchange, backend)
      else this.#place(exchange)
    }
  }

  #rebuild(reason: string): void {
    this.#rotation.rebuild(this.#backends, reason)
    this.#context.traffic?.poolChanged(this)
  }
}
