/**
 * Delivers what was stored by one route: the oldest first, those of one key strictly one after the
 * other, and as many at one time as its settings and the backends allow. A key that waits, for its
 * next attempt or for its backend, holds up nobody else. While nobody of the pool serves, nothing
 * is sent at all.
 */
import { internalFault } from '../engine/internal-fault.ts'
import type { EngineContext } from '../engine/engine-context.ts'
import type { StoreRouteSettings } from '../model/store-settings.ts'
import { routeHashOf } from '../store/entry-hash.ts'
import type { Entry, RequestStore } from '../store/request-store.ts'
import type { Timer } from '../time/clock.ts'
import { DeliveryCounters } from './delivery-counters.ts'
import type { DeliveryBulletin } from './delivery-bulletin.ts'
import { DeliveryPace } from './delivery-pace.ts'
import { verdictOn, type DeliveryReport, type DeliveryVerdict } from './delivery-verdict.ts'
import type { FlightRoom } from './flight-room.ts'
import type { Lane } from './lane.ts'
import { LaneBook } from './lane-book.ts'
import { LaneSearch } from './lane-search.ts'

/** The octets could not be read, or the search for entries failed: the disk may come back. */
const DISK_PAUSE_MS = 5000
/** Every backend is busy. */
const BUSY_PAUSE_MS = 1000
/** How often a pool without backends is looked at beside its events. */
const POOL_LOOK_MS = 1000
/** Longer ones a timer of Node.js cannot have. */
const LONGEST_TIMER_MS = 3_600_000
/** How often somebody who waits for one backend is tried without an event of the pool. */
const BOUND_LOOK_MS = 10_000

/** Takes a stored request to a backend; see `Courier`. */
export interface Carrier {
  /** Deliveries that run. */
  readonly busyCount: number
  deliver(entry: Entry, attempt: number): Promise<DeliveryReport>
  /** Breaks off what runs. Returns how many deliveries that were. */
  cut(): number
}

/** What a configuration says of the route. */
export interface DeliveryPlan {
  readonly settings: StoreRouteSettings
  readonly carrier: Carrier
  /** Somebody of the pool serves. */
  readonly isPoolServing: () => boolean
}

export interface DeliveryServices {
  readonly context: EngineContext
  readonly store: RequestStore
  readonly room: FlightRoom
  readonly bulletin: DeliveryBulletin
  /** Room has become free, or the route has nothing left to do. */
  readonly landed: () => void
  /** Entries that must not be settled by anybody else. */
  readonly inFlight: Set<number>
}

export class RouteDelivery {
  readonly route: string
  readonly counters = new DeliveryCounters()
  readonly #services: DeliveryServices
  readonly #lanes = new LaneBook()
  readonly #search: LaneSearch
  readonly #pace: DeliveryPace
  readonly #carriers = new Set<Carrier>()
  /** null: the configuration does not have the route. */
  #plan: DeliveryPlan | null = null
  #running = 0
  #isSearching = false
  /** When it was looked at last. */
  #wasServing = true
  /** Monotonic: the store could not be searched. */
  #searchAgainMs = 0
  /** Monotonic: who waits for one backend is tried without an event of the pool. */
  #boundLookMs = Infinity
  #timer: Timer | null = null
  #timerDueMs = Infinity
  #isStopped = false

  constructor(route: string, services: DeliveryServices) {
    this.route = route
    this.#services = services
    this.#pace = new DeliveryPace(1)
    this.#search = new LaneSearch(services.store, routeHashOf(route), this.#lanes)
  }

  /** Deliveries that run. */
  get running(): number {
    return this.#running
  }
  /** Keys, and entries without one, that wait for their next attempt or for their backend. */
  get waiting(): number {
    return this.#lanes.waitingCount
  }

