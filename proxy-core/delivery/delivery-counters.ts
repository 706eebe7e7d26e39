/** What became of the deliveries of one route since the engine started. */
import { SlidingCount } from '../time/sliding-count.ts'

/** A minute, six seconds at a time. */
const SLOTS = 10
const SLOT_MS = 6000

export class DeliveryCounters {
  deliveredCount = 0
  retriedCount = 0
  deadCount = 0
  expiredCount = 0
  readonly #lately = new SlidingCount(SLOTS, SLOT_MS, 0)

  delivered(nowMs: number): void {
    this.deliveredCount++
    this.#lately.add(nowMs)
  }

  retried(): void {
    this.retriedCount++
  }

  died(): void {
    this.deadCount++
  }

  expired(): void {
    this.expiredCount++
  }

  /** Delivered within the last minute. */
  perMinute(nowMs: number): number {
    return this.#lately.sum(nowMs)
  }
}
