/** Where traffic goes that cannot stay, and where an operator can send it. */
import { eligibleOn, homeLevel, type Levels } from './level-view.ts'
import type { Shares } from './ramp.ts'

export interface Loss {
  readonly levels: Levels
  /** The level that is lost. */
  readonly level: number
  /** What every level carries now: one that has a part already takes the rest. */
  readonly shares: Shares
  /** The level that an operator chose, or null. */
  readonly latchedLevel: number | null
  readonly isPanic: boolean
  isUsable(level: number): boolean
  /** A level before the lost one that has proven its health, and to which traffic may return. */
  mayReturnTo(level: number): boolean
}

/** null: no level can take over. */
export function successorOf(loss: Loss): number | null {
  const usable = loss.levels
    .map(({ level }) => level)
    .filter((level) => level !== loss.level && loss.isUsable(level))
  if (loss.isPanic) return usable[0] ?? null
  return (
    usable.find((level) => level === loss.latchedLevel) ??
    usable.find((level) => loss.shares.has(level)) ??
    usable.find((level) => level < loss.level && loss.mayReturnTo(level)) ??
    usable.find((level) => level > loss.level) ??
    usable[0] ??
    null
  )
}

export interface Request {
  /** null: the operator leaves it to the pool. */
  readonly level: number | null
  readonly isForced: boolean
}

export type ActivationTarget =
  /** `isForced`: asked for now, or kept from the activation that this one repeats. */
  | { readonly kind: 'level'; readonly level: number; readonly isForced: boolean }
  | { readonly kind: 'unknown_level'; readonly level: number }
  /** `level`: where it would have gone. */
  | { readonly kind: 'no_standby'; readonly level: number }

export interface Standing {
  readonly levels: Levels
  readonly activeLevel: number
  /** What an operator chose before, or null. */
  readonly latch: (Request & { readonly level: number }) | null
  readonly minEligible: number
}

/**
 * Left to the pool, it is the backup level that was chosen before, else the backups that serve
 * already, else the first ones that can. A repetition changes nothing, so it is never refused.
 */
export function activationTarget(request: Request, standing: Standing): ActivationTarget {
  const { levels, activeLevel, latch, minEligible } = standing
  const { isForced } = request
  const judged = (level: number, isRepeated: boolean): ActivationTarget =>
    isForced || isRepeated || eligibleOn(levels, level) >= minEligible
      ? { kind: 'level', level, isForced }
      : { kind: 'no_standby', level }
  if (request.level !== null) {
    const { level } = request
    if (!levels.some((view) => view.level === level)) return { kind: 'unknown_level', level }
    return judged(level, level === latch?.level && !latch.isForced)
  }
  const backups = levels.map(({ level }) => level).filter((level) => level !== homeLevel(levels))
  if (latch !== null && backups.includes(latch.level)) {
    return { kind: 'level', level: latch.level, isForced: isForced || latch.isForced }
  }
  const wanted = [activeLevel, ...backups].filter((level) => backups.includes(level))
  const found = wanted.find((level) => eligibleOn(levels, level) >= minEligible)
  return judged(found ?? wanted[0] ?? activeLevel, false)
}
