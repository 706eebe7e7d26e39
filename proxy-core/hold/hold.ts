/**
 * Requests of one pool that wait for a backend that comes back: who may wait, for how long, and
 * when they go on. They go in the order in which they came, at a pace that the backend sets by its
 * answers. docs/reference/hold.md has the rules.
 */
import type { EngineContext } from '../engine/engine-context.ts'
import { trailOf } from '../exchange/attempt-trail.ts'
import type { AttemptFailure } from '../exchange/attempt-failure.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { REFUSALS, type Refusal } from '../listener/refusal.ts'
import type { HoldSettings } from '../model/buffer-settings.ts'
import type { Backend } from '../pool/backend.ts'
import type { Timer } from '../time/clock.ts'
import { giveBody, reserveBody, reserveMore } from './body-keeping.ts'
import type { HeldPlace } from './held-place.ts'
import { HoldCounters } from './hold-counters.ts'
import { HoldLane } from './hold-lane.ts'
import { HoldSpace } from './hold-space.ts'

/** What the pool does for those who wait. */
export interface HoldGround {
  /** Who would serve it now: a backend with a free slot; null: nobody, or all of them are full. */
  find(exchange: Exchange): Backend | null
  assign(exchange: Exchange, backend: Backend): void
  /** It cannot wait any more, or not at all. */
  unplaced(exchange: Exchange, refusal: Refusal): void
  /** Which lane it waits in. */
  laneOf(exchange: Exchange): number
}

/** An operator lets a pool's requests wait. */
export interface OperatorHold {
  /** Monotonic milliseconds. */
  readonly untilMs: number
  readonly reason: string
}

export class Hold {
  readonly counters = new HoldCounters()
  settings: HoldSettings
  readonly #pool: string
  readonly #context: EngineContext
  readonly #ground: HoldGround
  readonly #space: HoldSpace
  readonly #lanes = new Map<number, HoldLane>()
  #operator: OperatorHold | null = null
  #operatorTimer: Timer | null = null
  #isReleasing = false
  /** Of the requests that come, the part that is served; the rest waits for its turn. */
  #servedShare = 1
  /** Requests that may go, out of those that came since the share fell below 1. */
  #credit = 0

  constructor(pool: string, settings: HoldSettings, context: EngineContext, ground: HoldGround) {
    this.#pool = pool
    this.settings = settings
    this.#context = context
    this.#ground = ground
    this.#space = new HoldSpace(settings)
  }

  /** Somebody waits, or is under way after a wait. */
  get isBusy(): boolean {
    return this.#lanes.size > 0
  }
  /** Octets of the bodies that wait or are under way after a wait. */
  get bytes(): number {
    return this.#space.bytes
  }
  get operator(): OperatorHold | null {
    return this.#operator
  }
  /** Monotonic milliseconds since when the first one waits; null: nobody does. */
  get oldestMs(): number | null {
    let oldest: number | null = null
    for (const { first } of this.#lanes.values()) {
      const since = first?.hold?.sinceMs ?? Infinity
      if (since < (oldest ?? Infinity)) oldest = since
    }
    return oldest
  }

  /** At most `limit` of those who wait, each lane in its order. */
  waiting(limit: number): readonly Exchange[] {
    const found: Exchange[] = []
    for (const { first } of this.#lanes.values()) {
      for (let one = first; one !== null && found.length < limit; one = one.nextQueued) {
        found.push(one)
      }
    }
    return found
  }

  configure(settings: HoldSettings): void {
    this.settings = settings
    this.#space.limits = settings
  }

  /** Whether its route lets it wait. */
  covers(exchange: Exchange): boolean {
    return exchange.compiledRoute !== null && exchange.compiledRoute.settings.hold !== null
  }

