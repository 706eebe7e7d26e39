/**
 * When the newest ticks were taken: every meter keeps its states of the same ticks, and rates
 * are differences between the first and the last of them.
 */

/** Rates look back over this many intervals of a tick: 1.5 s. */
const RATE_INTERVALS = 6

/** States that a meter keeps. */
export const TICK_STATES = RATE_INTERVALS + 1

/** A longer pause between two ticks means that the engine did not run (or the machine slept). */
export const GAP_MS = 1000

export class TickTimes {
  readonly #times = new Float64Array(TICK_STATES)
  #tick = 0
  /** The first tick that a rate may look back to. */
  #first = 0
  /** A gap ended with the newest tick. */
  #isAfterGap = false

  /** The start counts as a tick. Monotonic milliseconds. */
  constructor(nowMs: number) {
    this.#times[0] = nowMs
  }

  note(nowMs: number): void {
    const sinceMs = nowMs - this.#times[this.#tick % TICK_STATES]!
    // The next rates must not look back over a gap; this one says what happened in it.
    if (this.#isAfterGap) this.#first = this.#tick
    this.#isAfterGap = sinceMs > GAP_MS
    this.#tick++
    this.#times[this.slot] = nowMs
    this.#first = Math.max(
      this.#first,
      this.#isAfterGap ? this.#tick - 1 : this.#tick - RATE_INTERVALS
    )
  }

  /** Where a meter keeps its state of the newest tick. */
  get slot(): number {
    return this.#tick % TICK_STATES
  }

  /** Where the state lies that rates are computed from. */
  get firstSlot(): number {
    return this.#first % TICK_STATES
  }

  get isAfterGap(): boolean {
    return this.#isAfterGap
  }

  /** Since the tick before. */
  get intervalMs(): number {
    if (this.#tick === 0) return 0
    return this.#times[this.slot]! - this.#times[(this.#tick - 1) % TICK_STATES]!
  }

  get windowMs(): number {
    return this.#times[this.slot]! - this.#times[this.firstSlot]!
  }
}
