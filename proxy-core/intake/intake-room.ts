/**
 * How many octets of requests that are about to be stored may be in memory at one time, over all
 * routes: a body is read whole before it is written, so without a bound slow clients would decide
 * how much memory the engine takes.
 */

/** Several times the longest body that can be stored. */
export const MAX_INTAKE_BYTES = 64 * 1024 * 1024

export class IntakeRoom {
  readonly #limitBytes: number
  #usedBytes = 0

  constructor(limitBytes = MAX_INTAKE_BYTES) {
    this.#limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Whether so many octets would find room now; takes none of it. */
  has(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.#limitBytes
  }

  /** False, and nothing taken, where there is no room. */
  take(bytes: number): boolean {
    if (!this.has(bytes)) return false
    this.#usedBytes += bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#usedBytes -= bytes
  }
}