  /** Whether one that has just come must stand behind others, or wait for the operator. */
  gates(exchange: Exchange): boolean {
    if (!this.covers(exchange)) return false
    if (this.#operator !== null || this.#servedShare < 1) return true
    if (this.counters.held === 0) return false
    const lane = this.#lanes.get(this.#ground.laneOf(exchange))
    return lane !== undefined && lane.first !== null
  }

  /** Whether one whose attempt failed may wait for another: nothing of it was done, or it may be. */
  mayFollow(exchange: Exchange, failure: AttemptFailure): boolean {
    if (!this.covers(exchange) || exchange.hasResponseStarted || failure.isOurs) return false
    return failure.isUnsent || (exchange.isIdempotent && exchange.isReplayable)
  }

  /** Its attempt failed: from here on it waits. */
  takeBack(exchange: Exchange): void {
    const lane = exchange.hold?.lane ?? this.#lane(exchange)
    lane.pace.failed(this.#context.nowMs)
    this.take(exchange)
  }

  /**
   * A failover moves traffic by and by and leaves the rest to a level that nobody serves on: of
   * those who come, `share` may go, and with every step of it the same part of those who wait.
   */
  divide(share: number): void {
    const before = this.#servedShare
    if (share === before) return
    this.#servedShare = share
    if (before === 1) this.#credit = 0
    else if (share > before && before < 1) {
      this.#credit += (this.counters.held * (share - before)) / (1 - before)
    }
  }

  /** From here on it waits, unless there is no place for it. */
  take(exchange: Exchange): void {
    const { nowMs } = this.#context
    const route = exchange.compiledRoute!.settings.hold!
    const isNew = exchange.hold === null
    exchange.hold?.lane.pace.lost()
    const place = this.#placeOf(exchange)
    const refusal = this.#refusal(exchange, place)
    if (refusal !== null) {
      this.counters.refused++
      this.#forget(exchange, place)
      this.#ground.unplaced(exchange, refusal)
      return
    }
    place.isWaiting = true
    place.sinceMs = nowMs
    place.totalLeftMs = exchange.totalDeadlineMs - nowMs
    exchange.totalDeadlineMs = nowMs + route.timeoutMs - exchange.heldMs
    exchange.tried = null
    place.lane.queue.insert(exchange)
    if (this.#context.traffic !== null) trailOf(exchange).enterQueue(nowMs)
    const { counters } = this
    this.#credit += this.#servedShare
    if (exchange.heldMs === 0 && isNew) counters.entered++
    if (++counters.held > counters.heldMax) counters.heldMax = counters.held
    exchange.client!.held(exchange)
    this.release()
  }

  /** More of a body came whose length was not announced; false: there is no place for it. */
  bodyGrew(exchange: Exchange): boolean {
    return reserveMore(exchange, exchange.hold!, this.#space)
  }

  /** The time of one who waits is over. */
  expired(exchange: Exchange): void {
    const place = exchange.hold!
    this.counters.expired++
    this.#leave(exchange, place)
    this.#forget(exchange, place)
    this.#ground.unplaced(exchange, REFUSALS.holdTimeout)
  }

  /** The head of the answer to one who waited is there. */
  answered(exchange: Exchange): void {
    const place = exchange.hold!
    this.counters.released++
    place.lane.pace.answered()
    this.#forget(exchange, place)
    this.release()
  }

  /** The exchange is over, however it ended. */
  done(exchange: Exchange): void {
    const place = exchange.hold!
    if (place.isWaiting) {
      this.counters.abandoned++
      this.#leave(exchange, place)
    } else place.lane.pace.lost()
    this.#forget(exchange, place)
    this.release()
  }

  /** A backend may have come back: what failed before says nothing about it. */
  restart(): void {
    for (const { pace } of this.#lanes.values()) pace.restart()
    this.release()
  }

  /** Lets go whoever may go now. */
  release(): void {
    // Whoever is let go here may fail at once and so come back here: the loop goes on anyway.
    if (this.#isReleasing || this.#operator !== null || this.#lanes.size === 0) return
    this.#isReleasing = true
    try {
      for (const lane of [...this.#lanes.values()]) this.#releaseOf(lane)
    } finally {
      this.#isReleasing = false
    }
  }

  /** Everybody waits until then, or until `endOperatorHold`. */
  beginOperatorHold(durationMs: number, reason: string): void {
    const { clock, emit } = this.#context
    this.#operatorTimer?.cancel()
    this.#operator = { untilMs: clock.now() + durationMs, reason }
    this.#operatorTimer = clock.setTimeout(() => {
      this.#context.tick()
      this.endOperatorHold('its time is over')
    }, durationMs)
    const untilMs = Math.round(clock.wallNow() + durationMs)
    emit({ kind: 'pool_hold', pool: this.#pool, isHeld: true, untilMs, reason })
  }

  /** Whether there was one. */
  endOperatorHold(reason: string): boolean {
    if (this.#operator === null) return false
    this.#operatorTimer?.cancel()
    this.#operatorTimer = this.#operator = null
    const end = { isHeld: false, untilMs: null, reason }
    this.#context.emit({ kind: 'pool_hold', pool: this.#pool, ...end })
    this.restart()
    return true
  }

  /** The pool is gone, or holds no requests any more: whoever waits goes on now, or is told. */
  dissolve(): void {
    this.endOperatorHold('the pool holds no requests any more')
    for (const lane of [...this.#lanes.values()]) {
      for (let one = lane.first; one !== null; one = lane.first) {
        const place = one.hold!
        this.#leave(one, place)
        this.#forget(one, place)
        const backend = this.#ground.find(one)
        if (backend === null) this.#ground.unplaced(one, REFUSALS.noBackend)
        else this.#ground.assign(one, backend)
      }
    }
  }

  /** Releases timers. */
  stop(): void {
    this.#operatorTimer?.cancel()
    for (const lane of this.#lanes.values()) lane.stop()
  }

  #releaseOf(lane: HoldLane): void {
    const { pace } = lane
    for (let one = lane.first; one !== null; one = lane.first) {
      if (!pace.allows(this.#context.nowMs)) {
        if (!pace.isFull) this.#schedule(lane)
        return
      }
      if (this.#servedShare < 1 && this.#credit < 1) return
      const backend = this.#ground.find(one)
      if (backend === null) return
      const place = one.hold!
      this.#leave(one, place)
      this.#credit--
      pace.released()
      one.client!.slotFound()
      this.#ground.assign(one, backend)
    }
  }

  #schedule(lane: HoldLane): void {
    if (lane.timer !== null) return
    const { clock, nowMs } = this.#context
    lane.timer = clock.setTimeout(
      () => {
        lane.timer = null
        this.#context.tick()
        this.release()
      },
      Math.max(1, lane.pace.notBeforeMs - nowMs)
    )
  }

  #refusal(exchange: Exchange, place: HeldPlace): Refusal | null {
    const route = exchange.compiledRoute!.settings.hold!
    if (this.counters.held >= this.settings.maxRequests) return REFUSALS.holdFull
    if (exchange.heldMs >= route.timeoutMs) return REFUSALS.holdTimeout
    return reserveBody(exchange, place, this.#space, route.bodyLimitBytes)
  }

  #placeOf(exchange: Exchange): HeldPlace {
    return (exchange.hold ??= {
      ...{ lane: this.#lane(exchange), isWaiting: false, sinceMs: 0, totalLeftMs: Infinity },
      ...{ bytes: 0, memoryBytes: 0 }
    })
  }

  #lane(exchange: Exchange): HoldLane {
    const id = this.#ground.laneOf(exchange)
    let lane = this.#lanes.get(id)
    if (lane === undefined) this.#lanes.set(id, (lane = new HoldLane(id)))
    return lane
  }

  /** Its clocks run again. */
  #leave(exchange: Exchange, place: HeldPlace): void {
    const { nowMs } = this.#context
    const waitedMs = nowMs - place.sinceMs
    place.isWaiting = false
    place.lane.queue.remove(exchange)
    exchange.heldMs += waitedMs
    exchange.totalDeadlineMs = nowMs + place.totalLeftMs
    exchange.trail?.leaveQueue(nowMs)
    this.counters.held--
    this.counters.waitedMs += waitedMs
  }

  /** It has nothing to do with the line any more. */
  #forget(exchange: Exchange, place: HeldPlace): void {
    giveBody(place, this.#space)
    exchange.hold = null
    const { lane } = place
    if (!lane.isIdle) return
    lane.stop()
    this.#lanes.delete(lane.id)
  }
}
