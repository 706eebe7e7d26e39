/** A stored request as operators see it: what it is and what became of it, never a credential. */
import { z } from 'zod'

export const ENTRY_STATES = ['pending', 'delivered', 'dead', 'expired', 'deleted'] as const

export const storedHeadSchema = z.strictObject({
  /** 32 hexadecimal digits, as in the `Location` that its client got. */
  id: z.string(),
  /** Ascending in the order of acceptance. */
  seq: z.int().positive(),
  state: z.enum(ENTRY_STATES),
  route: z.string(),
  /** '' = none, so that nothing has to wait for it. */
  key: z.string(),
  method: z.string(),
  target: z.string(),
  bodyBytes: z.int().nonnegative(),
  /** Wall-clock milliseconds, as all of the following; null = never, or not yet. */
  receivedAtMs: z.number(),
  expiresAtMs: z.number().nullable(),
  settledAtMs: z.number().nullable(),
  attempts: z.int().nonnegative(),
  /** Of the last answer; 0 = there was none. */
  lastStatus: z.int().nonnegative(),
  /** Half a sentence; '' = none. */
  lastReason: z.string(),
  /** `seq` of the entry that took its place when it was replayed; null = it was not. */
  replayedAs: z.int().positive().nullable()
})

export type StoredHead = z.output<typeof storedHeadSchema>

export const storedEntrySchema = z.strictObject({
  ...storedHeadSchema.shape,
  idempotencyKey: z.string(),
  /** As it is sent; values that let their bearer in are masked. */
  fields: z.array(z.tuple([z.string(), z.string()])),
  body: z.strictObject({
    /** `base64` where it is no text. */
    encoding: z.enum(['utf8', 'base64']),
    content: z.string(),
    /** It is longer than what is shown. */
    isCut: z.boolean()
  })
})

export type StoredEntry = z.output<typeof storedEntrySchema>

export const storingRouteSchema = z.strictObject({
  route: z.string(),
  /** Deliveries that run now. */
  running: z.int().nonnegative(),
  /** Keys, and requests without one, that wait for another attempt or for their backend. */
  waiting: z.int().nonnegative(),
  /** Since the start. */
  delivered: z.int().nonnegative(),
  retried: z.int().nonnegative(),
  dead: z.int().nonnegative(),
  expired: z.int().nonnegative(),
  /** Delivered within the last minute. */
  perMinute: z.number().nonnegative()
})

export const storeStatusSchema = z.strictObject({
  isOpen: z.boolean(),
  pending: z.int().nonnegative(),
  pendingBytes: z.int().nonnegative(),
  dead: z.int().nonnegative(),
  /** All files, and what they may take. */
  diskBytes: z.int().nonnegative(),
  maxBytes: z.int().positive(),
  segments: z.int().nonnegative(),
  /** Age of the oldest one that waits; null = nobody does. */
  oldestMs: z.number().nonnegative().nullable(),
  /** How long the delivery of all takes at the pace of the last minute; null = nothing is delivered. */
  drainMs: z.number().nonnegative().nullable(),
  /** Requests that wait for room now. */
  blocked: z.int().nonnegative(),
  /** Since the start. */
  appended: z.int().nonnegative(),
  delivered: z.int().nonnegative(),
  expired: z.int().nonnegative(),
  deleted: z.int().nonnegative(),
  /** Set aside because their octets are damaged. */
  quarantined: z.int().nonnegative(),
  syncFailures: z.int().nonnegative(),
  /** Milliseconds. */
  lastSyncMs: z.number().nonnegative(),
  /** Requests that were not taken since the start. */
  refused: z.int().nonnegative(),
  /** Why nothing is taken now, as half a sentence; null = it is. */
  refusal: z.string().nullable(),
  routes: z.array(storingRouteSchema)
})

export type StoreStatus = z.output<typeof storeStatusSchema>
