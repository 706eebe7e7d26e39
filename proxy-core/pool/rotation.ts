/**
 * Who of a pool serves now: the backends that may be picked, in the order of the algorithm and
 * of the level that serves. Tells the engine when the pool changes its level, loses its last
 * backend or wins its first.
 */
import type { LevelledBalancer } from '../balance/failover-levels.ts'
import { createBalancer } from '../balance/registry.ts'
import type { EngineContext } from '../engine/engine-context.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { AlgorithmId } from '../model/algorithm.ts'
import type { PoolSettings } from '../model/settings.ts'
import type { Backend } from './backend.ts'

export const NO_LEVEL = -1

export class Rotation {
  readonly #pool: string
  readonly #context: EngineContext
  #balancer: LevelledBalancer<Backend>
  #algorithm: AlgorithmId
  #activeLevel = NO_LEVEL
  #rebuilds = 0

  constructor(settings: PoolSettings, context: EngineContext) {
    this.#pool = settings.name
    this.#context = context
    this.#algorithm = settings.algorithm
    this.#balancer = createBalancer<Backend>(settings.algorithm, context.random)
  }

  /** The level that serves: 0 = primary; -1 = no eligible backend. */
  get activeLevel(): number {
    return this.#activeLevel
  }

  /** `rebuild` has to follow. */
  configure(settings: PoolSettings): void {
    if (settings.algorithm === this.#algorithm) return
    this.#algorithm = settings.algorithm
    this.#balancer = createBalancer<Backend>(settings.algorithm, this.#context.random)
  }

  /** The first probes are in: from here on changes are reported. */
  start(backends: readonly Backend[]): void {
    this.rebuild(backends, 'the first probes are in')
    if (this.#activeLevel === NO_LEVEL) this.#report(NO_LEVEL, NO_LEVEL, 'no backend is eligible')
  }

  /** A backend's state or weight changed, or the set of them. */
  rebuild(backends: readonly Backend[], reason: string): void {
    this.#balancer.rebuild(backends.filter((backend) => backend.isEligible && backend.weight > 0))
    const from = this.#activeLevel
    this.#activeLevel = this.#balancer.activeLevel
    const isFirst = this.#rebuilds++ === 0
    if (from !== this.#activeLevel && !isFirst) this.#report(from, this.#activeLevel, reason)
  }

  pick(exchange: Exchange, excluded?: ReadonlySet<Backend>): Backend | undefined {
    return this.#balancer.pick(exchange, excluded)
  }

  loadChanged(backend: Backend): void {
    this.#balancer.loadChanged?.(backend)
  }

  #report(from: number, to: number, reason: string): void {
    const { emit } = this.#context
    if (from === NO_LEVEL || to === NO_LEVEL) {
      emit({ kind: 'pool_availability', pool: this.#pool, isAvailable: to !== NO_LEVEL, reason })
    } else {
      emit({ kind: 'pool_level', pool: this.#pool, from, to, reason })
    }
  }
}
