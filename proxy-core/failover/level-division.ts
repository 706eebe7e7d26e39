/** The modes that are no switch: every level has a part that follows from its health alone. */
import type { FailoverSettings } from '../model/settings.ts'
import { homeLevel, type Levels } from './level-view.ts'
import { progressiveCounts, progressiveShares, type ServingCounts } from './progressive.ts'
import type { Shares } from './ramp.ts'
import { spillShares } from './spill-shares.ts'

export interface LevelDivision {
  /** Empty when no backend is eligible. */
  readonly shares: Shares
  /** null: every eligible backend of a level with a share serves. */
  readonly counts: ServingCounts | null
  /** The level with the largest share, the lowest of equals; null when none has one. */
  readonly level: number | null
  /** The home level has all. */
  readonly isWhole: boolean
}

export function divide(levels: Levels, settings: FailoverSettings): LevelDivision {
  const counts = settings.mode === 'progressive' ? progressiveCounts(levels) : null
  const shares = counts === null ? spillShares(levels, settings) : progressiveShares(counts)
  const largest = [...shares].reduce<readonly [number | null, number]>(
    (best, one) => (one[1] > best[1] ? one : best),
    [null, 0]
  )
  return { shares, counts, level: largest[0], isWhole: shares.get(homeLevel(levels)) === 1 }
}
