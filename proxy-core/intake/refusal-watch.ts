/**
 * Tells when the store begins to refuse requests and when it takes them again: once each, however
 * many requests are refused in between. Near its limit a store refuses and takes in turn, so the
 * end is told only after a while without a refusal.
 */
import type { EventSink } from '../model/engine-event.ts'
import type { Clock, Timer } from '../time/clock.ts'

/** So long nothing may have been refused before the trouble counts as over. */
const CALM_MS = 10_000

export class RefusalWatch {
  readonly #clock: Clock
  readonly #emit: EventSink
  #timer: Timer | null = null
  #lastMs = 0
  #refused = 0

  constructor(clock: Clock, emit: EventSink) {
    this.#clock = clock
    this.#emit = emit
  }

  /** Requests refused since the engine started. */
  get refused(): number {
    return this.#refused
  }

  /** `reason`: half a sentence. */
  noteRefusal(reason: string): void {
    this.#refused++
    this.#lastMs = this.#clock.now()
    if (this.#timer !== null) return
    this.#emit({ kind: 'store', outcome: 'refusing', route: null, count: 1, reason })
    this.#timer = this.#clock.setTimeout(() => this.#look(), CALM_MS)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #look(): void {
    const leftMs = this.#lastMs + CALM_MS - this.#clock.now()
    if (leftMs > 0) {
      this.#timer = this.#clock.setTimeout(() => this.#look(), leftMs)
      return
    }
    this.#timer = null
    const reason = 'no request was refused for 10 seconds'
    this.#emit({ kind: 'store', outcome: 'accepting', route: null, count: 1, reason })
  }
}
