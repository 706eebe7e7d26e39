/** Items by ascending rank, the lowest first; equal ones in no particular order. A binary heap. */
export class MinHeap<T> {
  readonly #rankOf: (item: T) => number
  readonly #items: T[] = []

  /** The rank of an item must not change while it is in. */
  constructor(rankOf: (item: T) => number) {
    this.#rankOf = rankOf
  }

  get size(): number {
    return this.#items.length
  }
  get first(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let place = items.push(item) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#rankOf(items[parent]!) <= this.#rankOf(item)) break
      items[place] = items[parent]!
      place = parent
    }
    items[place] = item
  }

  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (last !== undefined && items.length > 0) this.#sink(last)
    return first
  }

  /** Puts `item` in the first place and lets it down to its own. */
  #sink(item: T): void {
    const items = this.#items
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= items.length) break
      const right = items[child + 1]
      if (right !== undefined && this.#rankOf(right) < this.#rankOf(items[child]!)) child++
      if (this.#rankOf(item) <= this.#rankOf(items[child]!)) break
      items[place] = items[child]!
      place = child
    }
    items[place] = item
  }
}
