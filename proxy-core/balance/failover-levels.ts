/**
 * Levels around any algorithm: which level takes a request follows from shares that the failover
 * decides, and the algorithm sees nothing of the other levels. Levels take turns in proportion to
 * their shares, evenly mixed and without chance; requests with a key are divided by it, so that a
 * ramp moves each key once. A request that already tried every target of its level goes on to the
 * others that serve, and then to the levels after them.
 */
import type { Random } from '../time/clock.ts'
import type {
  BalanceOptions,
  Balancer,
  BalancerFactory,
  BalanceTarget,
  PickRequest
} from './balancer.ts'
import { keyHash } from './key-hash.ts'

/** Divides keys otherwise than the algorithms within a level do. */
const LEVEL_SEED = 2

export interface LevelGroup<T extends BalanceTarget> {
  /** Names the group over rebuilds. */
  readonly level: number
  /** Of the requests, 0 to 1; 0 = only for those that tried all others. */
  readonly share: number
  readonly targets: readonly T[]
}

export interface LevelledBalancer<T extends BalanceTarget> extends Balancer<T> {
  /** As `rebuild`: the lowest level that has targets takes everything. */
  rebuild(targets: readonly T[]): void
  /** Instead of `rebuild`: levels in ascending order with the shares that they are to have. */
  divide(groups: readonly LevelGroup<T>[]): void
  /** As `pick`, of the group that `target` is in. */
  pickBeside(target: T, request: PickRequest, excluded: ReadonlySet<T>): T | undefined
}

interface Serving<T extends BalanceTarget> {
  readonly level: number
  readonly share: number
  readonly balancer: Balancer<T>
  /** Grows by the share with every request; the largest takes it and pays the sum. */
  credit: number
}

class FailoverLevels<T extends BalanceTarget> implements LevelledBalancer<T> {
  readonly loadChanged?: (target: T) => void
  readonly observed?: (target: T, latencyMs: number, hasFailed: boolean) => void
  readonly #createInner: () => Balancer<T>
  /** A level keeps its balancer while it is empty, so that its order of picks goes on later. */
  readonly #byLevel = new Map<number, Balancer<T>>()
  #homes: ReadonlyMap<T, Balancer<T>> = new Map()
  /** The only level that serves; null while several do, or none. */
  #only: Balancer<T> | null = null
  #serving: readonly Serving<T>[] = []
  /** Levels without a share, after the first that has one. */
  #standby: readonly Balancer<T>[] = []

  constructor(createInner: () => Balancer<T>) {
    this.#createInner = createInner
    const sample = this.#balancerOf(0)
    if (sample.loadChanged !== undefined) {
      this.loadChanged = (target) => this.#homes.get(target)?.loadChanged?.(target)
    }
    if (sample.observed !== undefined) {
      this.observed = (target, latencyMs, hasFailed) =>
        this.#homes.get(target)?.observed?.(target, latencyMs, hasFailed)
    }
  }

  rebuild(targets: readonly T[]): void {
    const levels = [...Map.groupBy(targets, (target) => target.level)].sort(([a], [b]) => a - b)
    this.divide(
      levels.map(([level, its], place) => ({ level, share: place === 0 ? 1 : 0, targets: its }))
    )
  }

  divide(groups: readonly LevelGroup<T>[]): void {
    const filled = groups.filter(({ targets }) => targets.length > 0)
    for (const [level, balancer] of this.#byLevel) {
      if (!filled.some((group) => group.level === level)) balancer.rebuild([])
    }
    const homes = new Map<T, Balancer<T>>()
    for (const { level, targets } of filled) {
      const balancer = this.#balancerOf(level)
      balancer.rebuild(targets)
      for (const target of targets) homes.set(target, balancer)
    }
    this.#homes = homes
    const serving = filled.filter(({ share }) => share > 0)
    this.#serving = serving.map(({ level, share }) => this.#place(level, share))
    this.#only = serving.length === 1 ? this.#serving[0]!.balancer : null
    const first = serving[0]?.level ?? Infinity
    this.#standby = filled
      .filter(({ level, share }) => share === 0 && level > first)
      .map(({ level }) => this.#balancerOf(level))
  }

  pick(request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    const balancer = this.#only ?? this.#levelFor(request)
    const found = balancer?.pick(request, excluded)
    if (found !== undefined || excluded === undefined) return found
    for (const other of this.#serving) {
      const target =
        other.balancer === balancer ? undefined : other.balancer.pick(request, excluded)
      if (target !== undefined) return target
    }
    for (const other of this.#standby) {
      const target = other.pick(request, excluded)
      if (target !== undefined) return target
    }
    return undefined
  }

  pickBeside(target: T, request: PickRequest, excluded: ReadonlySet<T>): T | undefined {
    return this.#homes.get(target)?.pick(request, excluded)
  }

  #levelFor({ key }: PickRequest): Balancer<T> | undefined {
    if (key === '') return this.#nextTurn()
    const serving = this.#serving
    const sum = serving.reduce((all, { share }) => all + share, 0)
    let left = (keyHash(key, LEVEL_SEED) / 2 ** 32) * sum
    for (const { share, balancer } of serving) {
      left -= share
      if (left < 0) return balancer
    }
    return serving.at(-1)?.balancer
  }

  /** nginx's smooth weighted round robin, over levels: a part of a percent is not lost to chance. */
  #nextTurn(): Balancer<T> | undefined {
    let best: Serving<T> | undefined
    let sum = 0
    for (const one of this.#serving) {
      one.credit += one.share
      sum += one.share
      if (best === undefined || one.credit > best.credit) best = one
    }
    if (best === undefined) return undefined
    best.credit -= sum
    return best.balancer
  }

  /** What a level is owed outlives a step of the ramp: else small shares would never get a turn. */
  #place(level: number, share: number): Serving<T> {
    const credit = this.#serving.find((one) => one.level === level)?.credit ?? 0
    return { level, share, balancer: this.#balancerOf(level), credit }
  }

  #balancerOf(level: number): Balancer<T> {
    const known = this.#byLevel.get(level)
    if (known !== undefined) return known
    const created = this.#createInner()
    this.#byLevel.set(level, created)
    return created
  }
}

/** An algorithm, applied to each level by itself. */
export function levelled<T extends BalanceTarget>(
  algorithm: BalancerFactory,
  random: Random,
  options: BalanceOptions
): LevelledBalancer<T> {
  return new FailoverLevels<T>(() => algorithm<T>(random, options))
}
