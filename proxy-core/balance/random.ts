/**
 * The power of two choices (Mitzenmacher 2001): two targets are drawn at random, in
 * proportion to their weights, and the one with less load per weight is picked.
 */
import type { Random } from '../time/clock.ts'
import { AliasTable } from './alias-table.ts'
import type { Balancer, BalancerFactory, BalanceTarget, PickRequest } from './balancer.ts'

/** Draws that a retry spends before it looks at every target. */
const DRAWS = 8

class RandomOfTwo<T extends BalanceTarget> implements Balancer<T> {
  readonly #random: Random
  #targets: readonly T[] = []
  #table = new AliasTable([])

  constructor(random: Random) {
    this.#random = random
  }

  rebuild(targets: readonly T[]): void {
    this.#targets = targets.slice()
    this.#table = new AliasTable(targets.map((target) => target.effectiveWeight))
  }

  pick(_request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    if (excluded !== undefined && excluded.size > 0) return this.#pickOther(excluded)
    const count = this.#targets.length
    if (count <= 1) return this.#targets[0]
    const first = this.#table.draw(this.#random)
    let second = this.#table.draw(this.#random)
    if (second === first) {
      // One of the others, so that a heavy target is not compared with itself.
      second = Math.floor(this.#random() * (count - 1))
      if (second >= first) second++
    }
    return lessLoaded(this.#targets[first], this.#targets[second])
  }

  #pickOther(excluded: ReadonlySet<T>): T | undefined {
    const first = this.#drawOther(excluded)
    return first === undefined ? undefined : lessLoaded(first, this.#drawOther(excluded))
  }

  #drawOther(excluded: ReadonlySet<T>): T | undefined {
    for (let draw = 0; draw < DRAWS; draw++) {
      const target = this.#targets[this.#table.draw(this.#random)]
      if (target !== undefined && !excluded.has(target)) return target
    }
    // The excluded targets hold most of the weight: one pass over the others, each replacing
    // the choice so far with its share of the weight seen (reservoir sampling).
    let chosen: T | undefined
    let seenWeight = 0
    for (const target of this.#targets) {
      if (excluded.has(target)) continue
      seenWeight += target.effectiveWeight
      if (this.#random() * seenWeight < target.effectiveWeight) chosen = target
    }
    return chosen
  }
}

/** The first among equals: it was drawn by weight. */
function lessLoaded<T extends BalanceTarget>(
  first: T | undefined,
  second: T | undefined
): T | undefined {
  if (first === undefined || second === undefined) return first ?? second
  const isSecondLess = second.load * first.effectiveWeight < first.load * second.effectiveWeight
  return isSecondLess ? second : first
}

export const randomOfTwo: BalancerFactory = <T extends BalanceTarget>(random: Random) =>
  new RandomOfTwo<T>(random)
