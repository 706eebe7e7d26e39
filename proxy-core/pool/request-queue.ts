/** Exchanges that wait for a free slot, first in, first out; a bounded linked list. */
import type { Exchange } from '../exchange/exchange.ts'

export class RequestQueue {
  #first: Exchange | null = null
  #last: Exchange | null = null
  #length = 0

  get length(): number {
    return this.#length
  }
  get first(): Exchange | null {
    return this.#first
  }

  append(exchange: Exchange): void {
    exchange.isQueued = true
    exchange.previousQueued = this.#last
    if (this.#last === null) this.#first = exchange
    else this.#last.nextQueued = exchange
    this.#last = exchange
    this.#length++
  }

  /** In the order of their beginnings: for one that was here before. */
  insert(exchange: Exchange): void {
    if (this.#last === null || this.#last.startedMs <= exchange.startedMs) {
      this.append(exchange)
      return
    }
    let next = this.#first!
    while (next.startedMs <= exchange.startedMs) next = next.nextQueued!
    const previous = next.previousQueued
    exchange.isQueued = true
    exchange.nextQueued = next
    exchange.previousQueued = previous
    next.previousQueued = exchange
    if (previous === null) this.#first = exchange
    else previous.nextQueued = exchange
    this.#length++
  }

  remove(exchange: Exchange): void {
    const { previousQueued: previous, nextQueued: next } = exchange
    if (previous === null) this.#first = next
    else previous.nextQueued = next
    if (next === null) this.#last = previous
    else next.previousQueued = previous
    exchange.previousQueued = exchange.nextQueued = null
    exchange.isQueued = false
    this.#length--
  }
}
