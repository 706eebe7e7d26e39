/**
 * Consistent hashing (Karger et al. 1997) as HAProxy does it: every seat has points on a circle
 * of 2^32, 16 for each unit of weight, and a key belongs to the first point from its hash on.
 * The points of a seat depend on nothing but its address and weight, so a seat that is added or
 * taken away moves only its own keys.
 *
 * The number of points is bounded, because all of them are sorted while requests wait. Beyond the
 * bound there are fewer for each unit of weight, and how many follows from the file: a live weight
 * still moves only keys of its seat. A seat keeps the first of its points, so that a change of the
 * file which changes the density moves few keys of others.
 */
import type { BalanceTarget, Member } from './balancer.ts'
import { avalanche, keyHash } from './key-hash.ts'
import { byAddress, firstOpenFrom, type Gate, type KeyOrder } from './key-order.ts'
import { Seats, type Seat } from './seats.ts'

const POINTS_PER_WEIGHT = 16
/** 250 each for 1000 seats of equal weight. */
const MAX_POINTS = 250_000
/** Odd, so that the points of one seat differ; 2^32 over the golden ratio. */
const STRIDE = 0x9e3779b1
/** Points that a walk looks at for each seat before it gives the order up. */
const WALK = 8

class HashRing<T extends BalanceTarget> implements KeyOrder<T> {
  readonly #seats: Seats<T>
  #targets: readonly T[] = []
  /** null until somebody asks, so that a burst of changes costs one ring. */
  #ring: Ring | null = null

  constructor(members: readonly Member[]) {
    this.#seats = new Seats(members)
  }

  rebuild(targets: readonly T[]): void {
    this.#targets = byAddress(targets)
    if (this.#seats.rebuild(targets)) this.#ring = null
  }

  first(hash: number, gate: Gate<T>): T | undefined {
    if (this.#targets.length === 0) return undefined
    const seats = this.#seats.list
    this.#ring ??= ringOf(seats, this.#seats.configuredWeight)
    const { hashes, owners } = this.#ring
    let point = firstFrom(hashes, hash)
    for (let step = WALK * seats.length; step > 0; step--) {
      const target = seats[owners[point] ?? 0]?.target
      if (target !== undefined && gate.admits(target, hash)) return target
      if (++point === hashes.length) point = 0
    }
    return firstOpenFrom(this.#targets, hash, gate)
  }
}

export interface Ring {
  /** Ascending. */
  readonly hashes: Uint32Array
  /** The index of the seat of each. */
  readonly owners: Uint32Array
}

/**
 * At most 250 000 points and one for each seat by the weights of the file, twice that where live
 * ones are above them. `configuredWeight`: the sum of the weights of the file.
 */
export function ringOf(seats: readonly Seat<BalanceTarget>[], configuredWeight: number): Ring {
  const total = seats.reduce((sum, { weight }) => sum + weight, 0)
  const density = Math.min(POINTS_PER_WEIGHT, MAX_POINTS / Math.max(configuredWeight, total / 2))
  const counts = seats.map(({ weight }) => Math.max(1, Math.floor(weight * density)))
  // Hash and owner in one double, because only plain numbers are sorted fast.
  const ordered = new Float64Array(counts.reduce((sum, count) => sum + count, 0))
  let at = 0
  for (const [owner, { address }] of seats.entries()) {
    const seed = keyHash(address)
    for (let point = 1; point <= counts[owner]!; point++) {
      ordered[at++] = avalanche(seed ^ Math.imul(point, STRIDE)) * seats.length + owner
    }
  }
  ordered.sort()
  const hashes = new Uint32Array(at)
  const owners = new Uint32Array(at)
  for (let point = 0; point < at; point++) {
    const both = ordered[point]!
    const hash = Math.floor(both / seats.length)
    hashes[point] = hash
    owners[point] = both - hash * seats.length
  }
  return { hashes, owners }
}

/** The index of the first point at `hash` or behind it; behind the last comes the first. */
function firstFrom(hashes: Uint32Array, hash: number): number {
  let low = 0
  let high = hashes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((hashes[middle] ?? 0) < hash) low = middle + 1
    else high = middle
  }
  return low === hashes.length ? 0 : low
}

export function hashRing<T extends BalanceTarget>(members: readonly Member[]): KeyOrder<T> {
  return new HashRing<T>(members)
}