  /** null: nothing further is sent; what runs goes on. */
  configure(plan: DeliveryPlan | null): void {
    this.#plan = plan
    for (const carrier of this.#carriers)
      if (carrier.busyCount === 0) this.#carriers.delete(carrier)
    if (plan !== null) {
      this.#carriers.add(plan.carrier)
      this.#pace.configure(plan.settings.concurrency)
    }
    this.poolChanged()
  }

  appended(): void {
    this.#search.appended()
    this.pump()
  }

  /** A backend or a level of the pool has changed. */
  poolChanged(): void {
    this.#boundLookMs = Infinity
    this.#lanes.poolChanged()
    this.pump()
  }

  /** Wall clock; null: it does not wait for another attempt, or not for a time. */
  nextAttemptAtMs(seq: number): number | null {
    const lane = this.#lanes.waitingFor(seq)
    if (lane === undefined || lane.dueMs === Infinity) return null
    const { clock } = this.#services.context
    return clock.wallNow() + Math.max(0, lane.dueMs - clock.now())
  }

  /** Nothing further is sent. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#timer = null
  }

  /** After `stop`: breaks off what runs. Returns how many deliveries that were. */
  cut(): number {
    let cut = 0
    for (const carrier of this.#carriers) cut += carrier.cut()
    return cut
  }

  /** Sends what can be sent, looks for more, and sees to it that it is called again. */
  pump(): void {
    if (this.#isStopped || this.#plan === null) return
    const nowMs = this.#services.context.clock.now()
    this.#lanes.wake(nowMs)
    if (nowMs >= this.#boundLookMs) {
      this.#boundLookMs = Infinity
      this.#lanes.poolChanged()
    }
    const isServing = this.#plan.isPoolServing()
    if (isServing && !this.#wasServing) this.#pace.restart()
    this.#wasServing = isServing
    while (isServing && this.#mayBegin(this.#plan, nowMs)) void this.#deliver(this.#plan)
    const isIdle = this.#lanes.firstReady === undefined
    if (nowMs >= this.#searchAgainMs && !this.#isSearching && this.#search.isWorthwhile(isIdle)) {
      void this.#look()
    }
    this.#setTimer(nowMs, isServing)
  }

  #mayBegin(plan: DeliveryPlan, nowMs: number): boolean {
    const first = this.#lanes.firstReady
    if (first === undefined) return false
    const { allowed, pausedUntilMs } = this.#pace
    if (this.#running >= Math.min(allowed, plan.settings.concurrency)) return false
    return nowMs >= pausedUntilMs && this.#services.room.has(first.bytes)
  }

  async #look(): Promise<void> {
    this.#isSearching = true
    try {
      await this.#search.step()
    } catch {
      // The store reports what is wrong with its disk.
      this.#search.appended()
      this.#searchAgainMs = this.#services.context.clock.now() + DISK_PAUSE_MS
    }
    this.#isSearching = false
    this.pump()
  }

  async #deliver(plan: DeliveryPlan): Promise<void> {
    const lane = this.#lanes.begin()!
    const { seq, bytes } = lane.first!
    const { room, inFlight, context } = this.#services
    this.#running++
    room.take(bytes)
    inFlight.add(seq)
    try {
      await this.#deliverFirst(lane, seq, plan)
    } catch (error) {
      context.emit(internalFault(error))
      this.#lanes.wait(lane, context.clock.now() + DISK_PAUSE_MS)
    }
    inFlight.delete(seq)
    room.giveBack(bytes)
    this.#running--
    this.pump()
    this.#services.landed()
  }

  async #deliverFirst(lane: Lane, seq: number, plan: DeliveryPlan): Promise<void> {
    const { context, store } = this.#services
    const entry = await store.read(seq).catch(() => undefined)
    if (entry === undefined) {
      this.#lanes.wait(lane, context.clock.now() + DISK_PAUSE_MS)
    } else if (entry === null || entry.state !== 'pending' || entry.route !== this.route) {
      // Settled by somebody else, set aside, or of a route whose name has the same hash.
      this.#lanes.finish(lane)
    } else if (entry.expiresAtMs <= context.clock.wallNow()) {
      this.#expire(lane, entry)
    } else {
      await this.#attempt(lane, entry, plan)
    }
  }

  async #attempt(lane: Lane, entry: Entry, plan: DeliveryPlan): Promise<void> {
    const { context } = this.#services
    // What the store has of the last attempts may have been lost in a crash; what is known here not.
    const attempts = Math.max(entry.attempts, lane.attempts) + 1
    context.tick()
    const report = await this.#carried(entry, attempts, plan)
    const verdict = verdictOn(report, attempts, plan.settings, context.random)
    this.#apply(verdict, { lane, entry, attempts })
  }

  /** A defect of ours costs this request an attempt. */
  async #carried(
    entry: Entry,
    attempt: number,
    { carrier }: DeliveryPlan
  ): Promise<DeliveryReport> {
    try {
      return await carrier.deliver(entry, attempt)
    } catch (error) {
      this.#services.context.emit(internalFault(error))
      return { kind: 'failed', reason: 'the balancer failed on it' }
    }
  }

