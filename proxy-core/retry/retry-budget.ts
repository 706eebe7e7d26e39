/**
 * How many retries a pool may make: a share of its requests and some each second beside, looked
 * at over the last ten seconds (Finagle's RetryBudget). When everything fails, every request
 * would otherwise become several, and what is overloaded would get the more.
 *
 *   retries in any 10 s <= ratio * requests in the same 10 s + minPerSecond * 10
 */
import type { RetryBudgetSettings } from '../model/settings.ts'
import { SlidingCount } from '../time/sliding-count.ts'

const SLOT_MS = 1000
const SLOTS = 10

export class RetryBudget {
  settings: RetryBudgetSettings
  readonly #requests: SlidingCount
  readonly #retries: SlidingCount

  constructor(settings: RetryBudgetSettings, nowMs: number) {
    this.settings = settings
    this.#requests = new SlidingCount(SLOTS, SLOT_MS, nowMs)
    this.#retries = new SlidingCount(SLOTS, SLOT_MS, nowMs)
  }

  /** A request that may be retried came in. */
  deposit(nowMs: number): void {
    this.#requests.add(nowMs)
  }

  /** Whether one more retry is within the budget; it is then taken from it. */
  withdraw(nowMs: number): boolean {
    if (this.#retries.sum(nowMs) + 1 > this.#allowed(nowMs)) return false
    this.#retries.add(nowMs)
    return true
  }

  /** Retries of the last ten seconds, and how many there might have been. */
  usage(nowMs: number): { readonly used: number; readonly allowed: number } {
    return { used: this.#retries.sum(nowMs), allowed: Math.floor(this.#allowed(nowMs)) }
  }

  #allowed(nowMs: number): number {
    const { ratio, minPerSecond } = this.settings
    return ratio * this.#requests.sum(nowMs) + (minPerSecond * SLOTS * SLOT_MS) / 1000
  }
}
