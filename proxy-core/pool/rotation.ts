/**
 * Who of a pool serves now: the backends that may be picked, in the order of the algorithm and
 * of the level that serves. Tells the engine when the pool changes its level, loses its last
 * backend or wins its first.
 */
import type { LevelledBalancer } from '../balance/failover-levels.ts'
import { createBalancer } from '../balance/registry.ts'
import type { EngineContext } from '../engine/engine-context.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { PoolSettings } from '../model/settings.ts'
import { attemptLatencyMs, hasAttemptFailed, UNTIMED } from './attempt-feedback.ts'
import type { Backend } from './backend.ts'
import { splitByRegion } from './region-preference.ts'
import { scaledWeights } from './scaled-weights.ts'

export const NO_LEVEL = -1

export class Rotation {
  readonly #pool: string
  readonly #context: EngineContext
  #balancer: LevelledBalancer<Backend>
  /** What the balancer was made of. */
  #kind: string
  #activeLevel = NO_LEVEL
  #rebuilds = 0
  #settings: PoolSettings
  /** Backends that stand back for a region, for requests that have tried all of it; null: none. */
  #reserve: LevelledBalancer<Backend> | null = null

  constructor(settings: PoolSettings, context: EngineContext) {
    this.#pool = settings.name
    this.#context = context
    this.#kind = kindOf(settings)
    this.#settings = settings
    this.#balancer = balancerOf(settings, context)
  }

  /** The level that serves: 0 = primary; -1 = no eligible backend. */
  get activeLevel(): number {
    return this.#activeLevel
  }

  /** `rebuild` has to follow. */
  configure(settings: PoolSettings): void {
    this.#settings = settings
    const kind = kindOf(settings)
    if (kind === this.#kind) return
    this.#kind = kind
    this.#balancer = balancerOf(settings, this.#context)
    this.#reserve = null
  }

  /** The first probes are in: from here on changes are reported. */
  start(backends: readonly Backend[]): void {
    this.rebuild(backends, 'the first probes are in')
    if (this.#activeLevel === NO_LEVEL) this.#report(NO_LEVEL, NO_LEVEL, 'no backend is eligible')
  }

  /** A backend's state or weight changed, or the set of them. */
  rebuild(backends: readonly Backend[], reason: string): void {
    const eligible = backends.filter((backend) => backend.isEligible && backend.weight > 0)
    for (const [place, weight] of scaledWeights(eligible).entries()) {
      eligible[place]!.effectiveWeight = weight
    }
    const { serving, reserve } = splitByRegion(eligible, this.#settings.preferRegion)
    this.#balancer.rebuild(serving)
    this.#keepReserve(reserve)
    const from = this.#activeLevel
    this.#activeLevel = this.#balancer.activeLevel
    const isFirst = this.#rebuilds++ === 0
    if (from !== this.#activeLevel && !isFirst) this.#report(from, this.#activeLevel, reason)
  }

  pick(exchange: Exchange, excluded?: ReadonlySet<Backend>): Backend | undefined {
    const found = this.#balancer.pick(exchange, excluded)
    if (this.#reserve === null || found?.level === this.#activeLevel) return found
    // A level is used up, its other regions included, before the next one is asked.
    const other = this.#reserve.pick(exchange, excluded)
    return other !== undefined && other.level <= (found?.level ?? Infinity) ? other : found
  }

  /** Whether a session on this level may go on there. */
  serves(level: number): boolean {
    return level === this.#activeLevel
  }

  /** Whether a request may go to either: the one waits where the other is on a later level. */
  arePeers(one: Backend, other: Backend): boolean {
    return one.level === other.level && one.isPassedOver === other.isPassedOver
  }

  loadChanged(backend: Backend): void {
    this.#balancer.loadChanged?.(backend)
    this.#reserve?.loadChanged?.(backend)
  }

  /** An attempt on the backend is over; `exchange` still has its times. */
  attemptEnded(exchange: Exchange, backend: Backend): void {
    const balancer = this.#balancer
    if (balancer.observed === undefined) return
    const hasFailed = hasAttemptFailed(exchange)
    const latencyMs = attemptLatencyMs(exchange, this.#context.nowMs)
    if (!hasFailed && latencyMs === UNTIMED) return
    balancer.observed(backend, latencyMs, hasFailed)
    this.#reserve?.observed?.(backend, latencyMs, hasFailed)
  }

  /** An attempt on the backend came to nothing, and the exchange goes on without it. */
  attemptFailed(exchange: Exchange, backend: Backend): void {
    const latencyMs = this.#context.nowMs - exchange.sentMs
    this.#balancer.observed?.(backend, latencyMs, true)
    this.#reserve?.observed?.(backend, latencyMs, true)
  }

  #keepReserve(reserve: readonly Backend[]): void {
    if (reserve.length === 0) {
      this.#reserve = null
      return
    }
    this.#reserve ??= balancerOf(this.#settings, this.#context)
    this.#reserve.rebuild(reserve)
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

function balancerOf(settings: PoolSettings, context: EngineContext): LevelledBalancer<Backend> {
  const { algorithm, hash, partition, backends } = settings
  return createBalancer<Backend>(algorithm, context.random, {
    hash,
    partition,
    members: backends,
    now: () => context.nowMs
  })
}

/** Settings that are equal here can share a balancer, with all that it has learnt. */
function kindOf({ algorithm, hash, partition, backends }: PoolSettings): string {
  if (algorithm !== 'hash' && algorithm !== 'partition') return algorithm
  const members = backends.map(({ address, level, weight }) => [address, level, weight])
  return JSON.stringify([algorithm, algorithm === 'hash' ? hash : partition, members])
}
