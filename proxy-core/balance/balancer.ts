/**
 * What a balancing algorithm is. One algorithm = one file that exports a
 * `BalancerFactory`, one test beside it, and one line in `registry.ts`.
 *
 * An algorithm sees the targets of one failover level; `failover-levels.ts` chooses the level.
 */
import type { HashSettings, PartitionSettings } from '../model/balance-settings.ts'
import type { Random } from '../time/clock.ts'

/** The part of a backend that an algorithm may look at. */
export interface BalanceTarget {
  /** Stable key for hashing: the configured address. Unique within a pool. */
  readonly address: string
  /** 0 = primary, 1 = first backup, … */
  readonly level: number
  /**
   * A whole number from 1 to 256; a target of weight 0 is never passed to `rebuild`. During slow
   * starts those of a level are scaled together: only their ratios mean something then.
   */
  readonly effectiveWeight: number
  /** The same without slow starts and without scaling: what tables are made of. */
  readonly weight: number
  /** The share of its weight that it may have during a slow start, above 0; else 1. */
  readonly warmth: number
  /** Requests in flight and queued, read at the moment of the pick. */
  readonly load: number
  /** Up to which load it takes requests; 0 = any. Above, the pool asks for another target. */
  readonly openSlots: number
}

export interface PickRequest {
  /** The client's address as trusted-proxy handling found it. */
  readonly clientAddress: string
  /** What the pool's `hash.key` or `partition.key` found in the request; '' = nothing. */
  readonly key: string
}

/** A target as it is configured, eligible or not. */
export interface Member {
  readonly address: string
  readonly level: number
  readonly weight: number
}

/** What an algorithm may need beside its targets. */
export interface BalanceOptions {
  readonly hash: HashSettings | null
  readonly partition: PartitionSettings | null
  /** Of all levels, in the order of the configuration. */
  readonly members: readonly Member[]
  /** Monotonic milliseconds, as of the event that is being handled. */
  readonly now: () => number
}

export interface Balancer<T extends BalanceTarget> {
  /**
   * The eligible targets, in the order of the configuration. Called on every change of
   * eligibility or weight, never per request: put the expensive work here. A call that
   * changes nothing does not disturb the order of picks.
   */
  rebuild(targets: readonly T[]): void
  /**
   * The target for one request, or undefined if there is none for it.
   * `excluded`: targets that this request already tried; another is returned as long as
   * one exists, and undefined when all were tried.
   */
  pick(request: PickRequest, excluded?: ReadonlySet<T>): T | undefined
  /**
   * For algorithms whose order depends on `load`: called after the load of a target changed.
   * Absent where an algorithm does not care, so that the hot path can skip it. Targets that
   * are not in the rotation are ignored.
   */
  loadChanged?(target: T): void
  /**
   * For algorithms that learn: called once for each attempt that ended on a target, with the
   * time to the head of its response, or until it was given up. `hasFailed`: no whole response,
   * or one of status 500 and above. Absent where an algorithm does not learn.
   */
  observed?(target: T, latencyMs: number, hasFailed: boolean): void
}

export type BalancerFactory = <T extends BalanceTarget>(
  random: Random,
  options: BalanceOptions
) => Balancer<T>
