/** Who is told of failovers by the configuration that runs, and whether that reaches anybody. */
import { z } from 'zod'
import { CHANNEL_TYPES, OCCASIONS } from '../../proxy-core/model/notification-settings.ts'

const count = z.int().nonnegative()

export const notificationChannelSchema = z.strictObject({
  name: z.string(),
  type: z.enum(CHANNEL_TYPES),
  /** Without secrets: "ops@example.com through smtp.example.com:587". */
  destination: z.string(),
  on: z.array(z.enum(OCCASIONS)),
  /** Messages since the configuration was opened. */
  delivered: count,
  /** Given up. */
  failed: count,
  /** Joined to a later message. */
  heldBack: count,
  /** Thrown away. */
  dropped: count,
  waiting: count,
  /** Wall-clock milliseconds; null = none arrived yet. */
  lastDeliveryMs: z.number().nullable(),
  /** null: the last attempt arrived, or there was none. */
  lastFailure: z.strictObject({ atMs: z.number(), reason: z.string() }).nullable()
})

export const notificationBoardSchema = z.strictObject({
  /** In the order of the file; empty = nobody is told. */
  channels: z.array(notificationChannelSchema)
})

export const testOutcomeSchema = z.strictObject({
  channel: z.string(),
  type: z.enum(CHANNEL_TYPES),
  outcome: z.enum(['delivered', 'failed', 'skipped']),
  /** A sentence without secrets. */
  sentence: z.string()
})

export type NotificationChannelFacts = Readonly<z.infer<typeof notificationChannelSchema>>
export type NotificationBoard = Readonly<z.infer<typeof notificationBoardSchema>>
export type TestOutcomeLine = Readonly<z.infer<typeof testOutcomeSchema>>
