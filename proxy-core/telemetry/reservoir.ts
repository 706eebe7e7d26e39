/**
 * A fair sample of a stream of unknown length (Li 1994, "Algorithm L"): every candidate has the
 * same chance, and those that are passed over cost one decrement.
 */
import type { Random } from '../time/clock.ts'

export class Reservoir {
  readonly #random: Random
  #capacity = 0
  #taken = 0
  /** Candidates to pass over before the next one is taken. */
  #skips = Infinity
  #weight = 1

  constructor(random: Random) {
    this.#random = random
  }

  /** Begins a new sample of at most `capacity`. */
  begin(capacity: number): void {
    this.#capacity = capacity
    this.#taken = 0
    this.#skips = Infinity
    this.#weight = 1
  }

  /** Where the next candidate goes, from 0 to the capacity - 1, or -1 when it is passed over. */
  place(): number {
    if (this.#taken < this.#capacity) {
      this.#taken++
      if (this.#taken === this.#capacity) this.#jump()
      return this.#taken - 1
    }
    if (this.#skips > 0) {
      this.#skips--
      return -1
    }
    this.#jump()
    return Math.floor(this.#random() * this.#capacity)
  }

  #jump(): void {
    this.#weight *= Math.exp(Math.log(this.#positive()) / this.#capacity)
    this.#skips = Math.floor(Math.log(this.#positive()) / Math.log(1 - this.#weight))
  }

  /** In (0, 1]: the logarithm of 0 is no number. */
  #positive(): number {
    return 1 - this.#random()
  }
}
