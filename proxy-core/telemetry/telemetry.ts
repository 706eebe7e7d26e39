/**
 * What an observed engine tells its parent: the fleet when it changes, numbers every 250 ms,
 * samples of its traffic, and answers to questions about all of it. Without an observer it
 * holds no timer and nobody notes anything.
 *
 * Every tick is measured; it is sent only when the parent has taken the one before, so a slow
 * parent gets fewer of them and never a queue. `null` rows refer to the last tick that was sent.
 */
import type { ObservedEngine, PoolView } from '../engine/engine-view.ts'
import type { EngineAnswer, EngineQuestion, FromEngine } from '../model/control-protocol.ts'
import { TICK_INTERVAL_MS } from '../model/engine-telemetry.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { Clock, Random, Timer } from '../time/clock.ts'
import { backendEvidenceOf } from './backend-evidence-of.ts'
import { fleetOf } from './fleet-of.ts'
import { ProbeNews, probeBoardOf } from './probe-board.ts'
import { ProcessMeter } from './process-meter.ts'
import { TickTimes } from './tick-times.ts'
import { TrafficBoard } from './traffic-board.ts'
import { TrafficHistory } from './traffic-history.ts'
import { TrafficSampler } from './traffic-sampler.ts'

/** Of those who wait in a pool: as many as a screen has room for. */
const HELD_SHOWN = 20

export type TelemetryMessage = Extract<FromEngine, { kind: 'fleet' | 'tick' | 'traffic' }>

export interface TelemetryParts {
  readonly engine: ObservedEngine
  readonly clock: Clock
  readonly random: Random
  send(message: TelemetryMessage): void
}

export interface Observation {
  readonly isWanted: boolean
  readonly isTrafficWanted: boolean
}

/** What lives only while somebody observes. */
interface Collection {
  readonly times: TickTimes
  readonly board: TrafficBoard
  readonly probes: ProbeNews
  readonly process: ProcessMeter
}

export class Telemetry {
  readonly #parts: TelemetryParts
  /** Outlives an interruption of the observation, which it shows as a gap. */
  readonly #history = new TrafficHistory()
  #collection: Collection | null = null
  #sampler: TrafficSampler | null = null
  #lastSampleSeq = 0
  #timer: Timer | null = null
  #tickSeq = 0
  /** The tick that the parent has not acknowledged yet. */
  #unacknowledged: number | null = null
  #revision = 0
  /** The layout is newer than the fleet that was sent last. */
  #isFleetDue = false
  /** A new fleet has come, for which no row was sent yet. */
  #areAllRowsDue = false
  #hasEngineChanged = false
  #shownState = ''

  constructor(parts: TelemetryParts) {
    this.#parts = parts
  }

