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
  | { readonly kind: 'level'; readonly level: number }
  | { readonly kind: 'unknown_level'; readonly level: number }
  /** `level`: where it would have gone. */
  | { readonly kind: 'no_standby'; readonly level: number }

export interface Standing {
  readonly levels: Levels
  readonly activeLevel: number
  readonly latchedLevel: number | null
  readonly minEligible: number
}

/**
 * Left to the pool, it is the level that was chosen before, else the backups that serve already,
 * else the first ones that can: a repetition changes nothing.
 */
export function activationTarget(request: Request, standing: Standing): ActivationTarget {
  const { levels, activeLevel, latchedLevel, minEligible } = standing
  const canServe = (level: number): boolean => eligibleOn(levels, level) >= minEligible
  if (request.level !== null) {
    const { level } = request
    if (!levels.some((view) => view.level === level)) return { kind: 'unknown_level', level }
    return request.isForced || canServe(level)
      ? { kind: 'level', level }
      : { kind: 'no_standby', level }
  }
  const backups = levels.map(({ level }) => level).filter((level) => level !== homeLevel(levels))
  const wanted = [latchedLevel ?? activeLevel, ...backups].filter((one) => backups.includes(one))
  const found = wanted.find(canServe)
  if (found !== undefined) return { kind: 'level', level: found }
  const first = wanted[0] ?? activeLevel
  return request.isForced ? { kind: 'level', level: first } : { kind: 'no_standby', level: first }
}
