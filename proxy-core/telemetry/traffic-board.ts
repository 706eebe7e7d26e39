/**
 * Every line of numbers that a tick has, in the order of the fleet: measured once per tick,
 * kept over reloads as long as what it measures lives.
 */
import type { ListenerView, ObservedEngine, PoolView } from '../engine/engine-view.ts'
import type { Tick } from '../model/engine-telemetry.ts'
import type { TrafficRow } from '../model/traffic-row.ts'
import type { Backend } from '../pool/backend.ts'
import { BackendLine } from './backend-line.ts'
import { HoldMeter } from './hold-meter.ts'
import { LatencyMeter } from './latency-meter.ts'
import type { TickTimes } from './tick-times.ts'
import type { TrafficHistory } from './traffic-history.ts'
import { FIELDS, readExchanges, TrafficMeter } from './traffic-meter.ts'
import { trafficRowOf } from './traffic-row-of.ts'

interface ListenerLine {
  readonly listener: ListenerView
  readonly meter: TrafficMeter
  readonly latency: LatencyMeter
}

interface PoolLine {
  readonly pool: PoolView
  readonly meter: TrafficMeter
  readonly latency: LatencyMeter
  /** null: its requests do not wait for a backend that comes back. */
  readonly hold: HoldMeter | null
  readonly backends: readonly BackendLine[]
}

/**
 * A tick computes the rows of this many backends anew; of more, each has its turn in one of the
 * next ticks. So a thousand backends cost little more than these, and are a second old at most.
 */
const ROWS_PER_TICK = 256

export type BoardRows = Pick<Tick, 'total' | 'listeners' | 'pools'>

export class TrafficBoard {
  readonly #engine: ObservedEngine
  readonly #times: TickTimes
  readonly #history: TrafficHistory
  readonly #total: TrafficMeter
  readonly #totalLatency: LatencyMeter
  #listeners: readonly ListenerLine[] = []
  #pools: readonly PoolLine[] = []
  #nowMs: number
  #backendCount = 0
  /** The backend whose turn begins the tick, counted through all pools. */
  #turn = 0
  #isFirstLayout = true

  constructor(engine: ObservedEngine, times: TickTimes, history: TrafficHistory, nowMs: number) {
    this.#engine = engine
    this.#times = times
    this.#history = history
    this.#nowMs = nowMs
    const counters = engine.listeners.map((listener) => listener.counters)
    this.#total = new TrafficMeter(counters, readExchanges)
    this.#totalLatency = new LatencyMeter([], nowMs)
    this.layOut()
  }

  /** Pools and their backends, in the order of the fleet. */
  get backendLines(): readonly (readonly BackendLine[])[] {
    return this.#pools.map(({ backends }) => backends)
  }

