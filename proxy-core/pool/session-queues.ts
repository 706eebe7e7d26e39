/**
 * Requests of sessions that wait for their own backend, which is full: one line for each backend,
 * so that nobody who could go elsewhere stands behind them (HAProxy has a queue per server for the
 * same reason).
 */
import type { Exchange } from '../exchange/exchange.ts'
import type { Backend } from './backend.ts'
import { RequestQueue } from './request-queue.ts'

export class SessionQueues {
  /** Only backends that somebody waits for. */
  readonly #byBackend = new Map<Backend, RequestQueue>()
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Of an exchange with a `stickyBackend`. */
  append(exchange: Exchange): void {
    const backend = exchange.stickyBackend!
    let queue = this.#byBackend.get(backend)
    if (queue === undefined) this.#byBackend.set(backend, (queue = new RequestQueue()))
    queue.append(exchange)
    this.#length++
  }

  remove(exchange: Exchange): void {
    const backend = exchange.stickyBackend!
    const queue = this.#byBackend.get(backend)!
    queue.remove(exchange)
    if (queue.length === 0) this.#byBackend.delete(backend)
    this.#length--
  }

  /**
   * Who came first of those whose backend is ready for them, if before `untilMs` (monotonic).
   * `isReady`: it has a free slot, or it keeps no sessions any more.
   */
  first(untilMs: number, isReady: (backend: Backend) => boolean): Exchange | null {
    let found: Exchange | null = null
    for (const [backend, queue] of this.#byBackend) {
      const exchange = queue.first!
      const earliestMs = found?.startedMs ?? untilMs
      if (exchange.startedMs <= earliestMs && isReady(backend)) found = exchange
    }
    return found
  }
}
