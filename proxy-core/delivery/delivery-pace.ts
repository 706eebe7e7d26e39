/**
 * How many deliveries of a route may run at one time: all that are configured while they succeed,
 * half as many after each failure in a row, and a pause between single ones when nothing succeeds
 * any more. Each success doubles it again, so that a backend which comes back is not met by
 * everything that has waited for it.
 *
 * One request that always fails changes little: the successes around it count as well.
 */

/** Failures in a row up to which only the number shrinks. */
const PATIENCE = 8
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2000

export class DeliveryPace {
  #most: number
  #allowed: number
  #failures = 0
  /** Monotonic: no delivery begins before. */
  #pausedUntilMs = 0

  constructor(most: number) {
    this.#most = most
    this.#allowed = most
  }

  /** Deliveries that may run at one time now. */
  get allowed(): number {
    return this.#allowed
  }
  get pausedUntilMs(): number {
    return this.#pausedUntilMs
  }

  configure(most: number): void {
    const wasFull = this.#allowed === this.#most
    this.#most = most
    this.#allowed = wasFull ? most : Math.min(this.#allowed, most)
  }

  /** Nobody was there for a while: who is back gets one, and more with each success. */
  restart(): void {
    this.#allowed = 1
    this.#failures = 0
    this.#pausedUntilMs = 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#pausedUntilMs = 0
    this.#allowed = Math.min(this.#most, this.#allowed * 2)
  }

  failed(nowMs: number): void {
    this.#failures++
    this.#allowed = Math.max(1, Math.floor(this.#allowed / 2))
    if (this.#failures <= PATIENCE) return
    const pauseMs = SHORTEST_PAUSE_MS * 2 ** (this.#failures - PATIENCE - 1)
    this.#pausedUntilMs = nowMs + Math.min(pauseMs, LONGEST_PAUSE_MS)
  }
}
