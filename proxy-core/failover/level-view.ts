/** What the failover sees of the levels of a pool at one moment, and what follows from it. */

export interface LevelView {
  /** 0 = primary, 1 = first backup, … */
  readonly level: number
  /** Backends with a weight above 0. */
  readonly total: number
  /** Of these, the ones that may be picked now. */
  readonly eligible: number
}

/** Ascending, each level once. */
export type Levels = readonly LevelView[]

export function levelsOf(
  backends: Iterable<{
    readonly level: number
    readonly weight: number
    readonly countsForLevel: boolean
  }>
): Levels {
  const byLevel = new Map<number, { level: number; total: number; eligible: number }>()
  for (const { level, weight, countsForLevel } of backends) {
    const view = byLevel.get(level) ?? { level, total: 0, eligible: 0 }
    byLevel.set(level, view)
    if (weight === 0) continue
    view.total++
    if (countsForLevel) view.eligible++
  }
  return [...byLevel.values()].sort((a, b) => a.level - b.level)
}

export function eligibleOn(levels: Levels, level: number): number {
  return levels.find((view) => view.level === level)?.eligible ?? 0
}

/** The level that serves while nothing is wrong. */
export function homeLevel(levels: Levels): number {
  return levels[0]?.level ?? 0
}

export interface PanicRule {
  readonly minEligible: number
  /** Share of eligible backends of the whole pool, 0 to 1. */
  readonly panicThreshold: number
}

/**
 * How many eligible backends make a level usable. Where no level has `min_eligible` of them, one
 * is enough: a request must not fail while any backend could take it.
 */
export function neededOf(levels: Levels, { minEligible }: PanicRule): number {
  return levels.some(({ eligible }) => eligible >= minEligible) ? minEligible : 1
}

/** No level has `min_eligible`, and the pool as a whole is at or below the threshold. */
export function isPanic(levels: Levels, rule: PanicRule): boolean {
  if (levels.some(({ eligible }) => eligible >= rule.minEligible)) return false
  const total = levels.reduce((sum, view) => sum + view.total, 0)
  const eligible = levels.reduce((sum, view) => sum + view.eligible, 0)
  return eligible > 0 && eligible / total <= rule.panicThreshold
}

/** "level 1 has 0 of 2 eligible backends": with the numbers, for reasons. */
export function describeLevel(levels: Levels, level: number): string {
  const view = levels.find((one) => one.level === level)
  if (view === undefined) return `level ${level} has no backends`
  return `level ${level} has ${view.eligible} of ${view.total} eligible backends`
}