  /** What the history may be asked for. */
  get names(): ReadonlyMap<string, ReadonlySet<string>> {
    return new Map(
      this.#pools.map(({ pool, backends }) => [
        pool.name,
        new Set(backends.map(({ backend }) => backend.address))
      ])
    )
  }

  /** Takes the lines of the engine as it is now; what was measured before goes on. */
  layOut(): void {
    const listeners = new Map(this.#listeners.map((line) => [line.listener, line]))
    const pools = new Map(this.#pools.map((line) => [line.pool, line]))
    const backends = new Map<Backend, BackendLine>()
    for (const line of this.#pools) {
      for (const one of line.backends) backends.set(one.backend, one)
    }
    this.#listeners = this.#engine.listeners.map(
      (listener) => listeners.get(listener) ?? this.#newListener(listener)
    )
    this.#pools = this.#engine.pools.map((pool) => ({
      ...(pools.get(pool) ?? this.#newPool(pool)),
      hold: holdMeterOf(pool, pools.get(pool)),
      backends: pool.backends.map((backend) => backends.get(backend) ?? this.#newBackend(backend))
    }))
    this.#backendCount = this.#pools.reduce((sum, line) => sum + line.backends.length, 0)
    this.#turn = 0
    this.#history.retain(this.names)
    this.#isFirstLayout = false
  }

  /** Whether a backend's states changed since this was last asked. */
  takeStateChange(): boolean {
    let hasChanged = false
    for (const { backends } of this.#pools) {
      for (const line of backends) if (line.takeStateChange()) hasChanged = true
    }
    return hasChanged
  }

  /** Once for every tick, after the times and the history have advanced. */
  measure(nowMs: number): void {
    this.#nowMs = nowMs
    const total = this.#total.delta.fill(0)
    let [inFlight, queued] = [0, 0]
    for (const { listener, meter, latency } of this.#listeners) {
      meter.measure(listener.counters, readExchanges, this.#times)
      latency.measure(listener.counters.totalMs)
      for (let field = 0; field < FIELDS; field++) total[field]! += meter.delta[field]!
      inFlight += listener.counters.inFlight
    }
    let index = 0
    for (const line of this.#pools) {
      this.#measurePool(line)
      queued += line.pool.counters.queued
      for (const one of line.backends) {
        one.measure(this.#times, nowMs, this.#history, this.#hasTurn(index++))
      }
    }
    this.#turn = (this.#turn + ROWS_PER_TICK) % Math.max(1, this.#backendCount)
    this.#total.accumulate(this.#times)
    this.#totalLatency.accumulate(this.#listeners.map(({ latency }) => latency))
    this.#history.addTotal({
      delta: total,
      latency: recorded(this.#totalLatency),
      inFlight,
      queued
    })
  }

  /** `isWhole`: every backend's row, and not only those that changed since the last rows. */
  rows(isWhole: boolean): BoardRows {
    return {
      total: this.#totalRow(),
      listeners: this.#listeners.map((line) => this.#listenerRow(line)),
      pools: this.#pools.map((line) => ({
        row: this.#poolRow(line),
        hold: line.hold?.numbers(this.#times) ?? null,
        backends: line.backends.map((one) => (isWhole ? one.takeWholeRow() : one.takeRow()))
      }))
    }
  }

  #measurePool({ pool, meter, latency, hold }: PoolLine): void {
    const { counters } = pool
    hold?.measure(pool, this.#times)
    const hasTraffic = meter.measure(counters, readExchanges, this.#times)
    latency.measure(counters.totalMs)
    this.#history.addPool(
      pool.name,
      {
        delta: meter.delta,
        latency: recorded(latency),
        inFlight: counters.inFlight,
        queued: counters.queued
      },
      hasTraffic
    )
  }

  #hasTurn(index: number): boolean {
    const count = this.#backendCount
    return count <= ROWS_PER_TICK || (index - this.#turn + count) % count < ROWS_PER_TICK
  }

  #totalRow(): TrafficRow {
    const listeners = this.#listeners
    return trafficRowOf(this.#total, this.#times, this.#totalLatency.percentiles(this.#nowMs), {
      inFlight: listeners.reduce((sum, { listener }) => sum + listener.counters.inFlight, 0),
      queued: this.#pools.reduce((sum, { pool }) => sum + pool.counters.queued, 0),
      connections: listeners.reduce((sum, { listener }) => sum + listener.connections, 0)
    })
  }

  #listenerRow({ listener, meter, latency }: ListenerLine): TrafficRow {
    return trafficRowOf(meter, this.#times, latency.percentiles(this.#nowMs), {
      inFlight: listener.counters.inFlight,
      queued: 0,
      connections: listener.connections
    })
  }

  #poolRow({ pool, meter, latency, backends }: PoolLine): TrafficRow {
    return trafficRowOf(meter, this.#times, latency.percentiles(this.#nowMs), {
      inFlight: pool.counters.inFlight,
      queued: pool.counters.queued,
      connections: backends.reduce(
        (sum, { backend }) => sum + (backend.connections?.openCount ?? 0),
        0
      )
    })
  }

  #newListener(listener: ListenerView): ListenerLine {
    const before = this.#isFirstLayout ? [listener.counters] : []
    return {
      listener,
      meter: new TrafficMeter(before, readExchanges),
      latency: new LatencyMeter(
        before.map(({ totalMs }) => totalMs),
        this.#nowMs
      )
    }
  }

  #newPool(pool: PoolView): Omit<PoolLine, 'backends' | 'hold'> {
    const before = this.#isFirstLayout ? [pool.counters] : []
    return {
      pool,
      meter: new TrafficMeter(before, readExchanges),
      latency: new LatencyMeter(
        before.map(({ totalMs }) => totalMs),
        this.#nowMs
      )
    }
  }

  #newBackend(backend: Backend): BackendLine {
    return new BackendLine(backend, !this.#isFirstLayout, this.#nowMs)
  }
}

/** A reload may give a pool its line, or take it away. */
function holdMeterOf(pool: PoolView, before: PoolLine | undefined): HoldMeter | null {
  return pool.settings.hold === null ? null : (before?.hold ?? new HoldMeter(pool))
}

function recorded(latency: LatencyMeter): Float64Array | null {
  return latency.hasRecorded ? latency.delta : null
}
