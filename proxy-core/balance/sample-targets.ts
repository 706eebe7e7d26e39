/** Targets and repeatable randomness for tests and benchmarks. */
import type { Random } from '../time/clock.ts'
import type { BalanceOptions, BalanceTarget, PickRequest } from './balancer.ts'

export interface SampleTarget extends BalanceTarget {
  effectiveWeight: number
  weight: number
  warmth: number
  load: number
  openSlots: number
  readonly level: number
  /** a, b, …, z, then t26, t27, … */
  readonly name: string
}

export function sampleTargets(weights: readonly number[], level = 0): SampleTarget[] {
  return weights.map((weight, index) => {
    const name = index < 26 ? String.fromCharCode(0x61 + index) : `t${index}`
    const address = `10.0.${level}.${index}:80`
    const load = { load: 0, openSlots: 0 }
    return { name, address, effectiveWeight: weight, weight, warmth: 1, level, ...load }
  })
}

export const SAMPLE_REQUEST: PickRequest = { clientAddress: '192.0.2.1', key: '' }

/** Distinct IPv4 addresses, and distinct keys. */
export function sampleClient(index: number): PickRequest {
  const clientAddress = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`
  return { clientAddress, key: `case-${index}` }
}

/** Options of a pool that writes none, at a time that stands still. */
export function sampleOptions(parts: Partial<BalanceOptions> = {}): BalanceOptions {
  return { hash: null, partition: null, members: [], now: () => 0, ...parts }
}

/** The same numbers for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
