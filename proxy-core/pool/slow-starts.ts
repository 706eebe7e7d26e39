/**
 * The backends of one pool that are in slow start, on one timer that is set while there are any.
 * docs/reference/balancing.md says how their share grows.
 */
import type { Clock, Timer } from '../time/clock.ts'
import type { Backend } from './backend.ts'

/**
 * Between two steps, so that many backends which returned at different times do not cost a new
 * order of picks each. Shares follow from the time that has passed: one is late by this at most.
 */
const MIN_STEP_MS = 100

export class SlowStarts {
  readonly #clock: Clock
  readonly #onStep: () => void
  #backends: readonly Backend[] = []
  #timer: Timer | null = null
  #dueMs = Infinity

  /** `onStep`: at least one of them has another share now. */
  constructor(clock: Clock, onStep: () => void) {
    this.#clock = clock
    this.#onStep = onStep
  }

  /**
   * From now on these, whose settings may have changed. To be called with the same list also when
   * one of them has entered slow start, whose first share is set already: the others wait for the
   * timer, so that a row of returns is no row of steps.
   */
  watch(backends: readonly Backend[]): void {
    if (backends === this.#backends) return this.#stepIn(MIN_STEP_MS)
    this.#backends = backends
    this.stop()
    this.#step()
  }

  /** The timer is released. Idempotent. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#dueMs = Infinity
  }

  /** Or earlier, where an earlier step is due. */
  #stepIn(delayMs: number): void {
    const dueMs = this.#clock.now() + delayMs
    if (this.#dueMs <= dueMs) return
    this.stop()
    this.#dueMs = dueMs
    this.#timer = this.#clock.setTimeout(() => {
      this.stop()
      this.#step()
    }, delayMs)
  }

  #step(): void {
    let nextMs = Infinity
    let hasChanged = false
    for (const backend of this.#backends) {
      const { warmth } = backend
      const stepMs = backend.warmUp()
      if (stepMs > 0) nextMs = Math.min(nextMs, stepMs)
      if (backend.warmth !== warmth) hasChanged = true
    }
    // Node cuts off fractions of a millisecond, and who comes too early waits for a whole step.
    if (nextMs < Infinity) this.#stepIn(Math.max(Math.ceil(nextMs), MIN_STEP_MS))
    if (hasChanged) this.#onStep()
  }
}
