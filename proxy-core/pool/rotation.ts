/**
 * Who of a pool serves now: the backends that may be picked, in the order of the algorithm and
 * with the shares that the failover gives their levels. Tells the engine when the pool loses its
 * last backend or wins its first; the failover reports its own steps.
 */
import type { LevelGroup, LevelledBalancer } from '../balance/failover-levels.ts'
import { keyHash } from '../balance/key-hash.ts'
import { createBalancer } from '../balance/registry.ts'
import type { EngineContext } from '../engine/engine-context.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { FailoverControl } from '../failover/failover-control.ts'
import { homeLevel, levelsOf } from '../failover/level-view.ts'
import type { PoolSettings } from '../model/settings.ts'
import { attemptLatencyMs, hasAttemptFailed, UNTIMED } from './attempt-feedback.ts'
import type { Backend } from './backend.ts'
import { nearFirst, splitByRegion } from './region-preference.ts'
import { scaledWeights } from './scaled-weights.ts'

const NO_LEVEL = -1

/** The lane of requests that are bound to no backend. */
const ANYBODY = -1

/** Saturated backends that are looked past before a request is queued. */
const MAX_BUSY_LOOKS = 16

/** Names the rest of a level whose first serves alone, between that level and the one after it. */
const AFTER_FIRST = 0.5

type Group = LevelGroup<Backend>

export class Rotation {
  readonly failover: FailoverControl
  readonly #pool: string
  readonly #context: EngineContext
  #balancer: LevelledBalancer<Backend>
  /** What the balancer was made of. */
  #kind: string
  #settings: PoolSettings
  /** Backends that stand back for a region, for requests that have tried all of it; null: none. */
  #reserve: LevelledBalancer<Backend> | null = null
  #backends: readonly Backend[] = []
  /** Backends that some request may get; the rest is standby of a level that is not its turn. */
  #reachable: readonly Backend[] = []
  /** Levels that have a part of the traffic. */
  #serving: ReadonlySet<number> = new Set()
  #wasAvailable = true
  #isWaiting = false

  /** `moved`: by time or an operator, not by a backend, the failover took a step. */
  constructor(settings: PoolSettings, context: EngineContext, moved: () => void) {
    this.#pool = settings.name
    this.#context = context
    this.#kind = kindOf(settings)
    this.#settings = settings
    this.#balancer = balancerOf(settings, context)
    this.failover = new FailoverControl(settings.failover, {
      pool: settings.name,
      clock: context.clock,
      emit: context.emit,
      moved: (hasTransition) => {
        this.#arrange('the failover took a step')
        // What waits for its share to move is let go with every step of it.
        if (hasTransition || this.failover.waitingShare > 0) moved()
      }
    })
  }

  /** The level that serves: 0 = primary; -1 = nobody serves. */
  get activeLevel(): number {
    return this.failover.activeLevel
  }

  /** Nobody serves, but a level that was lost may come back: requests are to wait for it. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** Somebody serves, or requests wait for a level or for their share: none is lost yet. */
  get isAvailable(): boolean {
    return this.activeLevel !== NO_LEVEL || this.failover.waitingShare > 0
  }

  /** Whether a request with a key has one backend and no other. */
  get isBinding(): boolean {
    const { algorithm, partition } = this.#settings
    if (algorithm !== 'partition' || partition === null) return false
    return partition.method === 'modulo' && partition.whenUnavailable === 'refuse'
  }

  /**
   * Which requests wait for the same backends: a number for each partition whose keys have one
   * backend and no other, -1 for all that anybody may serve.
   */
  laneOf({ key }: Exchange): number {
    if (key === '' || !this.isBinding) return ANYBODY
    const { partition, backends } = this.#settings
    const home = homeLevel(this.failover.levels)
    const homes = backends.filter(({ level }) => level === home).length
    return keyHash(key) % (partition!.count || Math.max(1, homes))
  }

