/**
 * Weighted random choice in constant time (Walker's alias method in Vose's form, 1991):
 * every column holds one share of the average weight, filled up from at most one other index.
 */
import type { Random } from '../time/clock.ts'

export class AliasTable {
  /** The share of a column that belongs to its own index, 0 to 1. */
  readonly #own: Float64Array
  /** Whom the rest of the column belongs to. */
  readonly #alias: Uint32Array

  /** Weights above 0. */
  constructor(weights: readonly number[]) {
    const count = weights.length
    this.#own = new Float64Array(count).fill(1)
    this.#alias = Uint32Array.from({ length: count }, (_, index) => index)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const shares = weights.map((weight) => (weight * count) / total)
    const small: number[] = []
    const large: number[] = []
    for (const [index, share] of shares.entries()) (share < 1 ? small : large).push(index)
    for (;;) {
      const giver = large.at(-1)
      const taker = giver === undefined ? undefined : small.pop()
      // What is left over is a whole column up to rounding.
      if (giver === undefined || taker === undefined) return
      const own = shares[taker] ?? 1
      this.#own[taker] = own
      this.#alias[taker] = giver
      const left = (shares[giver] ?? 1) - (1 - own)
      shares[giver] = left
      if (left < 1) small.push(large.pop() ?? giver)
    }
  }

  /** An index with a probability in proportion to its weight; -1 of an empty table. */
  draw(random: Random): number {
    const count = this.#own.length
    if (count === 0) return -1
    const point = random() * count
    const column = Math.floor(point)
    const own = this.#own[column] ?? 1
    return point - column < own ? column : (this.#alias[column] ?? column)
  }
}
