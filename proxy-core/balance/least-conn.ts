/**
 * The target with the least load per weight, as nginx and HAProxy compare it; load counts
 * requests in flight and queued. Among equals the turn goes round by weight.
 *
 * The targets form a binary heap, so that neither a pick nor a change of load scans them.
 */
import type { Balancer, BalancerFactory, BalanceTarget, PickRequest } from './balancer.ts'

interface Seat<T> {
  readonly target: T
  readonly weight: number
  /** Index in the configuration: the last word among equals. */
  readonly order: number
  /** As of the last `loadChanged`: the heap must not shift under a value that nobody announced. */
  load: number
  /** When the next turn among equals is due, in turns of weight 1. */
  due: number
  /** Index in the heap. */
  place: number
}

class LeastConn<T extends BalanceTarget> implements Balancer<T> {
  #seats: ReadonlyMap<T, Seat<T>> = new Map()
  #heap: Seat<T>[] = []
  /** The turn of the last pick. */
  #now = 0

  rebuild(targets: readonly T[]): void {
    const seats = targets.map((target, order): Seat<T> => {
      const weight = target.effectiveWeight
      const due = this.#dueWith(weight, this.#seats.get(target))
      return { target, weight, order, load: target.load, due, place: 0 }
    })
    this.#seats = new Map(seats.map((seat) => [seat.target, seat]))
    // An ordered array is a heap.
    this.#heap = seats.sort(compareSeats)
    for (const [place, seat] of seats.entries()) seat.place = place
  }

  pick(_request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    const hasTried = excluded !== undefined && excluded.size > 0
    const seat = hasTried ? this.#best(0, excluded) : this.#heap[0]
    if (seat === undefined) return undefined
    // Start-time fair queueing (Goyal 1996): who was busy or away does not catch up.
    this.#now = Math.max(this.#now, seat.due)
    seat.due = this.#now + 1 / seat.weight
    this.#sink(seat)
    return seat.target
  }

  loadChanged(target: T): void {
    const seat = this.#seats.get(target)
    if (seat === undefined) return
    const load = target.load
    const hasGrown = load > seat.load
    seat.load = load
    if (hasGrown) this.#sink(seat)
    else this.#rise(seat)
  }

  /** The first that was not tried: only the children of tried ones are looked at. */
  #best(place: number, excluded: ReadonlySet<T>): Seat<T> | undefined {
    const seat = this.#heap[place]
    if (seat === undefined || !excluded.has(seat.target)) return seat
    const left = this.#best(place * 2 + 1, excluded)
    const right = this.#best(place * 2 + 2, excluded)
    if (left === undefined || right === undefined) return left ?? right
    return compareSeats(left, right) < 0 ? left : right
  }

  /** A turn that is still to come lasts as long as the new weight makes it. */
  #dueWith(weight: number, former: Seat<T> | undefined): number {
    if (former === undefined || former.due <= this.#now) return former?.due ?? 0
    return this.#now + ((former.due - this.#now) * former.weight) / weight
  }

  #rise(seat: Seat<T>): void {
    while (seat.place > 0) {
      const parent = this.#heap[(seat.place - 1) >> 1]
      if (parent === undefined || compareSeats(parent, seat) <= 0) return
      this.#swap(parent, seat)
    }
  }

  #sink(seat: Seat<T>): void {
    for (;;) {
      const left = this.#heap[seat.place * 2 + 1]
      const right = this.#heap[seat.place * 2 + 2]
      if (left === undefined) return
      const lesser = right !== undefined && compareSeats(right, left) < 0 ? right : left
      if (compareSeats(seat, lesser) <= 0) return
      this.#swap(seat, lesser)
    }
  }

  #swap(above: Seat<T>, below: Seat<T>): void {
    const { place } = above
    above.place = below.place
    below.place = place
    this.#heap[above.place] = above
    this.#heap[below.place] = below
  }
}

/** Negative when `a` is picked before `b`. Loads are compared crosswise, without division. */
function compareSeats<T>(a: Seat<T>, b: Seat<T>): number {
  return a.load * b.weight - b.load * a.weight || a.due - b.due || a.order - b.order
}

export const leastConn: BalancerFactory = <T extends BalanceTarget>() => new LeastConn<T>()
