/**
 * The backends of one pool that are in slow start, on one timer that is set while there are any.
 * docs/reference/balancing.md says how their share grows.
 */
import type { Clock, Timer } from '../time/clock.ts'
import type { Backend } from './backend.ts'

export class SlowStarts {
  readonly #clock: Clock
  readonly #onStep: () => void
  #backends: readonly Backend[] = []
  #timer: Timer | null = null

  /** `onStep`: at least one of them has another share now. */
  constructor(clock: Clock, onStep: () => void) {
    this.#clock = clock
    this.#onStep = onStep
  }

  /** From now on these; to be called also when one of them has entered slow start. */
  watch(backends: readonly Backend[]): void {
    this.#backends = backends
    this.#step()
  }

  /** The timer is released. Idempotent. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
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
    this.stop()
    if (nextMs < Infinity) this.#timer = this.#clock.setTimeout(() => this.#step(), nextMs)
    if (hasChanged) this.#onStep()
  }
}
