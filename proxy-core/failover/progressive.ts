/** One backup per lost primary (haproxy#866), in the order of the levels and of the file. */
import { homeLevel, type Levels } from './level-view.ts'
import type { Shares } from './ramp.ts'

/** Level → how many of its eligible backends serve, the first ones of the file first. */
export type ServingCounts = ReadonlyMap<number, number>

export function progressiveCounts(levels: Levels): ServingCounts {
  const home = homeLevel(levels)
  const counts = new Map<number, number>()
  let missing = 0
  for (const { level, total, eligible } of levels) {
    if (level === home) missing = total - eligible
    const count = level === home ? eligible : Math.min(missing, eligible)
    if (level !== home) missing -= count
    if (count > 0) counts.set(level, count)
  }
  return counts.size > 0 ? counts : firstEligible(levels)
}

/** Shares by number: the weights are the algorithm's. */
export function progressiveShares(counts: ServingCounts): Shares {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return new Map([...counts].map(([level, count]) => [level, count / total]))
}

/** A pool whose primaries have weight 0 has lost none, and its backups still serve. */
function firstEligible(levels: Levels): ServingCounts {
  const first = levels.find(({ eligible }) => eligible > 0)
  return first === undefined ? new Map() : new Map([[first.level, first.eligible]])
}
