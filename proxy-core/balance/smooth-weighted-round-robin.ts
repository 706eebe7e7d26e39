/**
 * Round robin by weight, spread as evenly as nginx spreads it: {5, 1, 1} gives a a b a c a a.
 * A pick reads the next entry of a schedule that is computed ahead in small chunks.
 */
import type { Balancer, BalancerFactory, BalanceTarget, PickRequest } from './balancer.ts'
import { WeightedSchedule } from './weighted-schedule.ts'

/** Turns computed at a time: a change of a large pool costs one chunk, not a whole period. */
const CHUNK = 64
/** A longer period is not kept as a whole but computed again and again, chunk by chunk. */
const CAPACITY = 16_384
/** Turns that a retry walks on through before it looks at every target. */
const RETRY_TURNS = 256

class SmoothWeightedRoundRobin<T extends BalanceTarget> implements Balancer<T> {
  /** In the order of the configuration. */
  #targets: readonly T[] = []
  #weights: readonly number[] = []
  /** In the order of the schedule. */
  #ordered: readonly T[] = []
  #schedule = new WeightedSchedule([])
  /** The turns computed so far, from the beginning of the period or of the last refill. */
  #turns: T[] = []
  #position = 0
  #retryCursor = 0

  rebuild(targets: readonly T[]): void {
    if (this.#isUnchanged(targets)) return
    // The new order begins after the last pick: beginning with the first target at every
    // change would load it more than the others whenever some backend flaps.
    const start = this.#continuationIn(targets)
    this.#ordered = [...targets.slice(start), ...targets.slice(0, start)]
    this.#schedule = new WeightedSchedule(this.#ordered.map((target) => target.effectiveWeight))
    this.#targets = targets.slice()
    this.#weights = targets.map((target) => target.effectiveWeight)
    this.#turns = []
    this.#position = 0
  }

  pick(_request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    if (excluded !== undefined && excluded.size > 0) return this.#pickOther(excluded)
    return this.#takeTurn()
  }

  #takeTurn(): T | undefined {
    if (this.#position === this.#turns.length) this.#computeAhead()
    const target = this.#turns[this.#position]
    if (target !== undefined) this.#position++
    return target
  }

  /** Skipped targets lose their turns, so that retries spread over the others as requests do. */
  #pickOther(excluded: ReadonlySet<T>): T | undefined {
    for (let left = Math.min(this.#schedule.period, RETRY_TURNS); left > 0; left--) {
      const target = this.#takeTurn()
      if (target !== undefined && !excluded.has(target)) return target
    }
    // The excluded targets hold nearly all of the weight: whoever is left takes the request.
    const targets = this.#targets
    for (let left = targets.length; left > 0; left--) {
      this.#retryCursor = (this.#retryCursor + 1) % targets.length
      const target = targets[this.#retryCursor]
      if (target !== undefined && !excluded.has(target)) return target
    }
    return undefined
  }

  #computeAhead(): void {
    const { period } = this.#schedule
    this.#position = 0
    // A complete period repeats as it is.
    if (this.#turns.length === period) return
    if (this.#turns.length >= CAPACITY) this.#turns = []
    this.#position = this.#turns.length
    const count = Math.min(CHUNK, period - this.#turns.length)
    for (let turn = 0; turn < count; turn++) {
      const target = this.#ordered[this.#schedule.next()]
      if (target !== undefined) this.#turns.push(target)
    }
  }

  #isUnchanged(targets: readonly T[]): boolean {
    return (
      targets.length === this.#targets.length &&
      targets.every(
        (target, i) => target === this.#targets[i] && target.effectiveWeight === this.#weights[i]
      )
    )
  }

  /** The index in the new targets of the one whose turn it would have been. */
  #continuationIn(targets: readonly T[]): number {
    const places = new Map(targets.map((target, place) => [target, place]))
    const last = this.#turns[this.#position - 1]
    const lastPlace = last === undefined ? undefined : places.get(last)
    if (lastPlace !== undefined) return (lastPlace + 1) % targets.length
    const former = this.#targets
    const due = last === undefined ? this.#ordered[0] : last
    const from = due === undefined ? 0 : former.indexOf(due)
    for (let step = 0; step < former.length; step++) {
      const candidate = former[(from + step) % former.length]
      const place = candidate === undefined ? undefined : places.get(candidate)
      if (place !== undefined) return place
    }
    return 0
  }
}

export const smoothWeightedRoundRobin: BalancerFactory = <T extends BalanceTarget>() =>
  new SmoothWeightedRoundRobin<T>()
