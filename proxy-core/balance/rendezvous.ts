/**
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and
 * Schomaker 2005): every target has the score −w / ln(h) for a key, with h uniform in (0, 1)
 * from key and address, and the highest score wins. A target that leaves takes along only its
 * own keys, which spread over the others by weight. Nothing but the present targets decides.
 *
 * −w / ln(h) is at most w / (1 − h), because ln(h) ≤ h − 1. So most targets are ruled out by one
 * multiplication, and a logarithm is taken only of those that may still win.
 */
import type { BalanceTarget } from './balancer.ts'
import { avalanche, keyHash } from './key-hash.ts'
import { byAddress, type Gate, type KeyOrder } from './key-order.ts'

/** Tells two addresses apart that the first seed does not: once in 2^32 pairs. */
const SECOND_SEED = 1

class Rendezvous<T extends BalanceTarget> implements KeyOrder<T> {
  /** The heaviest first, because they win most often; by address among equals. */
  #targets: readonly T[] = []
  #weights = new Float64Array(0)
  #seeds = new Int32Array(0)
  #secondSeeds = new Int32Array(0)

  rebuild(targets: readonly T[]): void {
    const ordered = byAddress(targets).sort((a, b) => b.weight - a.weight)
    this.#targets = ordered
    this.#weights = Float64Array.from(ordered, ({ weight }) => weight)
    this.#seeds = Int32Array.from(ordered, ({ address }) => keyHash(address))
    this.#secondSeeds = Int32Array.from(ordered, ({ address }) => keyHash(address, SECOND_SEED))
  }

  first(hash: number, gate: Gate<T>): T | undefined {
    const { length } = this.#targets
    let best = -1
    let bestScore = 0
    for (let index = 0; index < length; index++) {
      const share = (avalanche(hash ^ this.#seeds[index]!) + 0.5) / 2 ** 32
      const weight = this.#weights[index]!
      if (weight < bestScore * (1 - share)) continue
      if (!gate.admits(this.#targets[index]!, hash)) continue
      const score = -weight / Math.log(share)
      if (score < bestScore || (score === bestScore && !this.#isAbove(hash, index, best))) continue
      best = index
      bestScore = score
    }
    return this.#targets[best]
  }

  #isAbove(hash: number, challenger: number, champion: number): boolean {
    const second = (index: number): number => avalanche(hash ^ (this.#secondSeeds[index] ?? 0))
    return second(challenger) > second(champion)
  }
}

export function rendezvous<T extends BalanceTarget>(): KeyOrder<T> {
  return new Rendezvous<T>()
}