  #apply(
    verdict: DeliveryVerdict,
    { lane, entry, attempts }: { lane: Lane; entry: Entry; attempts: number }
  ): void {
    const { store, bulletin, context } = this.#services
    const nowMs = context.clock.now()
    const { seq } = entry
    switch (verdict.kind) {
      case 'delivered':
        store.attempted(seq, { attempts, status: verdict.status, reason: '' })
        store.settle(seq, verdict)
        this.counters.delivered(nowMs)
        this.#pace.succeeded()
        return this.#lanes.finish(lane)
      case 'dead':
        store.attempted(seq, { attempts, status: verdict.status, reason: verdict.reason })
        store.settle(seq, verdict)
        this.counters.died()
        if (verdict.status === 0 || verdict.status >= 500) this.#pace.failed(nowMs)
        bulletin.tell('dead_letter', this.route, `${verdict.reason}, request ${entry.id}`)
        return this.#lanes.finish(lane)
      case 'again': {
        const { status, reason, waitMs } = verdict
        store.attempted(seq, { attempts, status, reason })
        this.counters.retried()
        this.#pace.failed(nowMs)
        lane.attempts = attempts
        const leftMs = Math.max(0, entry.expiresAtMs - context.clock.wallNow())
        return this.#lanes.wait(lane, nowMs + Math.min(waitMs, leftMs))
      }
      case 'put_back':
        return this.#putBack(lane, verdict.isBusy, nowMs)
      case 'left':
        return this.#lanes.putBack(lane)
    }
  }

  /** Nobody could be asked, so that it was no attempt. */
  #putBack(lane: Lane, isBusy: boolean, nowMs: number): void {
    if (isBusy) {
      this.#pace.failed(nowMs)
      this.#lanes.wait(lane, nowMs + BUSY_PAUSE_MS)
    } else if (this.#plan?.isPoolServing() === true) {
      // Its own backend is away, or all of them were for a moment.
      this.#boundLookMs = Math.min(this.#boundLookMs, nowMs + BOUND_LOOK_MS)
      this.#lanes.wait(lane, Infinity)
    } else {
      this.#lanes.putBack(lane)
    }
  }

  #expire(lane: Lane, entry: Entry): void {
    const { store, bulletin } = this.#services
    store.settle(entry.seq, { kind: 'expired' })
    this.counters.expired()
    const last = entry.lastReason === '' ? 'it was never tried' : `at last ${entry.lastReason}`
    bulletin.tell('expired', this.route, `${last}, request ${entry.id}`)
    this.#lanes.finish(lane)
  }

  #setTimer(nowMs: number, isServing: boolean): void {
    const dueMs = this.#nextLookMs(nowMs, isServing)
    if (this.#timer !== null && this.#timerDueMs <= dueMs) return
    this.#timer?.cancel()
    this.#timer = null
    this.#timerDueMs = dueMs
    if (dueMs === Infinity) return
    const { clock } = this.#services.context
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = null
        this.pump()
      },
      Math.min(dueMs - nowMs, LONGEST_TIMER_MS)
    )
  }

  #nextLookMs(nowMs: number, isServing: boolean): number {
    const hasReady = this.#lanes.firstReady !== undefined
    const { pausedUntilMs } = this.#pace
    return Math.min(
      Math.max(this.#lanes.nextDueMs, nowMs),
      hasReady && !isServing ? nowMs + POOL_LOOK_MS : Infinity,
      hasReady && pausedUntilMs > nowMs ? pausedUntilMs : Infinity,
      this.#searchAgainMs > nowMs ? this.#searchAgainMs : Infinity,
      this.#boundLookMs
    )
  }
}
