/** How long to wait before the next try to reach the host. */

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 5_000

/**
 * Doubles from 250 ms to 5 s; the later half of it is chance, so that many tabs do not come back
 * at the same moment. `attempt` counts from 1, `random` is uniform in [0, 1).
 */
export function backOffMs(attempt: number, random: number): number {
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS)
  return delayMs * (0.5 + random / 2)
}
