/**
 * How many answers of a backend failed lately. Old ones go out a tenth of the window at a time, and
 * a backend without traffic is judged by nothing.
 */
import { SlidingCount } from '../time/sliding-count.ts'

const SLOTS = 10

export class FailureWindow {
  readonly #answers: SlidingCount
  readonly #failures: SlidingCount

  constructor(windowMs: number, nowMs: number) {
    this.#answers = new SlidingCount(SLOTS, windowMs / SLOTS, nowMs)
    this.#failures = new SlidingCount(SLOTS, windowMs / SLOTS, nowMs)
  }

  note(hasFailed: boolean, nowMs: number): void {
    this.#answers.add(nowMs)
    if (hasFailed) this.#failures.add(nowMs)
  }

  counts(nowMs: number): { readonly answers: number; readonly failures: number } {
    return { answers: this.#answers.sum(nowMs), failures: this.#failures.sum(nowMs) }
  }

  clear(): void {
    this.#answers.clear()
    this.#failures.clear()
  }
}
