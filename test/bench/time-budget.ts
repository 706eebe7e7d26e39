/** The promise that a run ends in time: repeats and late rounds are given up for it. */

export class TimeBudget {
  readonly #deadlineMs: number
  readonly #now: () => number
  #repeatSeconds: number
  #repeats = 0

  /** `repeatSeconds` may be spent on disturbed measurements. `now` in milliseconds. */
  constructor(limitSeconds: number, repeatSeconds: number, now: () => number) {
    this.#now = now
    this.#deadlineMs = now() + limitSeconds * 1000
    this.#repeatSeconds = repeatSeconds
  }

  get repeats(): number {
    return this.#repeats
  }

  get remainingSeconds(): number {
    return (this.#deadlineMs - this.#now()) / 1000
  }

  /** Takes the time of one repeat from what is set aside for repeats, if there is enough. */
  mayRepeat(seconds: number): boolean {
    if (this.#repeatSeconds < seconds || this.remainingSeconds < seconds) return false
    this.#repeatSeconds -= seconds
    this.#repeats++
    return true
  }
}
