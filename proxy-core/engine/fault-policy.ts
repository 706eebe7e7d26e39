/**
 * What an error that nobody caught means for the engine. One exchange that goes wrong must
 * not end the others, so such an error is reported and the process goes on; an engine that
 * keeps failing is worse than one that is started anew, so too many in a minute end it.
 */
import type { Clock } from '../time/clock.ts'

export const FAULTS_PER_MINUTE = 100
const WINDOW_MS = 60_000

export interface FaultHandlers {
  /** One error, survived. */
  onFault(reason: string): void
  /** The process must end: it never got to serve, or fails without pause. */
  onFatal(reason: string): void
  /** Whether there is traffic that is worth going on for. */
  isServing(): boolean
}

export class FaultPolicy {
  readonly #clock: Clock
  readonly #handlers: FaultHandlers
  readonly #limit: number
  /** Monotonic times of the faults of the last minute, oldest first; bounded by the limit. */
  #recent: number[] = []

  constructor(clock: Clock, handlers: FaultHandlers, limit = FAULTS_PER_MINUTE) {
    this.#clock = clock
    this.#handlers = handlers
    this.#limit = limit
  }

  take(error: unknown): void {
    const reason = describe(error)
    if (!this.#handlers.isServing()) return this.#handlers.onFatal(reason)
    const now = this.#clock.now()
    this.#recent = this.#recent.filter((atMs) => now - atMs < WINDOW_MS)
    this.#recent.push(now)
    if (this.#recent.length <= this.#limit) return this.#handlers.onFault(reason)
    this.#handlers.onFatal(
      `More than ${this.#limit} unexpected errors within a minute; the last one: ${reason}`
    )
  }
}

/** The message and where it was thrown: enough for a bug report in one line. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const origin = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  return origin
    ? `${error.name}: ${error.message} (${origin.trim()})`
    : `${error.name}: ${error.message}`
}
