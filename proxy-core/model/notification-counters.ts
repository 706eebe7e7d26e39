/**
 * What the control plane has counted about notifications, for `/metrics`. It counts for as long
 * as it lives, so an engine that is started anew goes on with the same numbers.
 */
import { z } from 'zod'
import { CHANNEL_TYPES, OCCASIONS } from './notification-settings.ts'

const count = z.int().nonnegative()

export const channelCountersSchema = z.strictObject({
  channel: z.string(),
  type: z.enum(CHANNEL_TYPES),
  /** Messages that arrived. */
  delivered: count,
  /** Messages that were given up. */
  failed: count,
  /** Attempts that failed and were repeated. */
  retried: count,
  /** Messages that the rate limit held back; what they said came with a later one. */
  heldBack: count,
  /** Messages that a full queue or a stop threw away. */
  dropped: count,
  /** Messages that wait now. */
  waiting: count,
  /** Wall-clock milliseconds; null = none arrived yet. */
  lastDeliveryMs: z.number().nullable()
})

export const notificationCountersSchema = z.strictObject({
  events: z.array(z.strictObject({ pool: z.string(), occasion: z.enum(OCCASIONS), count })),
  channels: z.array(channelCountersSchema)
})

export type ChannelCounters = Readonly<z.infer<typeof channelCountersSchema>>
export type NotificationCounters = Readonly<z.infer<typeof notificationCountersSchema>>

/** Also where the configuration has no `metrics` channel: nothing is exposed then. */
export const NO_NOTIFICATION_COUNTERS: NotificationCounters = { events: [], channels: [] }
