/** Requests that wait in a pool for a backend that comes back, as everybody outside sees them. */
import { z } from 'zod'

export const heldRequestSchema = z.strictObject({
  /** 1 = the next one of its lane. */
  position: z.int().positive(),
  method: z.string(),
  target: z.string(),
  route: z.string(),
  client: z.string(),
  /** How long it has waited, this time, and how long it may go on. */
  ageMs: z.number().nonnegative(),
  leftMs: z.number(),
  /** Octets of its body, those that are announced and still to come included. */
  bodyBytes: z.int().nonnegative()
})

export type HeldRequest = z.output<typeof heldRequestSchema>

/** An operator lets all requests wait; null = nobody does. */
export const operatorHoldSchema = z
  .strictObject({
    /** Wall-clock milliseconds. */
    untilMs: z.int(),
    reason: z.string()
  })
  .nullable()

export const holdStatusSchema = z.strictObject({
  pool: z.string(),
  /** Waiting now. */
  held: z.int().nonnegative(),
  heldMax: z.int().nonnegative(),
  maxRequests: z.int().positive(),
  /** Octets of their bodies, in memory and on disk. */
  bytes: z.int().nonnegative(),
  maxBytes: z.int().nonnegative(),
  /** Of the one that has waited longest; null = nobody waits. */
  oldestMs: z.number().nonnegative().nullable(),
  operator: operatorHoldSchema,
  /** Since the start: had to wait, answered by a backend afterwards, told that it took too long, had no place, left. */
  entered: z.int().nonnegative(),
  released: z.int().nonnegative(),
  expired: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  abandoned: z.int().nonnegative(),
  /** How long all of them have waited together. */
  waitedMs: z.number().nonnegative()
})

export type HoldStatus = z.output<typeof holdStatusSchema>

/** What an operator's word has done. */
export const holdChangeSchema = z.strictObject({
  changed: z.boolean(),
  /** What those who wait should be told of, as sentences. */
  warnings: z.array(z.string()),
  status: holdStatusSchema
})

export type HoldChange = z.output<typeof holdChangeSchema>
