/**
 * Who waits in a pool: requests that anybody may serve in one line, those of sessions in lines of
 * their backends. Counts them, and tells their trails.
 */
import type { EngineContext } from '../engine/engine-context.ts'
import { trailOf } from '../exchange/attempt-trail.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { Backend } from './backend.ts'
import { RequestQueue } from './request-queue.ts'
import { SessionQueues } from './session-queues.ts'

export class PoolQueue {
  readonly #context: EngineContext
  readonly #counters: TrafficCounters
  readonly #anybody = new RequestQueue()
  readonly #sessions = new SessionQueues()

  constructor(context: EngineContext, counters: TrafficCounters) {
    this.#context = context
    this.#counters = counters
  }

  get length(): number {
    return this.#anybody.length + this.#sessions.length
  }
  /** Who came first of those that any backend may serve. */
  get first(): Exchange | null {
    return this.#anybody.first
  }

  /** See `SessionQueues.first`. */
  firstSession(untilMs: number, isReady: (backend: Backend) => boolean): Exchange | null {
    return this.#sessions.first(untilMs, isReady)
  }

  /** With a `stickyBackend` it waits for that one alone. */
  join(exchange: Exchange): void {
    if (exchange.stickyBackend === null) this.#anybody.append(exchange)
    else this.#sessions.append(exchange)
    if (this.#context.traffic !== null) trailOf(exchange).enterQueue(this.#context.nowMs)
    const counters = this.#counters
    counters.queued = this.length
    if (counters.queued > counters.queuedMax) counters.queuedMax = counters.queued
  }

  leave(exchange: Exchange): void {
    if (exchange.stickyBackend === null) this.#anybody.remove(exchange)
    else this.#sessions.remove(exchange)
    exchange.trail?.leaveQueue(this.#context.nowMs)
    this.#counters.queued = this.length
  }
}
