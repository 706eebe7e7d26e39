/**
 * What the live screens show, composed from what the engine says: states whenever they change,
 * numbers with every tick, and one verdict over both. A single place, so that every screen, the
 * title and the tray agree.
 */
import type { Fleet, ProbedBackend, Tick } from '../../../proxy-core/model/engine-telemetry.ts'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import type {
  EngineStatus,
  LiveFleet,
  LiveNumbers,
  LivePool
} from '../../../preload/contract/live-state.ts'
import type { Verdict } from '../../../preload/contract/status.ts'
import { Listeners, type Release } from '../engine/listeners.ts'
import { judgeBackend } from './backend-status.ts'
import type { ErrorRise } from './error-watch.ts'
import { judgePool } from './pool-status.ts'
import { PoolWatch } from './pool-watch.ts'
import { RowBook } from './row-book.ts'
import { verdictOf, type JudgedPool } from './verdict.ts'
import { localTime, type LocalTime } from './wording.ts'

/** How often the sentence is looked at without a reason: it holds minutes. */
const REFRESH_MS = 1_000

/** What the board needs of the engine session. */
export interface BoardEngine {
  readonly status: EngineStatus
  readonly heardAtMs: number | null
  onStatus(listener: (status: EngineStatus) => void): Release
  onFleet(listener: (fleet: Fleet) => void): Release
  onTick(listener: (tick: Tick) => void): Release
  /** The newest probes of every backend. */
  probeBoard(): Promise<readonly ProbedBackend[]>
}

/** Ends of drain and maintenance. */
export interface EndTimes {
  untilMs(pool: string, backend: string): number | null
  onChange(listener: () => void): Release
}

export interface LiveBoardParts {
  readonly clock: Clock
  readonly engine: BoardEngine
  readonly ends: EndTimes
  readonly time?: LocalTime
  say(line: string): void
}

/** The share of errors of a pool rose or fell back (`rise` null). */
export interface ErrorChange {
  readonly pool: string
  readonly rise: ErrorRise | null
}

export class LiveBoard {
  readonly #parts: LiveBoardParts
  readonly #time: LocalTime
  readonly #rows = new RowBook()
  readonly #watches = new Map<string, PoolWatch>()
  readonly #onFleet: Listeners<LiveFleet>
  readonly #onNumbers: Listeners<LiveNumbers>
  readonly #onVerdict: Listeners<Verdict>
  readonly #onErrors: Listeners<ErrorChange>
  readonly #releases: readonly Release[]
  readonly #refresh: Timer
  #known: Fleet | null = null
  /** `#known` is of an engine that has ended. */
  #isStale = true
  #revision = 0
  #pools: readonly JudgedPool[] = []
  #fleet: LiveFleet
  #numbers: LiveNumbers | null = null

  constructor(parts: LiveBoardParts) {
    this.#parts = parts
    this.#time = parts.time ?? localTime
    const listeners = <Value>(): Listeners<Value> =>
      new Listeners((error) => parts.say(`A view of the live state failed: ${String(error)}`))
    this.#onFleet = listeners()
    this.#onNumbers = listeners()
    this.#onVerdict = listeners()
    this.#onErrors = listeners()
    this.#fleet = this.#compose()
    const { engine, ends, clock } = parts
    this.#releases = [
      engine.onStatus((status) => this.#takeStatus(status)),
      engine.onFleet((fleet) => this.#takeFleet(fleet)),
      engine.onTick((tick) => this.#takeTick(tick)),
      ends.onChange(() => this.#recompose())
    ]
    this.#refresh = clock.setInterval(() => this.#renewVerdict(), REFRESH_MS)
  }

  get fleet(): LiveFleet {
    return this.#fleet
  }

  /** null while no engine reports. */
  get numbers(): LiveNumbers | null {
    return this.#numbers
  }

  get verdict(): Verdict {
    return this.#fleet.verdict
  }

  onFleet(listener: (fleet: LiveFleet) => void): Release {
    return this.#onFleet.add(listener)
  }

  onNumbers(listener: (numbers: LiveNumbers) => void): Release {
    return this.#onNumbers.add(listener)
  }

  onVerdict(listener: (verdict: Verdict) => void): Release {
    return this.#onVerdict.add(listener)
  }

  onErrors(listener: (change: ErrorChange) => void): Release {
    return this.#onErrors.add(listener)
  }

  stop(): void {
    this.#refresh.cancel()
    for (const release of this.#releases) release()
  }

  #takeStatus({ phase }: EngineStatus): void {
    if (phase !== 'running' && phase !== 'silent') {
      this.#isStale = true
      this.#numbers = null
      this.#rows.forget()
      this.#watches.clear()
    }
    if (phase === 'none') this.#known = null
    this.#recompose()
  }

  #takeFleet(fleet: Fleet): void {
    const isFirst = this.#isStale
    this.#known = fleet
    this.#isStale = false
    this.#revision++
    this.#rows.begin(fleet)
    for (const pool of this.#watches.keys()) {
      if (!fleet.pools.some(({ name }) => name === pool)) this.#watches.delete(pool)
    }
    this.#recompose()
    if (isFirst) void this.#fetchProbes()
  }

  /** The ticks only carry what is probed from now on. */
  async #fetchProbes(): Promise<void> {
    try {
      this.#rows.takeBoard(await this.#parts.engine.probeBoard())
    } catch (error) {
      // It ended meanwhile, and the next one is asked again.
      return this.#parts.say(`The engine's probes could not be read: ${String(error)}`)
    }
    this.#recompose()
  }

  #takeTick(tick: Tick): void {
    // The fleet that explains its order is on the way, or the engine was just replaced.
    if (this.#isStale || tick.revision !== this.#known?.revision) return
    const hasMoved = tick.probed.some((probed) => this.#isProgress(probed))
    this.#numbers = this.#rows.complete(tick, this.#revision)
    const hasNews = this.#watch(tick, this.#known)
    if (hasMoved || hasNews) this.#recompose()
    this.#onNumbers.tell(this.#numbers)
  }

  #isProgress({ pool, backend, progress }: ProbedBackend): boolean {
    const before = this.#rows.probed(pool, backend)?.progress
    return (
      before?.direction !== progress.direction ||
      before.done !== progress.done ||
      before.needed !== progress.needed
    )
  }

  /** Returns whether anything is to be told otherwise than before. */
  #watch(tick: Tick, { pools }: Fleet): boolean {
    let hasChanged = false
    for (const [at, numbers] of tick.pools.entries()) {
      const pool = pools[at]
      if (pool === undefined) continue
      const { name } = pool
      const watch = this.#watches.get(name) ?? new PoolWatch()
      this.#watches.set(name, watch)
      const wasHigh = watch.errors !== null
      if (watch.take(tick.atMs, pool, numbers)) hasChanged = true
      if (wasHigh !== (watch.errors !== null))
        this.#onErrors.tell({ pool: name, rise: watch.errors })
    }
    return hasChanged
  }

