/**
 * What an error that nobody caught means for the engine. One exchange that goes wrong must
 * not end the others, so such an error is reported and the process goes on; an engine that
 * keeps failing is worse than one that is started anew, so too many in a minute end it.
 */
import type { Clock } from '../time/clock.ts'
import { describeError } from './internal-fault.ts'

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
    const reason = describeError(error)
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