  observe({ isWanted, isTrafficWanted }: Observation): void {
    if (!isWanted) return this.stop()
    if (this.#collection === null) this.#start()
    this.#watchTraffic(isTrafficWanted)
  }

  acknowledge(seq: number): void {
    if (this.#unacknowledged !== null && seq >= this.#unacknowledged) this.#unacknowledged = null
  }

  /** Something that the fleet shows may have changed: an event of the engine. */
  engineChanged(): void {
    this.#hasEngineChanged = true
  }

  /** Throws POOL_UNKNOWN or BACKEND_UNKNOWN. */
  answer(question: EngineQuestion): EngineAnswer {
    const { engine, clock } = this.#parts
    switch (question.name) {
      case 'series':
        return {
          name: 'series',
          series: this.#history.series(question.query, clock.wallNow(), namesOf(engine))
        }
      case 'evidence': {
        const watch = engine.watchOf(question.pool, question.backend)
        const { pool, backend } = this.#find(question.pool, question.backend)
        const evidence = backendEvidenceOf(pool, backend, watch, clock.wallNow())
        return { name: 'evidence', evidence }
      }
      case 'probe_board':
        return { name: 'probe_board', board: probeBoardOf(engine) }
      case 'traffic':
        return { name: 'traffic', samples: this.#sampler?.since(question.since) ?? [] }
      case 'failover_preview': {
        const preview = engine.failoverPreview(question.pool, question.activation)
        return { name: 'failover_preview', preview }
      }
      case 'held': {
        const requests = [...this.#findPool(question.pool).heldRequests(HELD_SHOWN)]
        return { name: 'held', requests }
      }
    }
  }

  /** Releases the timer; idempotent. The history stays. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#collection = null
    this.#unacknowledged = null
    this.#watchTraffic(false)
  }

  #start(): void {
    const { engine, clock } = this.#parts
    const nowMs = clock.now()
    const times = new TickTimes(nowMs)
    this.#collection = {
      times,
      board: new TrafficBoard(engine, times, this.#history, nowMs),
      probes: new ProbeNews(engine),
      process: new ProcessMeter(engine.loopLag, nowMs)
    }
    this.#hasEngineChanged = false
    this.#shownState = quietStateOf(engine)
    this.#sendFleet()
    this.#schedule()
  }

  #watchTraffic(isWanted: boolean): void {
    if (isWanted === (this.#sampler !== null)) return
    const { engine, clock, random } = this.#parts
    this.#lastSampleSeq = this.#sampler?.lastSeq ?? this.#lastSampleSeq
    this.#sampler = isWanted ? new TrafficSampler(clock, random, this.#lastSampleSeq) : null
    engine.watchTraffic(this.#sampler)
  }

  /**
   * Aims at the middle of the next 250 ms of the wall clock, so that a tick that is a little
   * early or late still falls into a slot of its own.
   */
  #schedule(): void {
    const half = TICK_INTERVAL_MS / 2
    const sinceMiddleMs = (this.#parts.clock.wallNow() + half) % TICK_INTERVAL_MS
    const waitMs = TICK_INTERVAL_MS - sinceMiddleMs
    this.#timer = this.#parts.clock.setTimeout(
      () => this.#tick(),
      waitMs < half ? waitMs + TICK_INTERVAL_MS : waitMs
    )
  }

  #tick(): void {
    const collection = this.#collection
    if (collection === null) return
    this.#schedule()
    this.#layOut(collection)
    this.#measure(collection)
    this.#sampler?.closeTick()
    if (this.#unacknowledged !== null) return
    if (this.#isFleetDue) this.#sendFleet()
    this.#sendTick(collection)
    const batch = this.#sampler?.takeBatch()
    if (batch) this.#parts.send({ kind: 'traffic', batch })
  }

  #layOut({ board }: Collection): void {
    const { engine } = this.#parts
    const state = quietStateOf(engine)
    const hasStateChanged = board.takeStateChange()
    if (!this.#hasEngineChanged && !hasStateChanged && state === this.#shownState) return
    this.#hasEngineChanged = false
    this.#shownState = state
    this.#isFleetDue = true
    board.layOut()
    this.#sampler?.retainPools(new Set(board.names.keys()))
  }

  #measure({ times, board }: Collection): void {
    const { clock } = this.#parts
    const nowMs = clock.now()
    times.note(nowMs)
    // After a gap only the last moment was really measured.
    const measuredMs = times.isAfterGap ? TICK_INTERVAL_MS : times.intervalMs
    this.#history.advance(clock.wallNow(), measuredMs)
    board.measure(nowMs)
  }

  #sendFleet(): void {
    const { engine, clock, send } = this.#parts
    this.#isFleetDue = false
    this.#areAllRowsDue = true
    send({ kind: 'fleet', fleet: fleetOf(engine, ++this.#revision, clock.wallNow()) })
  }

  #sendTick({ board, probes, process }: Collection): void {
    const { engine, clock, send } = this.#parts
    const rows = board.rows(this.#areAllRowsDue)
    this.#areAllRowsDue = false
    const seq = ++this.#tickSeq
    this.#unacknowledged = seq
    send({
      kind: 'tick',
      tick: {
        seq,
        revision: this.#revision,
        atMs: clock.wallNow(),
        process: process.read(engine.loopLag, clock.now()),
        ...rows,
        probed: probes.take(board.backendLines)
      }
    })
  }

  #findPool(poolName: string): PoolView {
    const pool = this.#parts.engine.pools.find(({ name }) => name === poolName)
    if (pool) return pool
    const reason = `There is no pool ${poolName}.`
    throw new SwitchyardError('POOL_UNKNOWN', reason, { pool: poolName })
  }

  #find(
    poolName: string,
    address: string
  ): { readonly pool: PoolView; readonly backend: PoolView['backends'][number] } {
    const pool = this.#findPool(poolName)
    const backend = pool.backends.find((one) => one.address === address)
    if (backend) return { pool, backend }
    const reason = `Pool ${poolName} has no backend ${address}.`
    throw new SwitchyardError('BACKEND_UNKNOWN', reason, { pool: poolName, backend: address })
  }
}

/** What changes without an event, as one text to compare. */
function quietStateOf(engine: ObservedEngine): string {
  let open = 0
  for (const listener of engine.listeners) if (listener.isOpen) open++
  const shares = engine.pools.map(({ levelShares }) =>
    // A tenth at a time: a ramp must not send a large fleet over and over.
    levelShares.size < 2 ? '' : [...levelShares].map(([, share]) => Math.round(share * 10)).join()
  )
  return `${open} ${engine.isReady} ${engine.isStopping} ${shares.join(' ')}`
}

function namesOf(engine: ObservedEngine): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    engine.pools.map(({ name, backends }) => [name, new Set(backends.map((one) => one.address))])
  )
}
