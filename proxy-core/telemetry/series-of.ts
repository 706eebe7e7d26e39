/** Reads a chart's points out of the rings. */
import { COARSE_BUCKETS } from '../metrics/latency-histogram.ts'
import type { Series, SeriesRange } from '../model/series.ts'
import type { BackendRing } from './backend-ring.ts'
import { NO_PERCENTILES, percentilesOf, type Percentiles } from './coarse-percentiles.ts'
import { GAP_MS } from './tick-times.ts'
import type { TimeAxis } from './time-axis.ts'
import { IN_FLIGHT, KEPT_FIELDS, QUEUED, type TrafficRing } from './traffic-ring.ts'

/** Which ring a range is read from, and how many of its slots make one point. */
export interface RangeView {
  /** Index in `RESOLUTIONS`. */
  readonly resolution: number
  readonly merged: number
  readonly points: number
}

export const RANGE_VIEWS: Readonly<Record<SeriesRange, RangeView>> = {
  '1m': { resolution: 0, merged: 1, points: 240 },
  '5m': { resolution: 1, merged: 1, points: 300 },
  '15m': { resolution: 1, merged: 3, points: 300 },
  '1h': { resolution: 2, merged: 2, points: 180 },
  '24h': { resolution: 3, merged: 5, points: 288 }
}

/** What one point says; null = gap. */
interface Point extends Percentiles {
  /** In the order of `KEPT_FIELDS`, per second. */
  readonly rates: readonly number[]
  readonly inFlight: number
  readonly queued: number
}

/** Makes one point of the measured places of its span, which are at least one. */
export type PointReader = (places: readonly number[], measuredMs: number) => Point | null

export function readerOfRing(ring: TrafficRing): PointReader {
  return (places, measuredMs) => {
    const latency = new Float64Array(COARSE_BUCKETS)
    for (const place of places) ring.mergeLatency(place, latency)
    const highest = (column: number): number =>
      places.reduce((max, place) => Math.max(max, ring.column(place, column)), 0)
    return {
      ...percentilesOf(latency),
      rates: ratesOf(ring, places, measuredMs),
      inFlight: highest(IN_FLIGHT),
      queued: highest(QUEUED)
    }
  }
}

export function readerOfBackend(ring: BackendRing): PointReader {
  return (places, measuredMs) => {
    const place = places[0]!
    return {
      ...ring.percentiles(place),
      rates: ratesOf(ring, places, measuredMs),
      inFlight: ring.inFlight(place),
      queued: 0
    }
  }
}

/** The engine ran, and there was no traffic. */
export const readIdle: PointReader = () => ({
  ...NO_PERCENTILES,
  rates: KEPT_FIELDS.map(() => 0),
  inFlight: 0,
  queued: 0
})

/** The engine ran, and nobody kept a record. */
export const readNothing: PointReader = () => null

/** `endMs` lies in the last point; a point that is not over yet ends with the newest tick. */
export function seriesOf(
  axis: TimeAxis,
  view: RangeView,
  endMs: number,
  read: PointReader
): Series {
  const widthMs = axis.stepMs * view.merged
  const last = Math.floor(endMs / widthMs)
  const rows = new SeriesRows(widthMs, axis.lastMs)
  const longestPause = Math.ceil(GAP_MS / widthMs) - 1
  let missing: number[] = []
  for (let point = last - view.points + 1; point <= last; point++) {
    const { places, measuredMs } = measuredIn(axis, point * view.merged, view.merged)
    if (places.length === 0) {
      missing.push(point)
      continue
    }
    // A tick that came a little late measured the slots before it as well: no gap, no point.
    if (missing.length > longestPause || rows.isEmpty) missing.forEach((gap) => rows.add(gap, null))
    missing = []
    rows.add(point, measuredMs > 0 ? read(places, measuredMs) : null)
  }
  missing.forEach((gap) => rows.add(gap, null))
  return rows.series
}

function measuredIn(
  axis: TimeAxis,
  firstSlot: number,
  count: number
): { readonly places: readonly number[]; readonly measuredMs: number } {
  const places: number[] = []
  let measuredMs = 0
  for (let slot = firstSlot; slot < firstSlot + count; slot++) {
    const place = axis.placeOf(slot)
    if (place < 0) continue
    places.push(place)
    measuredMs += axis.measuredMs(place)
  }
  return { places, measuredMs }
}

function ratesOf(
  ring: TrafficRing | BackendRing,
  places: readonly number[],
  measuredMs: number
): readonly number[] {
  return KEPT_FIELDS.map((_, column) => {
    const sum = places.reduce((total, place) => total + ring.column(place, column), 0)
    return Math.max(0, Math.round((sum * 100_000) / measuredMs) / 100)
  })
}

type Column = (number | null)[]

class SeriesRows {
  readonly series: Series
  readonly #newestMs: number
  readonly #atMs: number[] = []
  readonly #rates: readonly Column[] = KEPT_FIELDS.map(() => [])
  readonly #p50Ms: Column = []
  readonly #p95Ms: Column = []
  readonly #p99Ms: Column = []
  readonly #inFlight: Column = []
  readonly #queued: Column = []

  constructor(stepMs: number, newestMs: number) {
    this.#newestMs = newestMs
    const [ok2xx, redirect3xx, client4xx, server5xx, failures] = this.#rates as [
      Column,
      Column,
      Column,
      Column,
      Column
    ]
    this.series = {
      stepMs,
      atMs: this.#atMs,
      ok2xx,
      redirect3xx,
      client4xx,
      server5xx,
      failures,
      p50Ms: this.#p50Ms,
      p95Ms: this.#p95Ms,
      p99Ms: this.#p99Ms,
      inFlight: this.#inFlight,
      queued: this.#queued
    }
  }

  get isEmpty(): boolean {
    return this.#atMs.length === 0
  }

  add(point: number, values: Point | null): void {
    const { stepMs } = this.series
    const beganMs = point * stepMs
    const isRunning = this.#newestMs > beganMs && this.#newestMs < beganMs + stepMs
    this.#atMs.push(isRunning ? this.#newestMs : beganMs + stepMs)
    this.#rates.forEach((column, index) => column.push(values?.rates[index] ?? null))
    this.#p50Ms.push(latencyOrGap(values?.p50Ms))
    this.#p95Ms.push(latencyOrGap(values?.p95Ms))
    this.#p99Ms.push(latencyOrGap(values?.p99Ms))
    this.#inFlight.push(values?.inFlight ?? null)
    this.#queued.push(values?.queued ?? null)
  }
}

/** Without a finished exchange there is no latency to draw. */
function latencyOrGap(ms: number | undefined): number | null {
  return ms === undefined || ms < 0 ? null : Math.round(ms * 100) / 100
}
