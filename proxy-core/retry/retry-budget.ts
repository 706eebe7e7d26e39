/**
 * How many retries a pool may make: a share of its requests and some each second beside, looked
 * at over the last ten seconds (Finagle's RetryBudget). When everything fails, every request
 * would otherwise become several, and what is overloaded would get the more.
 *
 *   retries in any 10 s <= ratio * requests in the same 10 s + minPerSecond * 10
 */
import type { RetryBudgetSettings } from '../model/settings.ts'

const SLOT_MS = 1000
const SLOTS = 10

export class RetryBudget {
  settings: RetryBudgetSettings
  /** Of each of the last seconds, the current one included. */
  readonly #requests = new Float64Array(SLOTS)
  readonly #retries = new Float64Array(SLOTS)
  #slot = 0
  #slotEndMs: number

  constructor(settings: RetryBudgetSettings, nowMs: number) {
    this.settings = settings
    this.#slotEndMs = nowMs + SLOT_MS
  }

  /** A request that may be retried came in. */
  deposit(nowMs: number): void {
    if (nowMs >= this.#slotEndMs) this.#turn(nowMs)
    this.#requests[this.#slot]! += 1
  }

  /** Whether one more retry is within the budget; it is then taken from it. */
  withdraw(nowMs: number): boolean {
    if (nowMs >= this.#slotEndMs) this.#turn(nowMs)
    if (this.#retried + 1 > this.#allowed) return false
    this.#retries[this.#slot]! += 1
    return true
  }

  /** Retries of the last ten seconds, and how many there might have been. */
  usage(nowMs: number): { readonly used: number; readonly allowed: number } {
    if (nowMs >= this.#slotEndMs) this.#turn(nowMs)
    return { used: this.#retried, allowed: Math.floor(this.#allowed) }
  }

  get #retried(): number {
    return sumOf(this.#retries)
  }

  get #allowed(): number {
    const { ratio, minPerSecond } = this.settings
    return ratio * sumOf(this.#requests) + (minPerSecond * SLOTS * SLOT_MS) / 1000
  }

  #turn(nowMs: number): void {
    const passed = Math.floor((nowMs - this.#slotEndMs) / SLOT_MS) + 1
    for (let step = 0; step < Math.min(passed, SLOTS); step++) {
      this.#slot = (this.#slot + 1) % SLOTS
      this.#requests[this.#slot] = 0
      this.#retries[this.#slot] = 0
    }
    this.#slotEndMs += passed * SLOT_MS
  }
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
