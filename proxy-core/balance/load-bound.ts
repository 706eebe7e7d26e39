/**
 * Bounded loads (Mirrokni, Thorup and Zadimoghaddam, 2017): no target takes a request that
 * would bring it above ceil(c × (all requests + 1) × its weight / all weights), where `all` are
 * the targets that take part. With c ≥ 1 there is always one with room.
 */
import type { BalanceTarget } from './balancer.ts'

/** Takes back what binary fractions add: 1.12 × 25 comes out a little above 28. */
const ROUNDING = 1e-9

export class LoadBound<T extends BalanceTarget> {
  /** c. */
  readonly #factor: number
  /** As of the last `loadChanged`, so that the sum never drifts from its parts. */
  readonly #loads = new Map<T, number>()
  #totalLoad = 0
  #totalWeight = 0

  constructor(factor: number) {
    this.#factor = factor
  }

  rebuild(targets: readonly T[]): void {
    this.#loads.clear()
    this.#totalLoad = this.#totalWeight = 0
    for (const target of targets) {
      this.#loads.set(target, target.load)
      this.#totalLoad += target.load
      this.#totalWeight += target.effectiveWeight
    }
  }

  loadChanged(target: T): void {
    const known = this.#loads.get(target)
    if (known === undefined) return
    this.#loads.set(target, target.load)
    this.#totalLoad += target.load - known
  }

  /** Whether one more request keeps the target within the bound. */
  hasRoom(target: T): boolean {
    const fair = ((this.#totalLoad + 1) * target.effectiveWeight) / this.#totalWeight
    return target.load < Math.ceil(this.#factor * fair - ROUNDING)
  }
}
