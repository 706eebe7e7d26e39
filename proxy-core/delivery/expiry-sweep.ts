/**
 * Gives up entries whose time is over and that nobody comes to: of a key that waits, of a pool that
 * is away, of a route that the configuration does not have any more. A few index entries each
 * second, round and round; what is delivered is looked at in any case before it is sent.
 */
import type { PendingEntry, RequestStore } from '../store/request-store.ts'
import type { Clock, Timer } from '../time/clock.ts'

const EVERY_MS = 1000
const BATCH = 1024

export class ExpirySweep {
  readonly #store: RequestStore
  readonly #clock: Clock
  readonly #isInFlight: (seq: number) => boolean
  readonly #expired: (entry: PendingEntry) => void
  #seenTo = 0
  #isLooking = false
  #timer: Timer | null = null

  constructor(
    store: RequestStore,
    clock: Clock,
    isInFlight: (seq: number) => boolean,
    expired: (entry: PendingEntry) => void
  ) {
    this.#store = store
    this.#clock = clock
    this.#isInFlight = isInFlight
    this.#expired = expired
  }

  start(): void {
    this.#timer = this.#clock.setInterval(() => void this.#look(), EVERY_MS)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#store.stats().pending === 0) return
    this.#isLooking = true
    try {
      const batch = await this.#store.pendingAfter(this.#seenTo, BATCH)
      const nowMs = this.#clock.wallNow()
      for (const entry of batch) {
        if (entry.expiresAtMs <= nowMs && !this.#isInFlight(entry.seq)) this.#expired(entry)
      }
      this.#seenTo = batch.length < BATCH ? 0 : batch.at(-1)!.seq
    } catch {
      // The store reports what is wrong with its disk.
    }
    this.#isLooking = false
  }
}
