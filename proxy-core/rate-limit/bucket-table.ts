/**
 * The buckets of one limit by key, at most `capacity` of them. A key without a bucket has a full
 * one, so a full bucket can be forgotten at any time: each new key forgets up to two of those, and
 * no timer is needed.
 *
 * When there is no room and none is full, the newcomer takes over the fullest bucket with what is
 * missing in it, as a new item inherits the smallest count in Space-Saving (Metwally, Agrawal, El
 * Abbadi: Efficient Computation of Frequent and Top-k Elements in Data Streams, 2005). Because the
 * fullest bucket never becomes fuller than time makes it, no key ever gets more than its limit by
 * being forgotten: a flood of invented keys cannot reset the limit of anybody. And a newcomer is
 * left at least one token, so a flood cannot lock anybody out either. Only that last rule gives
 * something away, and only while all `capacity` buckets are empty at the same time: one request
 * for each key that is new then.
 */
import { FullnessOrder } from './fullness-order.ts'
import type { TokenBucket } from './token-bucket.ts'

/** Clients that one limit tells apart at a time: about 100 bytes each. */
export const MAX_KEYS = 100_000

const FORGOTTEN_PER_NEW_KEY = 2
const INITIAL_CAPACITY = 64

/** What stands for a key without a bucket. */
export const NO_BUCKET = -1

export class BucketTable {
  readonly #bucket: TokenBucket
  readonly #capacity: number
  readonly #order: FullnessOrder
  readonly #byKey = new Map<string, number>()
  readonly #keys: string[] = []
  readonly #free: number[] = []
  #fullAtNs = new Float64Array(INITIAL_CAPACITY)
  /** Buckets that were taken over before they were full. */
  takenOver = 0

  constructor(bucket: TokenBucket, capacity: number) {
    this.#bucket = bucket
    this.#capacity = capacity
    this.#order = new FullnessOrder(bucket.spanNs)
  }

  get size(): number {
    return this.#byKey.size
  }

  /** The bucket of a key, or NO_BUCKET. Good until the next `take`. */
  find(key: string): number {
    return this.#byKey.get(key) ?? NO_BUCKET
  }

  waitNs(found: number, nowNs: number): number {
    return found === NO_BUCKET ? 0 : this.#bucket.waitNs(this.#fullAtNs[found]!, nowNs)
  }

  tokens(found: number, nowNs: number): number {
    if (found === NO_BUCKET) return this.#bucket.burst
    return this.#bucket.tokens(this.#fullAtNs[found]!, nowNs)
  }

  /** A request of this key passes. `found`: what `find` said. Returns its bucket. */
  take(found: number, key: string, nowNs: number): number {
    this.#order.advance(nowNs)
    if (found === NO_BUCKET) return this.#admit(key, nowNs)
    const before = this.#fullAtNs[found]!
    const after = this.#bucket.taken(before, nowNs)
    this.#fullAtNs[found] = after
    this.#order.move(found, before, after)
    return found
  }

  #admit(key: string, nowNs: number): number {
    for (let count = 0; count < FORGOTTEN_PER_NEW_KEY; count++) this.#forgetFull()
    if (this.size >= this.#capacity) return this.#takeOver(key, nowNs)
    const entry = this.#free.pop() ?? this.#keys.length
    if (entry >= this.#fullAtNs.length) this.#grow()
    this.#fill(entry, key, this.#bucket.taken(nowNs, nowNs))
    return entry
  }

  #takeOver(key: string, nowNs: number): number {
    const entry = this.#order.fullest
    const inherited = Math.min(
      this.#order.endOf(this.#fullAtNs[entry]!),
      this.#bucket.lastToken(nowNs)
    )
    this.takenOver++
    this.#empty(entry)
    this.#fill(entry, key, this.#bucket.taken(inherited, nowNs))
    return entry
  }

  #forgetFull(): void {
    const entry = this.#order.full
    if (entry < 0) return
    this.#empty(entry)
    this.#keys[entry] = ''
    this.#free.push(entry)
  }

  #empty(entry: number): void {
    this.#order.remove(entry)
    this.#byKey.delete(this.#keys[entry]!)
  }

  #fill(entry: number, key: string, fullAtNs: number): void {
    const own = copyOf(key)
    this.#keys[entry] = own
    this.#byKey.set(own, entry)
    this.#fullAtNs[entry] = fullAtNs
    this.#order.add(entry, fullAtNs)
  }

  #grow(): void {
    const grown = new Float64Array(this.#fullAtNs.length * 2)
    grown.set(this.#fullAtNs)
    this.#fullAtNs = grown
  }
}

/** A part of a text keeps the whole text in memory: a key that stays must not keep a whole head. */
function copyOf(key: string): string {
  return Buffer.from(key, 'latin1').toString('latin1')
}
