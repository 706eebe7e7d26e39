/**
 * The past of one series at one resolution. Latencies are kept as histograms, because
 * percentiles of several points cannot be computed from the percentiles of each.
 *
 * Memory: (7 x 4 + 81 x 4) bytes a point; the four rings of one series take 1.2 MB.
 */
import { COARSE_BUCKETS } from '../metrics/latency-histogram.ts'
import type { TimeAxis } from './time-axis.ts'
import { Field } from './traffic-meter.ts'

/** Sums of these fields, in this order, then the two gauges. */
export const KEPT_FIELDS = [
  Field.OK,
  Field.REDIRECT,
  Field.CLIENT,
  Field.SERVER,
  Field.FAILURES
] as const
export const IN_FLIGHT = KEPT_FIELDS.length
export const QUEUED = IN_FLIGHT + 1
const COLUMNS = QUEUED + 1

/** What one tick adds to a series. */
export interface Measured {
  readonly delta: Float64Array
  /** Coarse buckets; null when nothing was recorded. */
  readonly latency: Float64Array | null
  readonly inFlight: number
  readonly queued: number
}

export class TrafficRing {
  readonly axis: TimeAxis
  readonly #columns: Float32Array
  readonly #buckets: Uint32Array

  constructor(axis: TimeAxis) {
    this.axis = axis
    this.#columns = new Float32Array(axis.points * COLUMNS)
    this.#buckets = new Uint32Array(axis.points * COARSE_BUCKETS)
  }

  /** Once for every tick, after the axis has advanced. */
  add({ delta, latency, inFlight, queued }: Measured): void {
    const { place, isFresh } = this.axis
    const columns = this.#columns
    const base = place * COLUMNS
    const firstBucket = place * COARSE_BUCKETS
    if (isFresh) {
      columns.fill(0, base, base + COLUMNS)
      this.#buckets.fill(0, firstBucket, firstBucket + COARSE_BUCKETS)
    }
    for (let column = 0; column < IN_FLIGHT; column++) {
      columns[base + column]! += delta[KEPT_FIELDS[column]!]!
    }
    columns[base + IN_FLIGHT] = Math.max(columns[base + IN_FLIGHT]!, inFlight)
    columns[base + QUEUED] = Math.max(columns[base + QUEUED]!, queued)
    if (latency === null) return
    for (let bucket = 0; bucket < COARSE_BUCKETS; bucket++) {
      this.#buckets[firstBucket + bucket]! += latency[bucket]!
    }
  }

  column(place: number, column: number): number {
    return this.#columns[place * COLUMNS + column]!
  }

  /** Adds the histogram of a point to `into`. */
  mergeLatency(place: number, into: Float64Array): void {
    const first = place * COARSE_BUCKETS
    for (let bucket = 0; bucket < COARSE_BUCKETS; bucket++) {
      into[bucket]! += this.#buckets[first + bucket]!
    }
  }
}
