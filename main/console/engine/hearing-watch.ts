/**
 * Notices that nothing was heard for a second during which this process itself was running. What
 * a held-up event loop has not heard is no evidence: it may be waiting to be read. So silence is
 * counted in beats of this loop, and a beat counts once, however late it comes.
 */
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'

/** Four ticks: one may be late, four are silence. */
export const SILENT_AFTER_MS = 1_000
const BEAT_MS = 100
const BEATS_OF_SILENCE = SILENT_AFTER_MS / BEAT_MS
/** A beat this late was held up; what came meanwhile is read right after it. */
const LATE_MS = 50

export class HearingWatch {
  readonly #clock: Clock
  readonly #onSilent: () => void
  #timer: Timer | null = null
  #beats = 0
  #dueAtMs = 0

  constructor(clock: Clock, onSilent: () => void) {
    this.#clock = clock
    this.#onSilent = onSilent
  }

  /** Something was heard; the watch begins, or begins anew. */
  heard(): void {
    this.stop()
    this.#beats = 0
    this.#awaitBeat()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #awaitBeat(): void {
    this.#dueAtMs = this.#clock.now() + BEAT_MS
    this.#timer = this.#clock.setTimeout(() => this.#beat(), BEAT_MS)
  }

  #beat(): void {
    this.#timer = null
    this.#beats++
    const isLate = this.#clock.now() - this.#dueAtMs > LATE_MS
    // One beat more after a late one: then everything that had come is read.
    const needed = BEATS_OF_SILENCE + (isLate ? 1 : 0)
    if (this.#beats < needed) this.#awaitBeat()
    else this.#onSilent()
  }
}
