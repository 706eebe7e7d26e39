/**
 * The last minute of one backend, at the live resolution only: 8.6 kB. Its latencies are the
 * percentiles of the row of that moment, because nothing coarser is ever made of them.
 */
import type { Percentiles } from './coarse-percentiles.ts'
import type { TimeAxis } from './time-axis.ts'
import { KEPT_FIELDS } from './traffic-ring.ts'

const P50 = KEPT_FIELDS.length
const P95 = P50 + 1
const P99 = P95 + 1
const IN_FLIGHT = P99 + 1
const COLUMNS = IN_FLIGHT + 1

export class BackendRing {
  readonly axis: TimeAxis
  readonly #columns: Float32Array

  constructor(axis: TimeAxis) {
    this.axis = axis
    this.#columns = new Float32Array(axis.points * COLUMNS)
    for (let place = 0; place < axis.points; place++) this.#clear(place * COLUMNS)
  }

  /** Once for every tick, after the axis has advanced. `delta` null: nothing was added. */
  add(delta: Float64Array | null, latency: Percentiles, inFlight: number): void {
    const base = this.axis.place * COLUMNS
    const columns = this.#columns
    if (this.axis.isFresh) this.#clear(base)
    if (delta !== null) {
      for (let column = 0; column < P50; column++) {
        columns[base + column]! += delta[KEPT_FIELDS[column]!]!
      }
    }
    columns[base + P50] = latency.p50Ms
    columns[base + P95] = latency.p95Ms
    columns[base + P99] = latency.p99Ms
    columns[base + IN_FLIGHT] = Math.max(columns[base + IN_FLIGHT]!, inFlight)
  }

  column(place: number, column: number): number {
    return this.#columns[place * COLUMNS + column]!
  }

  percentiles(place: number): Percentiles {
    const base = place * COLUMNS
    return {
      p50Ms: this.#columns[base + P50]!,
      p95Ms: this.#columns[base + P95]!,
      p99Ms: this.#columns[base + P99]!
    }
  }

  inFlight(place: number): number {
    return this.#columns[place * COLUMNS + IN_FLIGHT]!
  }

  #clear(base: number): void {
    this.#columns.fill(0, base, base + COLUMNS)
    this.#columns.fill(-1, base + P50, base + IN_FLIGHT)
  }
}
