/** What part of the traffic a weight would mean. */
import type { LivePool } from '../../../preload/contract/live-state.ts'

/**
 * Share of the requests of its level that the backend would get, 0 to 1, if every eligible
 * backend of the level gets its part, a smaller one while it warms up; null where none of them
 * has a weight.
 */
export function weightShare(pool: LivePool, address: string, weight: number): number | null {
  const own = pool.backends.find((backend) => backend.address === address)
  const others = pool.backends
    .filter((backend) => backend.level === own?.level && backend.address !== address)
    .filter(({ isEligible, passedOverFor }) => isEligible && passedOverFor === null)
    .reduce((sum, backend) => sum + backend.weight * backend.warmth, 0)
  const warm = weight * (own?.warmth ?? 1)
  return others + warm === 0 ? null : warm / (others + warm)
}
