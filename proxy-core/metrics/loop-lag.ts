/**
 * How late the event loop runs its timers: the time that every request waited on top of
 * its own work. A timer of a fixed period measures by how much it came too late, so a
 * stall of any length counts once, with its length.
 */
import type { Clock, Timer } from '../time/clock.ts'
import { LatencyHistogram } from './latency-histogram.ts'

/** Twenty looks a second cost under 0.01 % of a core and catch every stall above 50 ms. */
const PERIOD_MS = 50

export class LoopLag {
  readonly histogram = new LatencyHistogram()
  readonly #clock: Clock
  readonly #periodMs: number
  #timer: Timer | null = null

  constructor(clock: Clock, periodMs: number = PERIOD_MS) {
    this.#clock = clock
    this.#periodMs = periodMs
  }

  /** Idempotent. */
  start(): void {
    if (this.#timer) return
    let expectedMs = this.#clock.now() + this.#periodMs
    this.#timer = this.#clock.setInterval(() => {
      const nowMs = this.#clock.now()
      this.histogram.record(Math.max(0, nowMs - expectedMs))
      expectedMs = nowMs + this.#periodMs
    }, this.#periodMs)
  }

  /** Idempotent; what was recorded stays. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
