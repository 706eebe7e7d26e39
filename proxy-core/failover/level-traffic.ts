/**
 * The traffic of one pool among its levels: all on one, on its way to one over a ramp, or divided
 * by their health. Whoever decides moves it; what it shows as `shares` are those of the last update.
 */
import type { FailoverSettings } from '../model/settings.ts'
import { formatDuration } from '../model/units.ts'
import { divide, type LevelDivision } from './level-division.ts'
import type { LevelSurvey } from './level-survey.ts'
import type { ServingCounts } from './progressive.ts'
import {
  endOf,
  isMoving,
  nextStepMs,
  sharesAt,
  withoutEmptied,
  type Ramp,
  type Shares
} from './ramp.ts'

const NO_SHARES: Shares = new Map()

export class LevelTraffic {
  readonly #survey: LevelSurvey
  #level = 0
  #ramp: Ramp | null = null
  /** What the ramp leaves to levels that can send nothing more waits, instead of going at once. */
  #keepsEmptied = false
  #shares: Shares = NO_SHARES
  #counts: ServingCounts | null = null

  constructor(survey: LevelSurvey) {
    this.#survey = survey
  }

  /** Where traffic belongs; while a ramp runs, where it goes to. */
  get level(): number {
    return this.#level
  }
  /** Level → share, together 1; empty when nothing serves and nothing is waited for. */
  get shares(): Shares {
    return this.#shares
  }
  /** `progressive`: how many backends of each level serve; otherwise null. */
  get counts(): ServingCounts | null {
    return this.#counts
  }
  /** Anything but the home level serves a part, or has all that there is. */
  get isAway(): boolean {
    const { home } = this.#survey
    return this.#level !== home || [...this.#shares.keys()].some((level) => level !== home)
  }
  get isRamping(): boolean {
    return this.#ramp !== null
  }
  /** What the ramp gives every level at this moment; empty while none runs. */
  get rampShares(): Shares {
    return this.#ramp === null ? NO_SHARES : sharesAt(this.#ramp, this.#survey.nowMs)
  }
  /** When the ramp that runs will be over; null = none runs. */
  get rampEndMs(): number | null {
    return this.#ramp === null ? null : endOf(this.#ramp)
  }
  /** When the shares are to be updated for the ramp that runs; null = none runs. */
  get rampStepMs(): number | null {
    return this.#ramp === null ? null : nextStepMs(this.#ramp, this.#survey.nowMs)
  }

  /** It belongs there, without a way that it had to go. */
  place(level: number): void {
    this.#level = level
  }

  /** What the ramp that runs leaves to levels that nobody serves on, 0 to 1. */
  get emptiedShare(): number {
    let emptied = 0
    for (const [level, share] of this.rampShares) {
      if (this.#survey.eligible(level) === 0) emptied += share
    }
    return emptied
  }

  /**
   * From wherever it is now. Without a duration, or with nothing left to leave, it is there at once;
   * `keepsEmptied`: a level that can send nothing more is left by and by as well.
   */
  move(to: number, durationMs: number, keepsEmptied = false): void {
    const { nowMs } = this.#survey
    const from = this.#ramp === null ? new Map([[this.#level, 1]]) : this.rampShares
    this.#level = to
    this.#keepsEmptied = keepsEmptied
    const ramp = this.#withoutEmptied({ from, to, startMs: nowMs, durationMs })
    this.#ramp = isMoving(ramp, nowMs) ? ramp : null
  }

  /** Why the ramp is over; null: it goes on, or none runs. */
  endRamp(): string | null {
    const ramp = this.#ramp
    if (ramp === null) return null
    const { nowMs } = this.#survey
    this.#ramp = this.#withoutEmptied(ramp)
    if (isMoving(this.#ramp, nowMs)) return null
    this.#ramp = null
    if (nowMs >= endOf(ramp)) return `the ramp of ${formatDuration(ramp.durationMs)} is over`
    const emptied = [...ramp.from.keys()].filter((level) => level !== ramp.to)
    return emptied.map((level) => this.#survey.describe(level)).join(', ')
  }

  /** The level has all of it at once. */
  dropRamp(): void {
    this.#ramp = null
  }

  /** `isWaiting`: the level keeps what it cannot serve now. */
  update(isWaiting: boolean): void {
    this.#counts = null
    if (this.#ramp !== null) this.#shares = this.rampShares
    else {
      const isServed = isWaiting || this.#survey.eligible(this.#level) > 0
      this.#shares = isServed ? new Map([[this.#level, 1]]) : NO_SHARES
    }
  }

  /** As `update`, in a mode that is no switch. It belongs to the level with the largest share. */
  divide(settings: FailoverSettings): LevelDivision {
    const division = divide(this.#survey.levels, settings)
    this.#shares = division.shares
    this.#counts = division.counts
    this.#level = division.level ?? this.#level
    return division
  }

  #withoutEmptied(ramp: Ramp): Ramp {
    if (this.#keepsEmptied) return ramp
    return withoutEmptied(ramp, (level) => this.#survey.eligible(level) === 0)
  }
}
