/**
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and
 * Schomaker 2005): every target has the score −w / ln(h) for a key, with h uniform in (0, 1)
 * from key and address, and the highest score wins. A target that leaves takes along only its
 * own keys, which spread over the others by weight. Nothing but the present targets decides.
 *
 * Among targets of one weight the highest hash has the highest score. So only the best of each
 * weight needs a logarithm; the rest is one multiply-and-compare a target.
 */
import type { BalanceTarget } from './balancer.ts'
import { avalanche, keyHash } from './key-hash.ts'
import { byAddress, isOpen, type KeyOrder } from './key-order.ts'
import type { LoadBound } from './load-bound.ts'

/** Tells two addresses apart that the first seed does not: once in 2^32 pairs. */
const SECOND_SEED = 1

/** Targets of one weight; `end` is behind the last one. */
interface Group {
  readonly weight: number
  readonly start: number
  readonly end: number
}

class Rendezvous<T extends BalanceTarget> implements KeyOrder<T> {
  /** By weight, and by address within a weight. */
  #targets: readonly T[] = []
  #groups: readonly Group[] = []
  #seeds = new Int32Array(0)
  #secondSeeds = new Int32Array(0)

  rebuild(targets: readonly T[]): void {
    const ordered = byAddress(targets).sort((a, b) => a.effectiveWeight - b.effectiveWeight)
    this.#targets = ordered
    this.#groups = groupsOf(ordered)
    this.#seeds = Int32Array.from(ordered, ({ address }) => keyHash(address))
    this.#secondSeeds = Int32Array.from(ordered, ({ address }) => keyHash(address, SECOND_SEED))
  }

  first(hash: number, excluded: ReadonlySet<T> | null, bound: LoadBound<T> | null): T | undefined {
    let best: T | undefined
    let bestScore = 0
    for (const group of this.#groups) {
      const top = this.#topOf(group, hash, excluded, bound)
      if (top < 0) continue
      const share = (avalanche(hash ^ (this.#seeds[top] ?? 0)) + 0.5) / 2 ** 32
      const score = -group.weight / Math.log(share)
      if (score <= bestScore) continue
      best = this.#targets[top]
      bestScore = score
    }
    return best
  }

  /** The index of the open target with the highest hash; -1 without one. */
  #topOf(
    { start, end }: Group,
    hash: number,
    excluded: ReadonlySet<T> | null,
    bound: LoadBound<T> | null
  ): number {
    const isFiltered = excluded !== null || bound !== null
    let top = -1
    let topHash = -1
    for (let index = start; index < end; index++) {
      if (isFiltered && !isOpen(this.#targets[index]!, excluded, bound)) continue
      const found = avalanche(hash ^ (this.#seeds[index] ?? 0))
      if (found < topHash || (found === topHash && !this.#isAbove(hash, index, top))) continue
      top = index
      topHash = found
    }
    return top
  }

  #isAbove(hash: number, challenger: number, champion: number): boolean {
    const second = (index: number): number => avalanche(hash ^ (this.#secondSeeds[index] ?? 0))
    return second(challenger) > second(champion)
  }
}

/** `ordered` by weight. */
function groupsOf(ordered: readonly BalanceTarget[]): readonly Group[] {
  const groups: Group[] = []
  for (let start = 0; start < ordered.length;) {
    const weight = ordered[start]!.effectiveWeight
    let end = start + 1
    while (ordered[end]?.effectiveWeight === weight) end++
    groups.push({ weight, start, end })
    start = end
  }
  return groups
}

export function rendezvous<T extends BalanceTarget>(): KeyOrder<T> {
  return new Rendezvous<T>()
}