  #recompose(): void {
    const before = this.#fleet.verdict
    this.#fleet = this.#compose()
    this.#onFleet.tell(this.#fleet)
    if (!isSame(before, this.#fleet.verdict)) this.#onVerdict.tell(this.#fleet.verdict)
  }

  #renewVerdict(): void {
    const verdict = this.#judge()
    if (isSame(verdict, this.#fleet.verdict)) return
    this.#fleet = { ...this.#fleet, atMs: this.#parts.clock.wallNow(), verdict }
    this.#onFleet.tell(this.#fleet)
    this.#onVerdict.tell(verdict)
  }

  #compose(): LiveFleet {
    const known = this.#known
    const live = known?.pools.map((pool) => this.#livePool(pool, known)) ?? []
    this.#pools = live.map(({ name, status }, at) => ({
      facts: known!.pools[at]!,
      status,
      ...this.#watched(name)
    }))
    return {
      revision: this.#revision,
      atMs: this.#parts.clock.wallNow(),
      engine: this.#parts.engine.status,
      verdict: this.#judge(),
      configurationError: known?.configurationError ?? null,
      listeners: this.#listeners(),
      routes: known?.routes ?? [],
      pools: live,
      probes: this.#rows.allProbed()
    }
  }

  /** With its engine, a listener is gone. */
  #listeners(): LiveFleet['listeners'] {
    const listeners = this.#known?.listeners ?? []
    return this.#isStale ? listeners.map((one) => ({ ...one, isOpen: false })) : listeners
  }

  #livePool(pool: Fleet['pools'][number], { isReady }: Fleet): LivePool {
    const isStale = this.#isStale
    const backends = pool.backends.map((backend) => {
      const progress = this.#rows.probed(pool.name, backend.address)?.progress ?? null
      const { activeLevel } = pool
      return {
        ...backend,
        ...judgeBackend({ backend, progress, activeLevel, isStale }),
        adminUntilMs:
          backend.adminState === 'ready'
            ? null
            : this.#parts.ends.untilMs(pool.name, backend.address)
      }
    })
    const facts = { pool, ...this.#watched(pool.name), isReady, isStale, time: this.#time }
    return { ...pool, ...judgePool(facts), backends }
  }

  #watched(pool: string): Pick<JudgedPool, 'errors' | 'waiting'> {
    const { errors = null, waiting = null } = this.#watches.get(pool) ?? {}
    return { errors, waiting }
  }

  #judge(): Verdict {
    const { engine, ends, clock } = this.#parts
    return verdictOf({
      engine: engine.status,
      heardAtMs: engine.heardAtMs,
      // Before the first word of a new engine, the last words of the old one say nothing.
      fleet: this.#isStale ? null : this.#known,
      pools: this.#isStale ? [] : this.#pools,
      adminUntilMs: (pool, backend) => ends.untilMs(pool, backend),
      nowMs: clock.wallNow(),
      time: this.#time
    })
  }
}

function isSame(left: Verdict, right: Verdict): boolean {
  return (
    left.sentence === right.sentence &&
    left.status === right.status &&
    left.short === right.short &&
    left.servingBackends === right.servingBackends &&
    left.totalBackends === right.totalBackends
  )
}
