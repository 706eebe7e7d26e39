/**
 * Looks for entries of one route in the store: forward through what was not seen yet, and again
 * through what was passed over when somebody needs it. Reads index entries only, a batch at a
 * time, and as far as there is room for what it finds.
 */
import type { PendingEntry, RequestStore } from '../store/request-store.ts'
import type { LaneBook } from './lane-book.ts'

const BATCH = 512

export class LaneSearch {
  readonly #store: RequestStore
  readonly #routeHash: number
  readonly #lanes: LaneBook
  readonly #batch: number
  /** Everything up to here was seen: it is at hand, was passed over, or is no longer pending. */
  #seenTo = 0
  /** Something may have come behind that. */
  #hasMore = true

  constructor(store: RequestStore, routeHash: number, lanes: LaneBook, batch = BATCH) {
    this.#store = store
    this.#routeHash = routeHash
    this.#lanes = lanes
    this.#batch = batch
  }

  /** Something was appended. */
  appended(): void {
    this.#hasMore = true
  }

  /**
   * There is something to look for, and room for a whole batch of it: with less, every delivery
   * would have hundreds of entries read for the one that it makes room for. `isIdle`: nothing at
   * hand can be sent, so that a single one is worth it.
   */
  isWorthwhile(isIdle: boolean): boolean {
    const { room, searchFrom } = this.#lanes
    if (room < (isIdle ? 1 : this.#batch)) return false
    return this.#hasMore || searchFrom !== null
  }

  /** One batch. Rejects when the store cannot be read. */
  async step(): Promise<void> {
    const from = this.#lanes.searchFrom
    if (from !== null) await this.#again(from)
    else await this.#forward()
  }

  async #forward(): Promise<void> {
    this.#hasMore = false
    const limit = Math.min(this.#batch, Math.max(1, this.#lanes.room))
    const batch = await this.#store.pendingAfter(this.#seenTo, limit)
    for (const entry of batch) {
      if (this.#isOurs(entry) && !this.#lanes.offer(entry)) {
        this.#hasMore = true
        return
      }
      this.#seenTo = entry.seq
    }
    if (batch.length > 0) this.#hasMore = true
  }

  async #again(from: number): Promise<void> {
    this.#lanes.beginSearch()
    let at = from
    do {
      const batch = await this.#store.pendingAfter(at, this.#batch)
      const known = batch.filter(({ seq }) => seq <= this.#seenTo)
      for (const entry of known) {
        if (this.#isOurs(entry) && !this.#lanes.offerAgain(entry, from)) return
      }
      if (known.length < this.#batch) {
        this.#lanes.endSearch(from)
        return
      }
      at = known.at(-1)!.seq
      // Whoever needed something has it, as far as it was near.
    } while (this.#lanes.searchFrom !== null)
  }

  #isOurs({ routeHash }: PendingEntry): boolean {
    return routeHash === this.#routeHash
  }
}
