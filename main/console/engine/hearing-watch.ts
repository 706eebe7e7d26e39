/**
 * Notices that nothing was heard for a second. A process that was itself held up for so long
 * gets a second look first: what it should have heard may be waiting to be read.
 */
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'

/** Four ticks: one may be late, four are silence. */
export const SILENT_AFTER_MS = 1_000
/** A timer that fires this late says more about this process than about the other one. */
const LATE_MS = 200
const SECOND_LOOK_MS = 100

export class HearingWatch {
  readonly #clock: Clock
  readonly #onSilent: () => void
  #timer: Timer | null = null
  #dueAtMs = 0
  #hasLookedTwice = false

  constructor(clock: Clock, onSilent: () => void) {
    this.#clock = clock
    this.#onSilent = onSilent
  }

  /** Something was heard; the watch begins, or begins anew. */
  heard(): void {
    this.#hasLookedTwice = false
    this.#arm(SILENT_AFTER_MS)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #arm(delayMs: number): void {
    this.#timer?.cancel()
    this.#dueAtMs = this.#clock.now() + delayMs
    this.#timer = this.#clock.setTimeout(() => this.#look(), delayMs)
  }

  #look(): void {
    this.#timer = null
    const isLate = this.#clock.now() - this.#dueAtMs > LATE_MS
    if (isLate && !this.#hasLookedTwice) {
      this.#hasLookedTwice = true
      return this.#arm(SECOND_LOOK_MS)
    }
    this.#onSilent()
  }
}
