/**
 * Turns the ever growing counters of one listener, pool or backend into what a tick tells:
 * what was added since the last one, and rates over the window of `TickTimes`.
 */
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import { TICK_STATES, type TickTimes } from './tick-times.ts'

export const Field = {
  REQUESTS: 0,
  OK: 1,
  REDIRECT: 2,
  CLIENT: 3,
  SERVER: 4,
  FAILURES: 5,
  RETRIES: 6
} as const

export const FIELDS = 7

/** Writes the counters of interest over the `FIELDS` cells of `into`. */
export type CounterReader = (counters: TrafficCounters, into: Float64Array) => void

/** Of a listener or a pool: an answer that broke off was counted by its status, and failed. */
export const readExchanges: CounterReader = (counters, into) => {
  readResponses(counters, into)
  into[Field.FAILURES] = counters.serverAborts
}

/** Of a backend: an answer of ours in its place is no response of it, but a failure. */
export const readAttempts: CounterReader = (counters, into) => {
  readResponses(counters, into)
  into[Field.SERVER]! -= counters.ownErrors
  into[Field.FAILURES] = counters.connectErrors + counters.responseErrors
}

function readResponses(counters: TrafficCounters, into: Float64Array): void {
  const { responses } = counters
  into[Field.REQUESTS] = counters.requests
  into[Field.OK] = responses[2]!
  into[Field.REDIRECT] = responses[3]!
  into[Field.CLIENT] = responses[4]!
  into[Field.SERVER] = responses[5]!
  into[Field.RETRIES] = counters.retries
}

const fresh = new Float64Array(FIELDS)

export class TrafficMeter {
  /** Since the tick before. */
  readonly delta = new Float64Array(FIELDS)
  /** `FIELDS` cells for each of the newest ticks; the place of a tick is `TickTimes.slot`. */
  readonly #states = new Float64Array(FIELDS * TICK_STATES)
  readonly #now = new Float64Array(FIELDS)

  /** Measuring begins with the sum of what `counters` hold now: that is not added any more. */
  constructor(counters: readonly TrafficCounters[], read: CounterReader) {
    for (const one of counters) {
      read(one, fresh)
      for (let field = 0; field < FIELDS; field++) this.#now[field]! += fresh[field]!
    }
    for (let state = 0; state < TICK_STATES; state++) {
      this.#states.set(this.#now, state * FIELDS)
    }
  }

  /** Once for every tick, after `times` has noted it. Returns whether anything was added. */
  measure(counters: TrafficCounters, read: CounterReader, times: TickTimes): boolean {
    read(counters, fresh)
    let hasChanged = false
    for (let field = 0; field < FIELDS; field++) {
      const added = fresh[field]! - this.#now[field]!
      this.delta[field] = added
      if (added !== 0) hasChanged = true
    }
    this.#keep(fresh, times)
    return hasChanged
  }

  /** As `measure`, for a sum of meters: `delta` was filled by the caller. */
  accumulate(times: TickTimes): void {
    for (let field = 0; field < FIELDS; field++) {
      fresh[field] = this.#now[field]! + this.delta[field]!
    }
    this.#keep(fresh, times)
  }

  /** Per second, to two decimals. */
  rate(field: number, times: TickTimes): number {
    const { windowMs } = times
    if (windowMs <= 0) return 0
    const added = this.#now[field]! - this.#states[times.firstSlot * FIELDS + field]!
    return Math.max(0, Math.round((added * 100_000) / windowMs) / 100)
  }

  /** With what was there before measuring began. */
  total(field: number): number {
    return this.#now[field]!
  }

  #keep(state: Float64Array, times: TickTimes): void {
    const base = times.slot * FIELDS
    for (let field = 0; field < FIELDS; field++) {
      this.#now[field] = this.#states[base + field] = state[field]!
    }
  }
}
