/** What is told of the failover of a pool: through the admin API, the command line and the console. */
import { z } from 'zod'
import {
  FAILBACKS,
  FAILOVER_MODES,
  FAILOVER_PHASES,
  FAILOVER_STRATEGIES
} from './failover-state.ts'

export const failoverTransitionSchema = z.strictObject({
  /** Wall-clock milliseconds, as everywhere here. */
  atMs: z.number(),
  from: z.enum(FAILOVER_PHASES),
  to: z.enum(FAILOVER_PHASES),
  /** The level that traffic went to, or was moving to, before and after. */
  fromLevel: z.int(),
  toLevel: z.int(),
  isManual: z.boolean(),
  /** With the numbers that caused it. */
  reason: z.string()
})

export const failoverLevelSchema = z.strictObject({
  level: z.int().nonnegative(),
  /** With a weight above 0. */
  backends: z.int().nonnegative(),
  eligible: z.int().nonnegative(),
  /** Of the requests of the pool, 0 to 1; all levels together have 1, or 0 when none serves. */
  share: z.number().min(0).max(1),
  /** Fewer than `min_eligible` of its backends are eligible. */
  isLost: z.boolean()
})

export const failoverStatusSchema = z.strictObject({
  pool: z.string(),
  /** The pool has two or more levels and its failover is not switched off. */
  isEnabled: z.boolean(),
  phase: z.enum(FAILOVER_PHASES),
  /** Another level than the first has traffic, or a part of it. */
  isFailedOver: z.boolean(),
  mode: z.enum(FAILOVER_MODES),
  strategy: z.enum(FAILOVER_STRATEGIES),
  failback: z.enum(FAILBACKS),
  /** The level that serves, or the one that gets the larger share while two do; -1 = none. */
  activeLevel: z.int(),
  /** The level that traffic belongs to, also while nobody there can serve. */
  level: z.int(),
  /** Nobody serves while the delay of a lost level runs: requests wait for `level`. */
  isWaiting: z.boolean(),
  /** Why an operator has nothing to switch, as half a sentence; null = he has. */
  obstacle: z.string().nullable(),
  /** The level that an operator chose; null = nobody did. */
  latchedLevel: z.int().nullable(),
  /** It is held also with fewer than `min_eligible` backends. */
  isLatchForced: z.boolean(),
  /** Why it was chosen; null = nobody did. */
  latchReason: z.string().nullable(),
  /** Since when the phase holds. */
  sinceMs: z.number(),
  /** When the wait that runs will be over if nothing changes; null = nothing is waited for. */
  dueAtMs: z.number().nullable(),
  levels: z.array(failoverLevelSchema),
  /** The newest 50, oldest first. */
  transitions: z.array(failoverTransitionSchema),
  /** Times that traffic left level 0, or was made to, since the engine started. */
  activations: z.int().nonnegative(),
  lastActivationMs: z.number().nullable(),
  /** How long the last failover lasted; of one that lasts, until now; null = there was none. */
  lastDurationMs: z.number().nonnegative().nullable()
})

/** What an activation would do now: nothing is changed by asking. */
export const failoverPreviewSchema = z.strictObject({
  pool: z.string(),
  fromLevel: z.int(),
  /** null: no level could take over. */
  toLevel: z.int().nullable(),
  /** Sentences: what would happen, in order. */
  steps: z.array(z.string()),
  /** Sentences: what speaks against it. */
  warnings: z.array(z.string()),
  /** The backends that would take over. */
  standby: z.array(
    z.strictObject({
      address: z.string(),
      isEligible: z.boolean(),
      health: z.string(),
      reason: z.string()
    })
  )
})

export const failoverChangeSchema = z.strictObject({
  /** false: it was so already. */
  changed: z.boolean(),
  status: failoverStatusSchema
})

export type FailoverTransition = Readonly<z.infer<typeof failoverTransitionSchema>>
export type FailoverLevel = Readonly<z.infer<typeof failoverLevelSchema>>
export type FailoverStatus = Readonly<z.infer<typeof failoverStatusSchema>>
export type FailoverPreview = Readonly<z.infer<typeof failoverPreviewSchema>>
export type FailoverChange = Readonly<z.infer<typeof failoverChangeSchema>>

export interface FailoverActivation {
  /** null: the operator leaves it to the pool. */
  readonly level: number | null
  /** Also where that level has fewer than `min_eligible` eligible backends. */
  readonly isForced: boolean
  readonly reason: string
}
