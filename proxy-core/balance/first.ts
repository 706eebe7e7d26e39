/**
 * The first target of the configuration that has a free slot (`first`, as in HAProxy): the
 * fewest backends work, and the last ones may be switched off. When none has one, the first.
 */
import type { Balancer, BalancerFactory, BalanceTarget, PickRequest } from './balancer.ts'

const BITS = 32

class First<T extends BalanceTarget> implements Balancer<T> {
  #targets: readonly T[] = []
  #places: ReadonlyMap<T, number> = new Map()
  /** A bit for each target that had a free slot when its load last changed; the first is highest. */
  #free = new Uint32Array(0)

  rebuild(targets: readonly T[]): void {
    this.#targets = targets.slice()
    this.#places = new Map(targets.map((target, place) => [target, place]))
    this.#free = new Uint32Array(Math.ceil(targets.length / BITS))
    for (const [place, target] of targets.entries()) this.#mark(place, hasSlot(target))
  }

  pick(_request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    if (excluded !== undefined && excluded.size > 0) return this.#firstBeside(excluded)
    for (let word = 0; word < this.#free.length; word++) {
      const bits = this.#free[word] ?? 0
      if (bits !== 0) return this.#targets[word * BITS + Math.clz32(bits)]
    }
    return this.#targets[0]
  }

  loadChanged(target: T): void {
    const place = this.#places.get(target)
    if (place !== undefined) this.#mark(place, hasSlot(target))
  }

  #firstBeside(excluded: ReadonlySet<T>): T | undefined {
    let full: T | undefined
    for (const target of this.#targets) {
      if (excluded.has(target)) continue
      if (hasSlot(target)) return target
      full ??= target
    }
    return full
  }

  #mark(place: number, isFree: boolean): void {
    const word = Math.floor(place / BITS)
    const bit = 1 << (BITS - 1 - (place % BITS))
    this.#free[word] = isFree ? this.#free[word]! | bit : this.#free[word]! & ~bit
  }
}

function hasSlot(target: BalanceTarget): boolean {
  return target.openSlots === 0 || target.load < target.openSlots
}

export const first: BalancerFactory = <T extends BalanceTarget>() => new First<T>()
