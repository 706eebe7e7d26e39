/**
 * Which bucket is the fullest, in constant time. A bucket's place is the granule of time in which
 * it will be full again, one of 64 in the span from empty to full; each granule is a list, and the
 * lists form a ring that time moves along. What time has passed is full, and has a list of its own.
 *
 * The lists are links in typed arrays: placing, moving and removing allocate nothing.
 */

const GRANULES = 64
/** A power of two above GRANULES + 2, so that no two granules in use share a list. */
const RING = 128
/** The list of the full ones stands behind those of the ring. */
const FULL = RING
const LISTS = RING + 1
const INITIAL_CAPACITY = 64

export class FullnessOrder {
  readonly #granuleNs: number
  /** The first `LISTS` are the ends of the lists, the buckets follow. */
  #next = new Int32Array(LISTS + INITIAL_CAPACITY)
  #previous = new Int32Array(LISTS + INITIAL_CAPACITY)
  /** The granule of the present: the lists of earlier ones are empty. */
  #present = 0

  /** `spanNs`: from empty to full. */
  constructor(spanNs: number) {
    this.#granuleNs = Math.ceil(spanNs / GRANULES)
    for (let list = 0; list < LISTS; list++) this.#next[list] = this.#previous[list] = list
  }

  /** Moves to the present, before anything else at a new time. It never moves backwards. */
  advance(nowNs: number): void {
    const present = Math.floor(nowNs / this.#granuleNs)
    if (present <= this.#present) return
    const last = Math.min(present, this.#present + RING)
    for (let granule = this.#present; granule < last; granule++) this.#splice(granule & (RING - 1))
    this.#present = present
  }

  add(bucket: number, fullAtNs: number): void {
    if (bucket + LISTS >= this.#next.length) this.#grow()
    this.#link(bucket + LISTS, this.#listOf(fullAtNs))
  }

  /** The bucket was emptied further: `fromNs` is the time that it was placed by. */
  move(bucket: number, fromNs: number, toNs: number): void {
    const from = Math.floor(fromNs / this.#granuleNs)
    if (from >= this.#present && from === Math.floor(toNs / this.#granuleNs)) return
    this.remove(bucket)
    this.#link(bucket + LISTS, this.#listOf(toNs))
  }

  remove(bucket: number): void {
    const node = bucket + LISTS
    const next = this.#next[node]!
    const previous = this.#previous[node]!
    this.#next[previous] = next
    this.#previous[next] = previous
  }

  /** A bucket that is full; -1 when none is. The one that is full for longest comes first. */
  get full(): number {
    return this.#first(FULL)
  }

  /** The fullest bucket, to the granule; -1 when there is none. */
  get fullest(): number {
    const { full } = this
    if (full >= 0) return full
    for (let granule = this.#present; granule < this.#present + RING; granule++) {
      const bucket = this.#first(granule & (RING - 1))
      if (bucket >= 0) return bucket
    }
    return -1
  }

  /** The end of the granule that a time lies in. */
  endOf(fullAtNs: number): number {
    return (Math.floor(fullAtNs / this.#granuleNs) + 1) * this.#granuleNs
  }

  #first(list: number): number {
    const node = this.#next[list]!
    return node === list ? -1 : node - LISTS
  }

  #listOf(fullAtNs: number): number {
    const granule = Math.floor(fullAtNs / this.#granuleNs)
    return granule < this.#present ? FULL : granule & (RING - 1)
  }

  /** At the end of the list. */
  #link(node: number, list: number): void {
    const last = this.#previous[list]!
    this.#next[last] = node
    this.#previous[node] = last
    this.#next[node] = list
    this.#previous[list] = node
  }

  /** Appends a list of the ring to that of the full ones. */
  #splice(list: number): void {
    const first = this.#next[list]!
    if (first === list) return
    const last = this.#previous[list]!
    const end = this.#previous[FULL]!
    this.#next[end] = first
    this.#previous[first] = end
    this.#next[last] = FULL
    this.#previous[FULL] = last
    this.#next[list] = this.#previous[list] = list
  }

  #grow(): void {
    const length = LISTS + (this.#next.length - LISTS) * 2
    const next = new Int32Array(length)
    const previous = new Int32Array(length)
    next.set(this.#next)
    previous.set(this.#previous)
    this.#next = next
    this.#previous = previous
  }
}
