/** What the health checks of a pool mean for those who wait for them, in one sentence. */
import type { PoolWorstCase, TimeSpan } from '../../../proxy-core/config/worst-case.ts'

/**
 * "Pool api: a killed backend is noticed within 5.5 s (2.2 s at best), …". The worst case
 * comes first, because it is what an outage must be planned with.
 */
export function detectionSentence({ pool, backends, times }: PoolWorstCase): string {
  const { killed, frozen } = times
  return (
    `Pool ${pool} (${named(backends)}): a killed backend is noticed ${within(killed.detection)}, ` +
    `a frozen one ${within(frozen.detection)}; once it answers again it gets traffic ` +
    `${within(killed.recovery)}, after a freeze ${within(frozen.recovery)}.`
  )
}

export function within({ bestMs, worstMs }: TimeSpan): string {
  return `within ${seconds(worstMs)} (at best ${seconds(bestMs)})`
}

function named(backends: readonly string[]): string {
  const [first, second, ...more] = backends
  if (more.length > 0) return `${first} and ${backends.length - 1} more`
  return second === undefined ? `${first}` : `${first} and ${second}`
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
