/** The levels of a pool as they are now and as they have been: what every decision looks at. */
import type { FailoverSettings } from '../model/settings.ts'
import { LevelHealth } from './level-health.ts'
import {
  describeLevel,
  eligibleOn,
  homeLevel,
  isPanic,
  neededOf,
  type Levels
} from './level-view.ts'

export class LevelSurvey {
  levels: Levels = []
  nowMs = 0
  #settings: FailoverSettings
  readonly #health = new LevelHealth()
  /** As `#health`, by a single eligible backend: for the panic rule. */
  readonly #life = new LevelHealth()

  constructor(settings: FailoverSettings) {
    this.#settings = settings
  }

  configure(settings: FailoverSettings): void {
    this.#settings = settings
  }

  look(nowMs: number, levels: Levels): void {
    this.nowMs = nowMs
    this.levels = levels
    this.#health.note(levels, this.#settings.minEligible, nowMs)
    this.#life.note(levels, 1, nowMs)
  }

  /** The level that serves while nothing is wrong. */
  get home(): number {
    return homeLevel(this.levels)
  }
  get isPanic(): boolean {
    return isPanic(this.levels, this.#settings)
  }

  eligible(level: number): number {
    return eligibleOn(this.levels, level)
  }

  hasBackends(level: number): boolean {
    return this.levels.some((view) => view.level === level && view.total > 0)
  }

  /** Traffic may be there: where no level has `min_eligible`, one eligible backend is enough. */
  isUsable(level: number): boolean {
    return this.eligible(level) >= neededOf(this.levels, this.#settings)
  }

  /** It has `min_eligible`. */
  isHealthy(level: number): boolean {
    return this.eligible(level) >= this.#settings.minEligible
  }

  /** Healthy without a break for `recovery_interval`: traffic may come by choice. */
  isProven(level: number): boolean {
    return this.#health.isProven(level, this.#settings.recoveryIntervalMs, this.nowMs)
  }

  /** null = it is not healthy. */
  provenAtMs(level: number): number | null {
    return this.#health.provenAtMs(level, this.#settings.recoveryIntervalMs)
  }

  /** The first level that has had an eligible backend without a break for `recovery_interval`. */
  get firstAlive(): number | null {
    const { recoveryIntervalMs } = this.#settings
    const first = this.levels.find(({ level }) =>
      this.#life.isProven(level, recoveryIntervalMs, this.nowMs)
    )
    return first?.level ?? null
  }

  /** When the next level will have proven itself; null = none is on its way. */
  get nextProofMs(): number | null {
    const { recoveryIntervalMs } = this.#settings
    const health = this.#health.nextProofMs(recoveryIntervalMs, this.nowMs) ?? Infinity
    const life = this.#life.nextProofMs(recoveryIntervalMs, this.nowMs) ?? Infinity
    const next = Math.min(health, life)
    return next === Infinity ? null : next
  }

  describe(level: number): string {
    return describeLevel(this.levels, level)
  }
}
