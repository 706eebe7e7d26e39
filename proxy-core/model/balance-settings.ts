/** What the algorithms that have settings of their own are told by the configuration. */
import type { RequestKey } from './request-key.ts'

export const HASH_METHODS = ['rendezvous', 'maglev', 'ring'] as const
export type HashMethod = (typeof HASH_METHODS)[number]

/** `pools[].hash`, for `algorithm: hash`. */
export interface HashSettings {
  readonly key: RequestKey
  readonly method: HashMethod
  /**
   * The most that a backend may have, as a multiple of its fair share of the requests in
   * flight; at least 1. 0: no bound.
   */
  readonly loadBound: number
}

export const PARTITION_METHODS = ['modulo', 'consistent'] as const
export type PartitionMethod = (typeof PARTITION_METHODS)[number]

/** What becomes of a partition whose backend takes no requests: see `balance/partition.ts`. */
export const UNAVAILABLE_RULES = ['next', 'refuse'] as const
export type UnavailableRule = (typeof UNAVAILABLE_RULES)[number]

/** `pools[].partition`, for `algorithm: partition`. */
export interface PartitionSettings {
  readonly key: RequestKey
  readonly method: PartitionMethod
  /** Partitions; 0: with `modulo` as many as the level has backends, else one for each key. */
  readonly count: number
  /** Of `modulo`. */
  readonly whenUnavailable: UnavailableRule
}

/** The settings of a pool that decide which key its requests have. */
export interface KeyedSettings {
  readonly algorithm: string
  readonly hash: HashSettings | null
  readonly partition: PartitionSettings | null
}

/** null: the algorithm of the pool looks at no key. */
export function requestKeyOf(pool: KeyedSettings): RequestKey | null {
  if (pool.algorithm === 'hash') return pool.hash?.key ?? null
  if (pool.algorithm === 'partition') return pool.partition?.key ?? null
  return null
}
