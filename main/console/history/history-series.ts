/** Charts of the past, from the 1-minute rows: for what the engine's rings no longer hold. */
import { z } from 'zod'
import {
  MAX_SERIES_POINTS,
  type Series,
  type SeriesQuery,
  type SeriesRange,
  type SeriesScope
} from '../../../proxy-core/model/series.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { HistoryStore } from './history-store.ts'
import { LatencyMix } from './latency-mix.ts'
import { MINUTE_MS, scopeOfPool, TOTAL_SCOPE } from './roll-up.ts'

const MINUTES: Readonly<Record<SeriesRange, number>> = {
  '1m': 1,
  '5m': 5,
  '15m': 15,
  '1h': 60,
  '24h': 1440
}

const rowSchema = z.object({
  at_ms: z.number(),
  covered_ms: z.number(),
  ok2xx: z.number(),
  redirect3xx: z.number(),
  client4xx: z.number(),
  server5xx: z.number(),
  failures: z.number(),
  in_flight_max: z.number(),
  queued_max: z.number(),
  latency: z.string()
})

type MinuteFacts = z.infer<typeof rowSchema>

type ClassColumn = 'ok2xx' | 'redirect3xx' | 'client4xx' | 'server5xx' | 'failures'

export class HistorySeries {
  readonly #store: HistoryStore
  readonly #clock: Clock

  constructor(store: HistoryStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * Points of whole minutes, or of several where there would be too many; a point without a row
   * is a gap. Single backends are not kept: all gaps. Rejects with HISTORY_UNUSABLE.
   */
  async read({ scope, range, endMs }: SeriesQuery): Promise<Series> {
    const minutes = MINUTES[range]
    const stepMs = Math.ceil(minutes / MAX_SERIES_POINTS) * MINUTE_MS
    const points = Math.floor((minutes * MINUTE_MS) / stepMs)
    const lastMs = Math.floor((endMs ?? this.#clock.wallNow()) / stepMs) * stepMs
    const atMs = Array.from({ length: points }, (_, at) => lastMs - (points - 1 - at) * stepMs)
    const rows = await this.#rows(scope, atMs[0]! - stepMs, lastMs)
    const groups = Map.groupBy(rows, (row) => Math.floor(row.at_ms / stepMs) * stepMs + stepMs)
    return seriesOf(stepMs, atMs, groups)
  }

  async #rows(scope: SeriesScope, fromMs: number, toMs: number): Promise<readonly MinuteFacts[]> {
    if (scope.kind === 'backend') return []
    const name = scope.kind === 'total' ? TOTAL_SCOPE : scopeOfPool(scope.pool)
    const sql = 'SELECT * FROM minute WHERE scope = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms'
    return this.#store.read(rowSchema, sql, [name, fromMs, toMs])
  }
}

/** `groups`: the rows of each point, by the end of its span. */
function seriesOf(
  stepMs: number,
  atMs: number[],
  groups: ReadonlyMap<number, readonly MinuteFacts[]>
): Series {
  const column = (of: (rows: readonly MinuteFacts[]) => number | null): (number | null)[] =>
    atMs.map((at) => of(groups.get(at) ?? []))
  const quantile = (q: number): (number | null)[] => column((rows) => quantileOf(rows, q))
  return {
    stepMs,
    atMs,
    ok2xx: column((rows) => rateOf(rows, 'ok2xx')),
    redirect3xx: column((rows) => rateOf(rows, 'redirect3xx')),
    client4xx: column((rows) => rateOf(rows, 'client4xx')),
    server5xx: column((rows) => rateOf(rows, 'server5xx')),
    failures: column((rows) => rateOf(rows, 'failures')),
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    p99Ms: quantile(0.99),
    inFlight: column((rows) => highest(rows, 'in_flight_max')),
    queued: column((rows) => highest(rows, 'queued_max'))
  }
}

/** Per second of the time that was really watched. */
function rateOf(rows: readonly MinuteFacts[], name: ClassColumn): number | null {
  const coveredMs = rows.reduce((sum, row) => sum + row.covered_ms, 0)
  if (coveredMs <= 0) return null
  const count = rows.reduce((sum, row) => sum + row[name], 0)
  return Math.round((count * 100_000) / coveredMs) / 100
}

function quantileOf(rows: readonly MinuteFacts[], q: number): number | null {
  const mix = new LatencyMix()
  for (const row of rows) mix.merge(LatencyMix.parse(row.latency))
  return mix.quantile(q)
}

function highest(
  rows: readonly MinuteFacts[],
  name: 'in_flight_max' | 'queued_max'
): number | null {
  return rows.length === 0 ? null : Math.max(...rows.map((row) => row[name]))
}
