/**
 * When a message that could not be delivered is tried again: 2 s, 4 s, 8 s … 5 min, each between
 * half of it and all of it ("equal jitter"), so that several senders of one outage do not meet.
 */
import type { BackoffSettings } from '../../proxy-core/model/settings.ts'
import { backoffMs } from '../../proxy-core/retry/backoff.ts'
import type { Random } from '../../proxy-core/time/clock.ts'

export const MAX_ATTEMPTS = 10
const BACKOFF: BackoffSettings = {
  ...{ scaleMs: 2_000, growth: 2, minMs: 0, maxMs: 5 * 60_000, jitter: 'equal' }
}
/** A server may ask for more patience, but not for a day. */
const LONGEST_ASKED_MS = 15 * 60_000

/** `attempts` were made and failed; at least 1. */
export function retryWaitMs(
  attempts: number,
  random: Random,
  retryAfterMs: number | null = null
): number {
  const waitMs = backoffMs(BACKOFF, attempts + 1, random)
  return Math.max(waitMs, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS))
}
