/** What holds for notifications where the configuration says nothing. */
import type { Occasion } from './notification-settings.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS

export const DEFAULT_NOTIFICATION = {
  /** Longer than the spread of the probes of one pool that fails as a whole. */
  groupWindowMs: 5 * SECOND_MS,
  quietPeriodMs: 30 * SECOND_MS,
  minIntervalMs: MINUTE_MS,
  /** Whoever gets more than ten messages in ten minutes reads none of them. */
  rateLimit: { messages: 10, perMs: 10 * MINUTE_MS },
  timeoutMs: 10 * SECOND_MS
} as const

/** What somebody should be woken for, and its end. */
export const DEFAULT_OCCASIONS: readonly Occasion[] = [
  'failover',
  'pool_lost',
  'pool_back',
  'engine'
]

/** RFC 6409: message submission. */
export const DEFAULT_SMTP_PORT = 587
/** RFC 8314: submission over implicit TLS. */
export const IMPLICIT_TLS_PORT = 465
export const DEFAULT_SUBJECT = '[Switchyard] {title}'
