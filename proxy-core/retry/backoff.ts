/** How long a request waits before it is tried again. */
import type { BackoffSettings } from '../model/settings.ts'
import type { Random } from '../time/clock.ts'

/**
 * Milliseconds before try `attempt` (2 is the first retry): scale × growth^(attempt − 2), at most
 * `max`, then jitter, then at least `min`. Full and equal jitter as Brooker has them
 * ("Exponential Backoff and Jitter", AWS, 2015).
 */
export function backoffMs(settings: BackoffSettings, attempt: number, random: Random): number {
  const { scaleMs, growth, minMs, maxMs, jitter } = settings
  const grown = Math.min(scaleMs * growth ** (attempt - 2), maxMs)
  const floored = Math.max(grown, minMs)
  switch (jitter) {
    case 'none':
      return floored
    case 'full':
      return Math.max(random() * floored, minMs)
    case 'equal':
      return Math.max(floored / 2 + random() * (floored / 2), minMs)
  }
}
