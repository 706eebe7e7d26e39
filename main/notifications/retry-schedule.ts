/**
 * When a message that could not be delivered is tried again: 2 s, 4 s, 8 s … 5 min, each between
 * half of it and all of it ("equal jitter"), so that several senders of one outage do not meet.
 */
import type { Random } from '../../proxy-core/time/clock.ts'

export const MAX_ATTEMPTS = 10
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000
/** A server may ask for more patience, but not for a day. */
const LONGEST_ASKED_MS = 15 * 60_000

/** `attempts` were made and failed; at least 1. */
export function retryWaitMs(
  attempts: number,
  random: Random,
  retryAfterMs: number | null = null
): number {
  const whole = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS)
  const waitMs = whole / 2 + (whole / 2) * random()
  return Math.max(waitMs, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS))
}
