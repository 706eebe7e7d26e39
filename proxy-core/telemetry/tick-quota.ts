/**
 * How many samples one tick may keep, so that no four ticks in a row (a second) keep more than
 * the limit. A burst after quiet ticks may take most of a second's share at once; under steady
 * load every tick gets a quarter.
 */
export class TickQuota {
  readonly #limit: number
  /** Kept by the three ticks before. */
  readonly #kept = [0, 0, 0]
  #wasFull = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** For the tick that begins. */
  get room(): number {
    const left = this.#limit - this.#kept.reduce((sum, one) => sum + one, 0)
    const share = this.#wasFull ? Math.ceil(this.#limit / 4) : Math.ceil((this.#limit * 3) / 4)
    return Math.max(0, Math.min(left, share))
  }

  /** A tick ended that kept so many; `isFull`: it could have kept more. */
  close(kept: number, isFull: boolean): void {
    this.#kept.shift()
    this.#kept.push(kept)
    this.#wasFull = isFull
  }
}
