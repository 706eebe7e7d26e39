/** The order in which a method of hashing offers the targets of a pool to one key. */
import type { BalanceTarget } from './balancer.ts'
import { avalanche } from './key-hash.ts'
import type { LoadBound } from './load-bound.ts'

export interface KeyOrder<T extends BalanceTarget> {
  /** The eligible targets, in the order of the configuration. */
  rebuild(targets: readonly T[]): void
  /** The first target in the order of `hash` that the gate admits; undefined when there is none. */
  first(hash: number, gate: Gate<T>): T | undefined
}

/** Makes another part of the keys wait than tables and scores would choose. */
const COLD_SEED = 0x2545f491

/** Who may take a key at the moment. A balancer has one and sets it anew for each pick. */
export class Gate<T extends BalanceTarget> {
  /** Targets that were tried; null: none. */
  excluded: ReadonlySet<T> | null = null
  bound: LoadBound<T> | null = null
  /**
   * Whether targets in slow start take only the part of their keys that their warmth is. The
   * part grows and never changes otherwise, so that each key comes home once; tables stay as
   * they are, and no key of another target moves.
   */
  sparesCold = true

  admits(target: T, hash: number): boolean {
    if (this.excluded !== null && this.excluded.has(target)) return false
    if (this.sparesCold && target.warmth < 1) {
      if (avalanche(hash ^ COLD_SEED) >= target.warmth * 2 ** 32) return false
    }
    return this.bound === null || this.bound.hasRoom(target)
  }
}

/**
 * For walks that met too many closed targets in a row: the first open one from an arbitrary
 * place on that depends on the key alone.
 */
export function firstOpenFrom<T extends BalanceTarget>(
  targets: readonly T[],
  hash: number,
  gate: Gate<T>
): T | undefined {
  const { length } = targets
  for (let step = 0; step < length; step++) {
    const target = targets[(hash + step) % length]
    if (target !== undefined && gate.admits(target, hash)) return target
  }
  return undefined
}

/** By address: an order that depends neither on the file nor on who is eligible. */
export function byAddress<T extends { readonly address: string }>(targets: readonly T[]): T[] {
  return [...targets].sort((a, b) => (a.address < b.address ? -1 : 1))
}
