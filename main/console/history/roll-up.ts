/**
 * One row a minute for all listeners together and for each pool: what the history remembers of
 * traffic when the engine's rings have forgotten it or the engine itself is gone.
 */
import type { Fleet, Tick } from '../../../proxy-core/model/engine-telemetry.ts'
import {
  readTrafficRow,
  type TrafficRates,
  type TrafficRow
} from '../../../proxy-core/model/traffic-row.ts'
import type { HistoryStore } from './history-store.ts'
import { LatencyMix } from './latency-mix.ts'

export const MINUTE_MS = 60_000
/** A longer silence between two ticks is a gap: nobody knows what happened in it. */
const LONGEST_SPAN_MS = 2_000

export const TOTAL_SCOPE = 'total'

export function scopeOfPool(pool: string): string {
  return `pool:${pool}`
}

const INSERT = `INSERT INTO minute (at_ms, scope, covered_ms, requests, ok2xx, redirect3xx,
  client4xx, server5xx, failures, in_flight_max, queued_max, latency)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

type ClassCount = 'ok2xx' | 'redirect3xx' | 'client4xx' | 'server5xx' | 'failures'

class MinuteRow {
  coveredMs = 0
  requests = 0
  inFlightMax = 0
  queuedMax = 0
  readonly counts: Record<ClassCount, number> = {
    ok2xx: 0,
    redirect3xx: 0,
    client4xx: 0,
    server5xx: 0,
    failures: 0
  }
  readonly latency = new LatencyMix()

  add(rates: TrafficRates, spanMs: number): void {
    const seconds = spanMs / 1000
    this.coveredMs += spanMs
    this.requests += rates.rps * seconds
    for (const name of Object.keys(this.counts) as ClassCount[]) {
      this.counts[name] += rates[name] * seconds
    }
    this.inFlightMax = Math.max(this.inFlightMax, rates.inFlight)
    this.queuedMax = Math.max(this.queuedMax, rates.queued)
    this.latency.record(rates, rates.rps * seconds)
  }
}

export class RollUp {
  readonly #store: HistoryStore
  readonly #rows = new Map<string, MinuteRow>()
  /** Begin of the minute that is collected. */
  #minuteMs = 0
  #lastTickMs: number | null = null

  constructor(store: HistoryStore) {
    this.#store = store
  }

  /** `fleet`: of the tick's revision, else only the total can be told. */
  take(tick: Tick, fleet: Fleet | null): void {
    const minuteMs = Math.floor(tick.atMs / MINUTE_MS) * MINUTE_MS
    // Also when the clock was set back: several rows of one minute add up.
    if (minuteMs !== this.#minuteMs) this.flush()
    this.#minuteMs = minuteMs
    const spanMs = this.#spanTo(tick.atMs)
    if (spanMs <= 0) return
    this.#add(TOTAL_SCOPE, tick.total, spanMs)
    if (fleet?.revision !== tick.revision) return
    tick.pools.forEach(({ row }, at) => {
      const pool = fleet.pools[at]
      if (pool) this.#add(scopeOfPool(pool.name), row, spanMs)
    })
  }

  /** Hands what the minute has so far to the store. */
  flush(): void {
    for (const [scope, row] of this.#rows) this.#save(scope, row)
    this.#rows.clear()
  }

  /** 0 for the first tick, after a gap, and when the clock was set back. */
  #spanTo(atMs: number): number {
    const spanMs = this.#lastTickMs === null ? 0 : atMs - this.#lastTickMs
    this.#lastTickMs = atMs
    return spanMs > LONGEST_SPAN_MS ? 0 : spanMs
  }

  #add(scope: string, row: TrafficRow, spanMs: number): void {
    const minute = this.#rows.get(scope) ?? new MinuteRow()
    this.#rows.set(scope, minute)
    minute.add(readTrafficRow(row), spanMs)
  }

  #save(scope: string, row: MinuteRow): void {
    const { coveredMs, requests, counts, inFlightMax, queuedMax, latency } = row
    const { ok2xx, redirect3xx, client4xx, server5xx, failures } = counts
    const classes = [ok2xx, redirect3xx, client4xx, server5xx, failures]
    this.#store.write(INSERT, [
      ...[this.#minuteMs, scope, coveredMs, requests, ...classes],
      ...[inFlightMax, queuedMax, latency.toString()]
    ])
  }
}
