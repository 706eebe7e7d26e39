/**
 * How many answers of a backend failed lately: a ring of buckets, so that old ones go out a tenth
 * of the window at a time and a backend without traffic is judged by nothing.
 */

const BUCKETS = 10

export class FailureWindow {
  readonly #bucketMs: number
  readonly #answers = new Float64Array(BUCKETS)
  readonly #failures = new Float64Array(BUCKETS)
  #bucket = 0
  #bucketEndMs: number

  constructor(windowMs: number, nowMs: number) {
    this.#bucketMs = windowMs / BUCKETS
    this.#bucketEndMs = nowMs + this.#bucketMs
  }

  note(hasFailed: boolean, nowMs: number): void {
    this.#turn(nowMs)
    this.#answers[this.#bucket]! += 1
    if (hasFailed) this.#failures[this.#bucket]! += 1
  }

  counts(nowMs: number): { readonly answers: number; readonly failures: number } {
    this.#turn(nowMs)
    let answers = 0
    let failures = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      answers += this.#answers[bucket]!
      failures += this.#failures[bucket]!
    }
    return { answers, failures }
  }

  clear(): void {
    this.#answers.fill(0)
    this.#failures.fill(0)
  }

  #turn(nowMs: number): void {
    if (nowMs < this.#bucketEndMs) return
    const passed = Math.floor((nowMs - this.#bucketEndMs) / this.#bucketMs) + 1
    for (let step = 0; step < Math.min(passed, BUCKETS); step++) {
      this.#bucket = (this.#bucket + 1) % BUCKETS
      this.#answers[this.#bucket] = 0
      this.#failures[this.#bucket] = 0
    }
    this.#bucketEndMs += passed * this.#bucketMs
  }
}
