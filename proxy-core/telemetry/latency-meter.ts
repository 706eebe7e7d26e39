/**
 * What one histogram recorded since the last tick, in coarse buckets, and the percentiles of the
 * last seconds.
 */
import { COARSE_BUCKETS, type LatencyHistogram } from '../metrics/latency-histogram.ts'
import { type Percentiles } from './coarse-percentiles.ts'
import { LatencyWindow } from './latency-window.ts'

const fresh = new Float64Array(COARSE_BUCKETS)

export class LatencyMeter {
  /** Since the tick before; only valid while `hasRecorded`. */
  readonly delta = new Float64Array(COARSE_BUCKETS)
  hasRecorded = false
  readonly #now = new Float64Array(COARSE_BUCKETS)
  readonly #window: LatencyWindow
  #count = 0

  /** Measuring begins with what the histograms hold now. */
  constructor(histograms: readonly LatencyHistogram[], nowMs: number) {
    for (const histogram of histograms) {
      histogram.coarsenInto(fresh)
      for (let bucket = 0; bucket < COARSE_BUCKETS; bucket++) this.#now[bucket]! += fresh[bucket]!
      this.#count += histogram.count
    }
    this.#window = new LatencyWindow(this.#now, nowMs)
  }

  /** Once for every tick. */
  measure(histogram: LatencyHistogram): void {
    const { count } = histogram
    this.hasRecorded = count !== this.#count
    if (!this.hasRecorded) return
    this.#count = count
    histogram.coarsenInto(fresh)
    for (let bucket = 0; bucket < COARSE_BUCKETS; bucket++) {
      this.delta[bucket] = fresh[bucket]! - this.#now[bucket]!
      this.#now[bucket] = fresh[bucket]!
    }
  }

  /** As `measure`, for a sum of several. */
  accumulate(parts: readonly LatencyMeter[]): void {
    this.delta.fill(0)
    this.hasRecorded = false
    for (const part of parts) {
      if (!part.hasRecorded) continue
      this.hasRecorded = true
      for (let bucket = 0; bucket < COARSE_BUCKETS; bucket++) {
        this.delta[bucket]! += part.delta[bucket]!
        this.#now[bucket]! += part.delta[bucket]!
      }
    }
  }

  percentiles(nowMs: number): Percentiles {
    return this.#window.read(this.#now, nowMs)
  }
}
