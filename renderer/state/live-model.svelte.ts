/**
 * What the engine does now, as the screens read it. Frames come four times a second whatever the
 * load; they are collected into one animation frame and replaced as a whole, and nothing runs
 * between them.
 */
import type {
  EngineStatus,
  LiveFleet,
  LiveHold,
  LiveNumbers
} from '../../preload/contract/live-state.ts'
import type { Verdict } from '../../preload/contract/status.ts'
import type { ProbedBackend } from '../../proxy-core/model/engine-telemetry.ts'
import type { TrafficRates } from '../../proxy-core/model/traffic-row.ts'
import type { ConnectionState, ConsoleBackend } from '../backend/console-backend.ts'
import { holdOf, ratesOf, type LiveBoard, type RateScope } from './live-board.ts'
import { livenessOf, STALE_AFTER_MS, type Liveness } from './liveness.ts'
import type { Page } from './page.ts'
import { ProbeBook } from './probe-book.ts'
import { SparkHistory } from './spark-history.ts'
import type { ViewPause } from './view-pause.svelte.ts'
import type { WallClock } from './wall-clock.svelte.ts'

/** Text that changes more often cannot be read. */
export const TEXT_INTERVAL_MS = 500

/** Every second tick may come a frame early and shall still count. */
const FRAME_TOLERANCE_MS = 20

export interface LiveModelParts {
  readonly backend: ConsoleBackend
  readonly page: Page
  readonly clock: WallClock
  readonly pause: ViewPause
  /** Wall-clock milliseconds that the operator looks at (`?at=`); null = now. */
  viewAtMs(): number | null
  /** Another engine process runs than the one that was known. */
  onOtherEngine(): void
}

export class LiveModel {
  /** Who is there and in what state; stands still while paused. null before the first. */
  fleet = $state.raw<LiveFleet | null>(null)
  /** Four times a second: for sparks and dots. In the order of `board.fleet`, not of `fleet`. */
  board = $state.raw<LiveBoard | null>(null)
  /** The verdict also comes to a hidden window, and never pauses. */
  verdict = $state.raw<Verdict | null>(null)
  connection = $state.raw<ConnectionState>({ kind: 'open' })
  /** Of the newest fleet, also while the view is paused: a dead engine is not hidden by a pause. */
  #engine = $state.raw<EngineStatus | null>(null)
  /** The same as `board` twice a second: for text. */
  #textBoard = $state.raw<LiveBoard | null>(null)
  /** Set when a tick is overdue, so that STALE needs no polling. */
  #hearing = $state<'nothing' | 'ticks' | 'silence'>('nothing')
  /** Grows with each frame, so that what reads a probe reads it again. */
  #probeRevision = $state(0)

  readonly #parts: LiveModelParts
  readonly #sparks = new SparkHistory()
  readonly #probes = new ProbeBook()
  #newestFleet: LiveFleet | null = null
  #newestNumbers: LiveNumbers | null = null
  #textAtMs = Number.NEGATIVE_INFINITY
  #cancelFrame: (() => void) | null = null
  #cancelOverdue: (() => void) | null = null
  #subscriptions: (() => void)[] = []
  #enginePid: number | null = null
  /** Not reactive: an age that is shown follows the second. */
  #heardAtMs: number | null = null

  constructor(parts: LiveModelParts) {
    this.#parts = parts
  }

  /** Four times a second; null before the first. */
  get numbers(): LiveNumbers | null {
    return this.board?.numbers ?? null
  }

  /** Twice a second; null where there is no such thing, or no numbers yet. For text. */
  rates(...scope: RateScope): TrafficRates | null {
    return this.#textBoard === null ? null : ratesOf(this.#textBoard, scope)
  }

  /** Twice a second; null where no requests of the pool may wait, or no numbers came yet. */
  hold(pool: string): LiveHold | null {
    return this.#textBoard === null ? null : holdOf(this.#textBoard, pool)
  }

  /** Four times a second. For what is drawn. */
  currentRates(...scope: RateScope): TrafficRates | null {
    return this.board === null ? null : ratesOf(this.board, scope)
  }

  /**
   * Requests per second of the last 60 s, 240 slots, oldest first, NaN = nothing measured. Of the
   * whole engine without names, of a pool with one. Reading it follows the ticks.
   */
  history(pool: string | null = null, backend: string | null = null): Float32Array {
    void this.board
    return this.#sparks.of(pool, backend)
  }

  /** The newest probes of a backend; null when it has no checks or none was made. */
  probes(pool: string, backend: string): ProbedBackend | null {
    void this.#probeRevision
    return this.#probes.of(pool, backend)
  }