  /** `rebuild` has to follow. */
  configure(settings: PoolSettings): void {
    this.#settings = settings
    this.failover.configure(settings.failover)
    const kind = kindOf(settings)
    if (kind === this.#kind) return
    this.#kind = kind
    this.#balancer = balancerOf(settings, this.#context)
    this.#reserve = null
  }

  /** The first probes are in: from here on changes are reported. */
  start(backends: readonly Backend[]): void {
    this.rebuild(backends, 'no backend is eligible')
  }

  /** A backend's state or weight changed, or the set of them. */
  rebuild(backends: readonly Backend[], reason: string): void {
    this.#backends = backends
    this.failover.advance(levelsOf(backends))
    this.#arrange(reason)
  }

  #pick(exchange: Exchange, excluded?: ReadonlySet<Backend>): Backend | undefined {
    const found = this.#balancer.pick(exchange, excluded)
    if (this.#reserve === null) return found
    if (found !== undefined && this.#serving.has(found.level)) return found
    // A level is used up, its other regions included, before the next one is asked.
    const other = this.#reserve.pick(exchange, excluded)
    return other !== undefined && other.level <= (found?.level ?? Infinity) ? other : found
  }

  /** One that was not tried; else, for a retry, any other than the last; else the last once more. */
  pick(exchange: Exchange): Backend | undefined {
    const { tried } = exchange
    if (tried === null) return this.#pick(exchange)
    const untried = this.#pick(exchange, tried)
    if (untried !== undefined || exchange.retries === 0) return untried
    const last = [...tried].at(-1)!
    exchange.tried = new Set([last])
    return this.#pick(exchange, exchange.tried) ?? this.#pick(exchange)
  }

  /**
   * Another one that shares the work of `backend`: neither another level nor another region
   * stands in for one that is only busy.
   */
  #pickBeside(
    backend: Backend,
    exchange: Exchange,
    excluded: ReadonlySet<Backend>
  ): Backend | undefined {
    const balancer = backend.isPassedOver ? this.#reserve : this.#balancer
    return balancer?.pickBeside(backend, exchange, excluded)
  }

  /** A saturated primary is waited for: backups are for primaries that are gone. */
  notFullBeside(busy: Backend, exchange: Exchange): Backend | undefined {
    const excluded = new Set(exchange.tried)
    let candidate: Backend | undefined = busy
    for (let looks = 0; looks < MAX_BUSY_LOOKS; looks++) {
      excluded.add(candidate)
      candidate = this.#pickBeside(busy, exchange, excluded)
      if (candidate === undefined) return undefined
      if (!candidate.isFull) return candidate
    }
    return undefined
  }

  /** Whether a session on this level may go on there. */
  serves(level: number): boolean {
    return this.#serving.has(level)
  }

  /** Whether `pick` would find one that was not tried, or one may come back. */
  hasUntried(tried: ReadonlySet<Backend>): boolean {
    return this.#isWaiting || this.#reachable.some((backend) => !tried.has(backend))
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

  /** Releases the timer. */
  stop(): void {
    this.failover.stop()
  }

  /** After `stop`: whoever is eligible serves, on the lowest level that has anybody. */
  endWait(): void {
    if (!this.#isWaiting) return
    this.#isWaiting = false
    this.#balancer.rebuild(this.#eligible())
  }

  #arrange(reason: string): void {
    const eligible = this.#eligible()
    for (const [place, weight] of scaledWeights(eligible).entries()) {
      eligible[place]!.effectiveWeight = weight
    }
    const { preferRegion } = this.#settings
    // How many serve progressively is settled: the region only says which of them come first.
    const region = this.failover.counts === null ? preferRegion : null
    const { serving, reserve } = splitByRegion(eligible, region)
    const groups = this.#groups(nearFirst(eligible, preferRegion))
    this.#balancer.divide(serving === eligible ? groups : only(groups, false))
    this.#keepReserve(reserve.length > 0 ? only(groups, true) : [])
    const active = groups.filter(({ share }) => share > 0)
    this.#serving = new Set(active.flatMap(({ targets }) => targets.map(({ level }) => level)))
    const first = active[0]?.level ?? Infinity
    this.#reachable = groups.flatMap(({ level, targets }) => (level >= first ? targets : []))
    this.#isWaiting = this.failover.isWaiting
    this.#reportAvailability(reason)
  }

  #eligible(): Backend[] {
    return this.#backends.filter(({ isEligible, weight }) => isEligible && weight > 0)
  }

  #keepReserve(groups: readonly Group[]): void {
    if (groups.length === 0) {
      this.#reserve = null
      return
    }
    this.#reserve ??= balancerOf(this.#settings, this.#context)
    this.#reserve.divide(groups)
  }

  #reportAvailability(reason: string): void {
    const { isAvailable } = this
    if (isAvailable === this.#wasAvailable) return
    this.#wasAvailable = isAvailable
    const doRequestsWait = this.#settings.hold !== null
    const kind = 'pool_availability'
    this.#context.emit({ kind, pool: this.#pool, isAvailable, doRequestsWait, reason })
  }

  #groups(eligible: readonly Backend[]): readonly Group[] {
    const { shares, counts, isOn, settings } = this.failover
    const byLevel = Map.groupBy(eligible, (backend) => backend.level)
    const levels = [...byLevel].sort(([a], [b]) => a - b)
    if (counts !== null) {
      const targets = levels.flatMap(([level, its]) => its.slice(0, counts.get(level) ?? 0))
      if (targets.length === 0) return [{ level: 0, share: 1, targets: eligible }]
      const rest = eligible.filter((backend) => !targets.includes(backend))
      return [
        { level: 0, share: 1, targets },
        { level: 1, share: 0, targets: rest }
      ]
    }
    const home = homeLevel(this.failover.levels)
    const groups = levels
      .filter(([level]) => isOn || level === home)
      .flatMap(([level, its]): Group[] => {
        const share = shares.get(level) ?? 0
        if (settings.within !== 'first' || level === home) return [{ level, share, targets: its }]
        const next = { level: level + AFTER_FIRST, share: 0, targets: its.slice(1) }
        return [{ level, share, targets: its.slice(0, 1) }, next]
      })
    return groups.some(({ share }) => share > 0) ? groups : this.#standIn(groups)
  }

  /** The level with the traffic has only backends whose trial slot is taken: another helps out. */
  #standIn(groups: readonly Group[]): readonly Group[] {
    if (this.failover.isWaiting) return groups
    const { activeLevel } = this.failover
    const other = groups.find(({ level }) => level > activeLevel) ?? groups[0]
    return groups.map((group) => (group === other ? { ...group, share: 1 } : group))
  }
}

/** The groups without, or with only, the backends that stand back for a region. */
function only(groups: readonly Group[], isPassedOver: boolean): readonly Group[] {
  return groups.map((group) => ({
    ...group,
    targets: group.targets.filter((backend) => backend.isPassedOver === isPassedOver)
  }))
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
