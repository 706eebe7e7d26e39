/**
 * Two targets drawn at random in proportion to their weights: the power of two choices
 * (Mitzenmacher 2001) without the choice, which is the algorithm's.
 */
import type { Random } from '../time/clock.ts'
import { AliasTable } from './alias-table.ts'
import type { BalanceTarget } from './balancer.ts'

/** Draws that a retry spends before it looks at every target. */
const DRAWS = 8
export const NOBODY = -1

export class TwoDraws<T extends BalanceTarget> {
  /** Of the last `draw`: indices of targets, or `NOBODY`. Without others both can be one. */
  first = NOBODY
  second = NOBODY
  readonly #random: Random
  #targets: readonly T[] = []
  #table = new AliasTable([])

  constructor(random: Random) {
    this.#random = random
  }

  /** `targets` are kept as they are. */
  rebuild(targets: readonly T[]): void {
    this.#targets = targets
    this.#table = new AliasTable(targets.map((target) => target.effectiveWeight))
  }

  /** Sets `first` and `second`. `excluded` are passed over. */
  draw(excluded?: ReadonlySet<T>): void {
    if (excluded !== undefined && excluded.size > 0) {
      this.first = this.#drawOther(excluded)
      this.second = this.first === NOBODY ? NOBODY : this.#drawOther(excluded)
      return
    }
    const count = this.#targets.length
    this.first = count === 0 ? NOBODY : 0
    this.second = NOBODY
    if (count <= 1) return
    this.first = this.#table.draw(this.#random)
    this.second = this.#table.draw(this.#random)
    if (this.second !== this.first) return
    // One of the others, so that a heavy target is not compared with itself.
    this.second = Math.floor(this.#random() * (count - 1))
    if (this.second >= this.first) this.second++
  }

  #drawOther(excluded: ReadonlySet<T>): number {
    for (let draw = 0; draw < DRAWS; draw++) {
      const index = this.#table.draw(this.#random)
      const target = this.#targets[index]
      if (target !== undefined && !excluded.has(target)) return index
    }
    // The excluded targets hold most of the weight: one pass over the others, each replacing
    // the choice so far with its share of the weight seen (reservoir sampling).
    let chosen = NOBODY
    let seenWeight = 0
    for (const [index, target] of this.#targets.entries()) {
      if (excluded.has(target)) continue
      seenWeight += target.effectiveWeight
      if (this.#random() * seenWeight < target.effectiveWeight) chosen = index
    }
    return chosen
  }
}
