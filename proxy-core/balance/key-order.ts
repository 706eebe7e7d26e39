/** The order in which a method of hashing offers the targets of a pool to one key. */
import type { BalanceTarget } from './balancer.ts'
import type { LoadBound } from './load-bound.ts'

export interface KeyOrder<T extends BalanceTarget> {
  /** The eligible targets, in the order of the configuration. */
  rebuild(targets: readonly T[]): void
  /**
   * The first target in the order of `hash` that was not tried and has room; undefined when
   * there is none. `excluded` and `bound` are null where there is nothing to look at.
   */
  first(hash: number, excluded: ReadonlySet<T> | null, bound: LoadBound<T> | null): T | undefined
}

export function isOpen<T extends BalanceTarget>(
  target: T,
  excluded: ReadonlySet<T> | null,
  bound: LoadBound<T> | null
): boolean {
  if (excluded !== null && excluded.has(target)) return false
  return bound === null || bound.hasRoom(target)
}

/**
 * For walks that met too many closed targets in a row: the first open one from an arbitrary
 * place on that depends on the key alone.
 */
export function firstOpenFrom<T extends BalanceTarget>(
  targets: readonly T[],
  hash: number,
  excluded: ReadonlySet<T> | null,
  bound: LoadBound<T> | null
): T | undefined {
  const { length } = targets
  for (let step = 0; step < length; step++) {
    const target = targets[(hash + step) % length]
    if (target !== undefined && isOpen(target, excluded, bound)) return target
  }
  return undefined
}

/** By address: an order that depends neither on the file nor on who is eligible. */
export function byAddress<T extends BalanceTarget>(targets: readonly T[]): T[] {
  return [...targets].sort((a, b) => (a.address < b.address ? -1 : 1))
}
