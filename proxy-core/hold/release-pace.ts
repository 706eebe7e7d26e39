/**
 * How fast those who waited are let go, so that the return of a backend is no second outage: at
 * most `window` of them are under way at one time. The window grows by one with every answer, so
 * it doubles with every round trip (TCP's slow start, RFC 5681 section 3.1); a failure takes it
 * back to one, and after a wait that doubles the next one tries. Without clock and sockets.
 */

/** At once when a backend has come back. */
const FIRST_WINDOW = 4
const MAX_WINDOW = 65_536
/** Between one failed try and the next: short, because a restart is what it mostly waits for. */
const MIN_PAUSE_MS = 20
const MAX_PAUSE_MS = 1000

export class ReleasePace {
  #window = FIRST_WINDOW
  #flying = 0
  #pauseMs = MIN_PAUSE_MS
  #notBeforeMs = 0

  /** Who was let go and has no answer yet. */
  get flying(): number {
    return this.#flying
  }
  get isFull(): boolean {
    return this.#flying >= this.#window
  }
  /** Monotonic milliseconds: nobody is let go earlier. */
  get notBeforeMs(): number {
    return this.#notBeforeMs
  }

  allows(nowMs: number): boolean {
    return !this.isFull && nowMs >= this.#notBeforeMs
  }

  released(): void {
    this.#flying++
  }

  answered(): void {
    this.#flying--
    if (this.#window < MAX_WINDOW) this.#window++
    this.#pauseMs = MIN_PAUSE_MS
  }

  /** Its client left, or what came of it says nothing about the backend. */
  lost(): void {
    this.#flying--
  }

  /** A try failed, of one who was let go or of one that begins to wait. */
  failed(nowMs: number): void {
    this.#window = 1
    // Many tries that ran at one time fail together: that is one failure.
    if (nowMs < this.#notBeforeMs) return
    this.#notBeforeMs = nowMs + this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_PAUSE_MS)
  }

  /** A backend has come back: what failed before says nothing about it. */
  restart(): void {
    this.#notBeforeMs = 0
    this.#pauseMs = MIN_PAUSE_MS
    this.#window = Math.max(this.#window, FIRST_WINDOW)
  }
}
