/** The operator's word: traffic belongs to this level until it is released. */
import type { LevelSurvey } from './level-survey.ts'

/** A level to hold, as an operator asks for it. */
export interface Hold {
  readonly level: number
  /** The level is held for as long as one of its backends is eligible, whatever `min_eligible` says. */
  readonly isForced: boolean
}

export interface Latch extends Hold {
  readonly reason: string
}

/** Whether the level can have the traffic that is to be held there. */
export function canHold({ level, isForced }: Hold, survey: LevelSurvey): boolean {
  return isForced ? survey.eligible(level) > 0 : survey.isHealthy(level)
}
