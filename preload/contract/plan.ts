/**
 * Actions that could hurt are planned first and applied then: the plan says what will happen and
 * how dangerous that is, computed where the state is. If the state has changed when the plan is
 * applied, nothing happens but PLAN_OUTDATED. Later features add kinds of request only.
 */
import { z } from 'zod'
import { ADMIN_STATES } from '../../proxy-core/model/states.ts'
import { ENVIRONMENTS } from './workspace-state.ts'

/**
 * 0 reversible and local; 1 reversible, done at once with an undo; 2 confirmed on a plan sheet;
 * 3 confirmed by typing a name and giving a reason.
 */
export const DANGER_LEVELS = [0, 1, 2, 3] as const

/** How long an operator may let requests wait: nobody is to be forgotten. */
export const MIN_HOLD_MS = 1_000
export const MAX_HOLD_MS = 3_600_000

const backend = { pool: z.string(), backend: z.string() }

export const planRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('set_admin_state'),
    ...backend,
    state: z.enum(ADMIN_STATES),
    /** How long drain or maintenance lasts; null = until an operator ends it. */
    forMs: z.number().positive().nullable()
  }),
  z.strictObject({
    kind: z.literal('set_weight'),
    ...backend,
    /** null = the configured one. */
    weight: z.int().min(0).max(256).nullable()
  }),
  /** Moves a pool to another level and holds it there. */
  z.strictObject({
    kind: z.literal('activate_failover'),
    pool: z.string(),
    /** null = the next level with eligible backends. */
    level: z.int().nonnegative().nullable(),
    /** Also where no backend of that level is eligible. */
    isForced: z.boolean()
  }),
  z.strictObject({ kind: z.literal('deactivate_failover'), pool: z.string() }),
  /** Lets the requests of a pool wait; a repeat sets the time anew. */
  z.strictObject({
    kind: z.literal('hold_pool'),
    pool: z.string(),
    forMs: z.int().min(MIN_HOLD_MS).max(MAX_HOLD_MS)
  }),
  z.strictObject({ kind: z.literal('release_pool'), pool: z.string() }),
  /** Applies the staged configuration. */
  z.strictObject({ kind: z.literal('apply_config') }),
  /** Applies an earlier version. */
  z.strictObject({ kind: z.literal('restore_config'), versionId: z.int().positive() }),
  /** Gives the staged configuration up and loads the file, which has changed meanwhile. */
  z.strictObject({ kind: z.literal('discard_staged') }),
  /** Kills or starts one of the demo's own backends. */
  z.strictObject({
    kind: z.literal('set_demo_backend'),
    backend: z.string(),
    isRunning: z.boolean()
  }),
  /** What the open file serves, and so how much is asked before it is changed. */
  z.strictObject({ kind: z.literal('set_environment'), environment: z.enum(ENVIRONMENTS) }),
  z.strictObject({ kind: z.literal('restart_engine') }),
  /** Ends the workspace: its listeners close. */
  z.strictObject({ kind: z.literal('close_workspace') })
])

export const planSchema = z.strictObject({
  planId: z.string(),
  /** Of everything that the plan depends on. */
  stateHash: z.string(),
  request: planRequestSchema,
  level: z.literal(DANGER_LEVELS),
  /** "Drain 10.0.0.2:80 in api". */
  title: z.string(),
  /** Label of the button, verb and object: "Drain 10.0.0.2:80". */
  verb: z.string(),
  /** What happens, in order. */
  steps: z.array(z.string()).min(1),
  /** What could go wrong, as sentences. */
  warnings: z.array(z.string()),
  /** To be typed at level 3; null below. */
  typedName: z.string().nullable(),
  /** What would take it back; null when nothing does. */
  undo: planRequestSchema.nullable(),
  expiresAtMs: z.number()
})

export const confirmationSchema = z.strictObject({
  /** True where a person confirmed this plan; needed from level 2 up. */
  isConfirmed: z.boolean(),
  /** Needed at level 3: equal to the plan's `typedName`. */
  typedName: z.string().nullable(),
  /** Needed at level 3, kept in the audit. */
  reason: z.string().max(500)
})

export const planOutcomeSchema = z.strictObject({
  /** "Drained 10.0.0.2:80; 3 connections are left." */
  sentence: z.string(),
  undo: planRequestSchema.nullable(),
  /** Number of the audit entry. */
  auditId: z.int().positive()
})

export type PlanRequest = Readonly<z.infer<typeof planRequestSchema>>
export type DangerLevel = (typeof DANGER_LEVELS)[number]
export type Plan = Readonly<z.infer<typeof planSchema>>
export type Confirmation = Readonly<z.infer<typeof confirmationSchema>>
export type PlanOutcome = Readonly<z.infer<typeof planOutcomeSchema>>
