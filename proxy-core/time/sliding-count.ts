/**
 * How often something happened lately: a ring of slots, so that what is old goes out a slot at a
 * time, and nothing has to be kept of each occasion.
 */
export class SlidingCount {
  readonly #slotMs: number
  /** Of each of the last slots, the current one included. */
  readonly #slots: Float64Array
  #current = 0
  #endMs: number

  constructor(slots: number, slotMs: number, nowMs: number) {
    this.#slots = new Float64Array(slots)
    this.#slotMs = slotMs
    this.#endMs = nowMs + slotMs
  }

  add(nowMs: number): void {
    if (nowMs >= this.#endMs) this.#turn(nowMs)
    this.#slots[this.#current]! += 1
  }

  sum(nowMs: number): number {
    if (nowMs >= this.#endMs) this.#turn(nowMs)
    let sum = 0
    for (const count of this.#slots) sum += count
    return sum
  }

  clear(): void {
    this.#slots.fill(0)
  }

  #turn(nowMs: number): void {
    const passed = Math.floor((nowMs - this.#endMs) / this.#slotMs) + 1
    const { length } = this.#slots
    for (let step = 0; step < Math.min(passed, length); step++) {
      this.#current = (this.#current + 1) % length
      this.#slots[this.#current] = 0
    }
    this.#endMs += passed * this.#slotMs
  }
}
