/**
 * What came since the series was read: the chart grows by it until the next reading replaces it
 * with the exact points. Pure.
 */
import {
  seriesColumns,
  type Series,
  type SeriesColumn,
  type SeriesRange
} from '../../../proxy-core/model/series.ts'
import type { TrafficRates } from '../../../proxy-core/model/traffic-row.ts'

export type SeriesValues = Readonly<Record<SeriesColumn, readonly (number | null)[]>>

/** Points as a chart draws them. */
export interface SeriesView extends SeriesValues {
  readonly atMs: readonly number[]
}

export interface TailPoint {
  readonly atMs: number
  /** null: a gap before the next point. */
  readonly rates: TrafficRates | null
}

export const RANGE_MS: Readonly<Record<SeriesRange, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '24h': 86_400_000
}

/** After "the last". */
export const RANGE_WORDS: Readonly<Record<SeriesRange, string>> = {
  '1m': 'minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': 'hour',
  '24h': '24 hours'
}

/** Two numbers a second come at best; a point later than this was preceded by silence. */
const SILENCE_MS = 1600
/** The next reading comes long before; it bounds a page whose readings fail. */
const MAX_TAIL = 120

/**
 * Points closer than a step replace the newest one, so that a long range does not grow a comb at
 * its end; silence before a point becomes a gap.
 */
export function grown(
  tail: readonly TailPoint[],
  point: TailPoint,
  stepMs: number,
  lastReadMs: number
): readonly TailPoint[] {
  const newest = tail.at(-1)
  const beforeMs = newest?.atMs ?? lastReadMs
  if (point.atMs <= beforeMs) return tail
  if (point.atMs - beforeMs > Math.max(SILENCE_MS, 2 * stepMs)) {
    return [...tail, { atMs: beforeMs + 1, rates: null }, point].slice(-MAX_TAIL)
  }
  const settled = tail.at(-2)?.atMs ?? lastReadMs
  const replaces = newest !== undefined && newest.rates !== null && newest.atMs - settled < stepMs
  return [...(replaces ? tail.slice(0, -1) : tail), point].slice(-MAX_TAIL)
}

/** What of the tail the reading does not cover yet. */
export function after(tail: readonly TailPoint[], series: Series): readonly TailPoint[] {
  const lastMs = series.atMs.at(-1) ?? 0
  return tail.filter(({ atMs }) => atMs > lastMs)
}

export function joined(series: Series | null, tail: readonly TailPoint[]): SeriesView {
  const column = (name: SeriesColumn): readonly (number | null)[] => [
    ...(series?.[name] ?? []),
    ...tail.map(({ rates }) => measured(rates, name))
  ]
  return {
    atMs: [...(series?.atMs ?? []), ...tail.map(({ atMs }) => atMs)],
    ...seriesColumns(column)
  }
}

/** A latency of -1 means that no exchange finished. */
function measured(rates: TrafficRates | null, name: SeriesColumn): number | null {
  const value = rates?.[name] ?? -1
  return value < 0 ? null : value
}