  /** Wall-clock milliseconds of the moment in the past that is looked at; null = now. */
  get viewAtMs(): number | null {
    return this.#parts.viewAtMs()
  }

  get liveness(): Liveness {
    const { clock, pause } = this.#parts
    // Reading them makes this follow the second and the watch; the age itself is exact.
    void clock.nowMs
    void this.#hearing
    return livenessOf({
      connection: this.connection,
      engine: this.#engine,
      pausedSinceMs: pause.sinceMs,
      heardAtMs: this.#heardAtMs,
      nowMs: clock.exactMs()
    })
  }

  /** Data is dimmed and clocks stand (G). */
  get isStale(): boolean {
    const { word } = this.liveness
    return word === 'STALE' || word === 'RECONNECTING' || word === 'CORE STOPPED'
  }

  /**
   * The moment that the shown data speaks of, for "since" clocks: it stands while the data does.
   */
  get nowMs(): number {
    const { clock, pause } = this.#parts
    if (this.viewAtMs !== null) return this.viewAtMs
    if (pause.sinceMs !== null) return pause.sinceMs
    if (this.isStale && this.#heardAtMs !== null) return this.#heardAtMs
    return clock.nowMs
  }

  /** Follows the live topics; called again, it does nothing. */
  follow(): void {
    if (this.#subscriptions.length > 0) return
    const { backend } = this.#parts
    this.#subscriptions = [
      backend.subscribe('fleet', {}, (fleet) => this.#takeFleet(fleet)),
      backend.subscribe('numbers', {}, (numbers) => this.#takeNumbers(numbers))
    ]
  }

  /** For a hidden window: nothing of this model runs any more. What it knows stays. */
  unfollow(): void {
    for (const end of this.#subscriptions) end()
    this.#subscriptions = []
    this.#cancelFrame?.()
    this.#cancelFrame = null
    this.#cancelOverdue?.()
    this.#cancelOverdue = null
  }

  /** After the pause ended: shows the newest at once. */
  catchUp(): void {
    this.#textAtMs = Number.NEGATIVE_INFINITY
    this.#schedule()
  }

  #takeFleet(fleet: LiveFleet): void {
    this.#newestFleet = fleet
    this.#engine = fleet.engine
    this.#noticeEngine(fleet.engine.pid)
    this.verdict = fleet.verdict
    this.#probes.takeFleet(fleet)
    this.#schedule()
  }

  #noticeEngine(pid: number | null): void {
    if (pid === null || pid === this.#enginePid) return
    if (this.#enginePid !== null) this.#takeOtherEngine()
    this.#enginePid = pid
  }

  /** What the one before has said makes this one neither live nor late. */
  #takeOtherEngine(): void {
    this.#heardAtMs = null
    this.#hearing = 'nothing'
    this.#cancelOverdue?.()
    this.#cancelOverdue = null
    this.#parts.onOtherEngine()
  }

  #takeNumbers(numbers: LiveNumbers): void {
    this.#newestNumbers = numbers
    this.#parts.clock.align(numbers.atMs)
    this.#heardAtMs = this.#parts.clock.exactMs()
    this.#watchForSilence()
    this.#probes.take(numbers.probed)
    const board = this.#newestBoard()
    if (board !== null) this.#sparks.take(board)
    this.#schedule()
  }

  #watchForSilence(): void {
    this.#hearing = 'ticks'
    this.#cancelOverdue?.()
    this.#cancelOverdue = this.#parts.page.after(STALE_AFTER_MS + 1, () => {
      this.#hearing = 'silence'
    })
  }

  /** null while the newest fleet and the newest numbers are of different orders. */
  #newestBoard(): LiveBoard | null {
    const fleet = this.#newestFleet
    const numbers = this.#newestNumbers
    return fleet === null || numbers?.revision !== fleet.revision ? null : { fleet, numbers }
  }

  #schedule(): void {
    this.#cancelFrame ??= this.#parts.page.nextFrame(() => {
      this.#cancelFrame = null
      if (!this.#parts.pause.isPaused) this.#show()
    })
  }

  #show(): void {
    this.fleet = this.#newestFleet
    const board = this.#newestBoard()
    if (board === null) return
    this.board = board
    this.#probeRevision++
    const nowMs = this.#parts.page.now()
    if (nowMs - this.#textAtMs < TEXT_INTERVAL_MS - FRAME_TOLERANCE_MS) return
    this.#textAtMs = nowMs
    this.#textBoard = board
  }
}
