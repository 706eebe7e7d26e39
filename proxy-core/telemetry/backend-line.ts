/** One backend as the ticks tell of it. Most of a thousand are idle, and must cost nothing then. */
import { COARSE_BUCKETS } from '../metrics/latency-histogram.ts'
import type { TrafficRow } from '../model/traffic-row.ts'
import type { Backend } from '../pool/backend.ts'
import type { BackendRing } from './backend-ring.ts'
import { NO_PERCENTILES, type Percentiles } from './coarse-percentiles.ts'
import { LatencyWindow } from './latency-window.ts'
import type { TickTimes } from './tick-times.ts'
import type { TrafficHistory } from './traffic-history.ts'
import { readAttempts, TrafficMeter } from './traffic-meter.ts'
import { isSameRow, trafficRowOf } from './traffic-row-of.ts'

/** Ticks without anything new after which rates and percentiles are empty for sure. */
const SETTLED_TICKS = 24

const cumulative = new Float64Array(COARSE_BUCKETS)

export class BackendLine {
  readonly backend: Backend
  readonly #meter: TrafficMeter
  #latency: LatencyWindow | null = null
  #ring: BackendRing | null = null
  #row: TrafficRow | null = null
  #sent: TrafficRow | null = null
  /** Ticks since something was last added. */
  #idleTicks = 0
  /** The row says that nothing happens, and that is still so. */
  #isSettled = false
  #inFlight = 0
  #connections = 0
  #percentiles: Percentiles = NO_PERCENTILES
  #stateRevision: number
  #probesTold: number

  /** `isNew`: it has come while telemetry runs, so what its counters hold is news. */
  constructor(backend: Backend, isNew: boolean, nowMs: number) {
    this.backend = backend
    const { totalMs } = backend.counters
    if (!isNew && totalMs.count > 0) {
      totalMs.coarsenInto(cumulative)
      this.#latency = new LatencyWindow(cumulative, nowMs)
    }
    this.#meter = new TrafficMeter(isNew ? [] : [backend.counters], readAttempts)
    this.#stateRevision = backend.stateRevision
    this.#probesTold = isNew ? 0 : probesOf(backend)
  }

  /** Whether its states changed since this was last asked. */
  takeStateChange(): boolean {
    const { stateRevision } = this.backend
    if (stateRevision === this.#stateRevision) return false
    this.#stateRevision = stateRevision
    return true
  }

  /**
   * Once for every tick, after `history` has advanced. `isTurn`: the row is to be computed anew;
   * otherwise it stays what it was.
   */
  measure(times: TickTimes, nowMs: number, history: TrafficHistory, isTurn: boolean): void {
    const { backend } = this
    const { counters } = backend
    const connections = backend.connections?.openCount ?? 0
    const hasTraffic = this.#meter.measure(counters, readAttempts, times)
    const hasNews =
      hasTraffic || counters.inFlight !== this.#inFlight || connections !== this.#connections
    this.#idleTicks = hasNews ? 0 : this.#idleTicks + 1
    if (hasNews) this.#isSettled = false
    this.#inFlight = counters.inFlight
    this.#connections = connections
    if (this.#row === null || (isTurn && !this.#isSettled)) this.#refresh(times, nowMs)
    if (hasTraffic) this.#ring ??= history.openBackend(backend.pool, backend.address)
    this.#ring?.add(hasTraffic ? this.#meter.delta : null, this.#percentiles, this.#inFlight)
  }

  /** The row if it is another than the one last taken, else null. */
  takeRow(): TrafficRow | null {
    const row = this.#row
    if (row === null || row === this.#sent) return null
    const isSame = this.#sent !== null && isSameRow(this.#sent, row)
    this.#sent = row
    return isSame ? null : row
  }

  /** The row also when it is the same; null only before the first tick. */
  takeWholeRow(): TrafficRow | null {
    this.#sent = this.#row
    return this.#row
  }

  /** Whether it was probed since this last answered yes. */
  takeProbed(): boolean {
    const probes = probesOf(this.backend)
    if (probes === this.#probesTold) return false
    this.#probesTold = probes
    return true
  }

  #refresh(times: TickTimes, nowMs: number): void {
    const { totalMs } = this.backend.counters
    this.#isSettled = this.#idleTicks > SETTLED_TICKS
    if (totalMs.count > 0) {
      totalMs.coarsenInto(cumulative)
      this.#latency ??= new LatencyWindow(NOTHING, nowMs)
      this.#percentiles = this.#latency.read(cumulative, nowMs)
    }
    this.#row = trafficRowOf(this.#meter, times, this.#percentiles, {
      inFlight: this.#inFlight,
      queued: 0,
      connections: this.#connections
    })
  }
}

const NOTHING = new Float64Array(COARSE_BUCKETS)

function probesOf({ counters }: Backend): number {
  return counters.probesPassed + counters.probesFailed
}
