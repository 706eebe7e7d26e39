/** Keys and what became of them, for tests of the algorithms that go by a key. */
import type { BalanceTarget, Member } from './balancer.ts'
import { keyHash } from './key-hash.ts'
import { Gate, type KeyOrder } from './key-order.ts'

/** The hashes of `case-0`, `case-1`, … */
export function sampleHashes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => keyHash(`case-${index}`))
}

/** The target of each key. */
export function homesOf<T extends BalanceTarget>(
  order: KeyOrder<T>,
  hashes: readonly number[]
): readonly (T | undefined)[] {
  const gate = new Gate<T>()
  return hashes.map((hash) => order.first(hash, gate))
}

/** Of the keys, 0 to 1. */
export function shareOf<T>(homes: readonly (T | undefined)[], target: T): number {
  return homes.filter((home) => home === target).length / homes.length
}

/** The targets as the configuration has them. */
export function membersOf(targets: readonly BalanceTarget[]): readonly Member[] {
  return targets.map(({ address, level, weight }) => ({ address, level, weight }))
}
