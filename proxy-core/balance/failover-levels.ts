/**
 * Primaries before backups, whatever the algorithm: only the lowest level that has targets
 * serves, and the algorithm sees nothing of the others. A request that already tried every
 * target of that level goes on to the next one.
 */
import type { Random } from '../time/clock.ts'
import type {
  BalanceOptions,
  Balancer,
  BalancerFactory,
  BalanceTarget,
  PickRequest
} from './balancer.ts'

export interface LevelledBalancer<T extends BalanceTarget> extends Balancer<T> {
  /** The level that serves: 0 = primary; -1 without any target. */
  readonly activeLevel: number
}

class FailoverLevels<T extends BalanceTarget> implements LevelledBalancer<T> {
  readonly loadChanged?: (target: T) => void
  readonly observed?: (target: T, latencyMs: number, hasFailed: boolean) => void
  readonly #createInner: () => Balancer<T>
  /** A level keeps its balancer while it is empty, so that its order of picks goes on later. */
  readonly #byLevel = new Map<number, Balancer<T>>()
  #activeLevel = -1
  #active: Balancer<T>
  /** The balancers of the levels above the active one that have targets, lowest first. */
  #standby: readonly Balancer<T>[] = []

  constructor(createInner: () => Balancer<T>) {
    this.#createInner = createInner
    this.#active = this.#balancerOf(0)
    if (this.#active.loadChanged !== undefined) {
      this.loadChanged = (target) => this.#byLevel.get(target.level)?.loadChanged?.(target)
    }
    if (this.#active.observed !== undefined) {
      this.observed = (target, latencyMs, hasFailed) =>
        this.#byLevel.get(target.level)?.observed?.(target, latencyMs, hasFailed)
    }
  }

  get activeLevel(): number {
    return this.#activeLevel
  }

  rebuild(targets: readonly T[]): void {
    const groups = Map.groupBy(targets, (target) => target.level)
    const levels = [...groups.keys()].sort((a, b) => a - b)
    for (const [level, balancer] of this.#byLevel) {
      if (!groups.has(level)) balancer.rebuild([])
    }
    for (const [level, group] of groups) this.#balancerOf(level).rebuild(group)
    this.#activeLevel = levels[0] ?? -1
    this.#active = this.#balancerOf(levels[0] ?? 0)
    this.#standby = levels.slice(1).map((level) => this.#balancerOf(level))
  }

  pick(request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    const found = this.#active.pick(request, excluded)
    if (found !== undefined || excluded === undefined) return found
    for (const balancer of this.#standby) {
      const other = balancer.pick(request, excluded)
      if (other !== undefined) return other
    }
    return undefined
  }

  #balancerOf(level: number): Balancer<T> {
    const known = this.#byLevel.get(level)
    if (known !== undefined) return known
    const created = this.#createInner()
    this.#byLevel.set(level, created)
    return created
  }
}

/** An algorithm, applied to the active level only. */
export function levelled<T extends BalanceTarget>(
  algorithm: BalancerFactory,
  random: Random,
  options: BalanceOptions
): LevelledBalancer<T> {
  return new FailoverLevels<T>(() => algorithm<T>(random, options))
}
