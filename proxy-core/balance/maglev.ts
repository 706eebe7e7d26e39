/**
 * Maglev hashing (Eisenbud et al., 2016, section 3.4): every seat has a permutation of the
 * places of a table, and the seats take turns in claiming the next place of theirs that is
 * free. A pick is one look into the table. Weights after Envoy: a seat of half the weight
 * takes every other turn. A key whose seat is empty looks on in steps of its own.
 *
 * The table has 65 537 places whatever the number of seats: a size that followed it would
 * move nearly all keys whenever a change of the configuration crossed a step.
 */
import type { BalanceTarget, Member } from './balancer.ts'
import { avalanche, keyHash } from './key-hash.ts'
import { byAddress, firstOpenFrom, type Gate, type KeyOrder } from './key-order.ts'
import { Seats, type Seat } from './seats.ts'

/** A prime, so that every step from 1 on visits all places. */
const PLACES = 65_537
const SKIP_SEED = 1
const FREE = -1
/** Places that a walk looks at for each seat before it gives the order up. */
const WALK = 8

class Maglev<T extends BalanceTarget> implements KeyOrder<T> {
  readonly #seats: Seats<T>
  #targets: readonly T[] = []
  /** Indices of seats; null until somebody asks, so that a burst of changes costs one table. */
  #table: Int32Array | null = null

  constructor(members: readonly Member[]) {
    this.#seats = new Seats(members)
  }

  rebuild(targets: readonly T[]): void {
    this.#targets = byAddress(targets)
    if (this.#seats.rebuild(targets)) this.#table = null
  }

  first(hash: number, gate: Gate<T>): T | undefined {
    if (this.#targets.length === 0) return undefined
    const seats = this.#seats.list
    this.#table ??= tableOf(seats)
    const table = this.#table
    let place = hash % PLACES
    const home = seats[table[place] ?? 0]?.target
    if (home !== undefined && gate.admits(home, hash)) return home
    // A stride of the key's own: neighbours in the table are not independent of each other.
    const stride = 1 + (avalanche(hash + 1) % (PLACES - 1))
    for (let step = WALK * seats.length; step > 0; step--) {
      place = (place + stride) % PLACES
      const target = seats[table[place] ?? 0]?.target
      if (target !== undefined && gate.admits(target, hash)) return target
    }
    return firstOpenFrom(this.#targets, hash, gate)
  }
}

/** `seats` are not empty. */
function tableOf(seats: readonly Seat<BalanceTarget>[]): Int32Array {
  const table = new Int32Array(PLACES).fill(FREE)
  const places = Int32Array.from(seats, ({ address }) => keyHash(address) % PLACES)
  const skips = Int32Array.from(
    seats,
    ({ address }) => 1 + (keyHash(address, SKIP_SEED) % (PLACES - 1))
  )
  const turns = turnsOf(seats.map(({ weight }) => weight))
  for (let filled = 0; filled < PLACES; filled++) {
    const index = turns[filled % turns.length]!
    const place = freePlace(table, places[index]!, skips[index]!)
    table[place] = index
    places[index] = place
  }
  return table
}

/**
 * Whose turn it is, by index, until all begins anew: in each round every seat gets its weight, and
 * has a turn when it has got that of the heaviest. After as many rounds as that weight nothing is
 * left over, so one table never costs more than 256 looks at each seat. At most `PLACES` turns.
 */
export function turnsOf(weights: readonly number[]): readonly number[] {
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0)
  const gains = new Int32Array(weights.length)
  const turns: number[] = []
  for (let round = 0; round < heaviest && turns.length < PLACES; round++) {
    for (let index = 0; index < weights.length; index++) {
      gains[index]! += weights[index]!
      if (gains[index]! < heaviest) continue
      gains[index]! -= heaviest
      turns.push(index)
    }
  }
  return turns
}

/** The first free place of a permutation, from `start` on. */
function freePlace(table: Int32Array, start: number, skip: number): number {
  let place = start
  while (table[place] !== FREE) {
    place += skip
    if (place >= PLACES) place -= PLACES
  }
  return place
}

export function maglev<T extends BalanceTarget>(members: readonly Member[]): KeyOrder<T> {
  return new Maglev<T>(members)
}
