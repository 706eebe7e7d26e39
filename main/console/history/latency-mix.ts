/**
 * Latencies of a minute, put together from the percentiles of its ticks: of the requests of one
 * tick half were at most as slow as its p50, 95 % at most as slow as its p95, 99 % at most as slow
 * as its p99. What is merged are these shares, never the percentiles, and each share counts at
 * its upper bound: a quantile read from here is at least the true one.
 *
 * Buckets are logarithmic, eight per doubling, so a bound is at most 9 % too high.
 */
import { z } from 'zod'
import type { TrafficRates } from '../../../proxy-core/model/traffic-row.ts'

const BUCKETS_PER_DOUBLING = 8
const MIN_MS = 0.1
const HIGHEST_BUCKET = 200
/** Of the requests of a tick, up to its p99. */
const KNOWN_SHARE = 0.99

/** Bucket and weight, rising. */
const mixSchema = z.array(z.tuple([z.int(), z.number()]))

export class LatencyMix {
  /** Weight by bucket; at most `HIGHEST_BUCKET`. */
  readonly #weights = new Map<number, number>()

  static parse(text: string): LatencyMix {
    const mix = new LatencyMix()
    for (const [bucket, weight] of mixSchema.parse(JSON.parse(text))) mix.#add(bucket, weight)
    return mix
  }

  /** `requests` of a tick; a tick without a finished request has no percentiles. */
  record(rates: Pick<TrafficRates, 'p50Ms' | 'p95Ms' | 'p99Ms'>, requests: number): void {
    const { p50Ms, p95Ms, p99Ms } = rates
    if (requests <= 0 || p50Ms < 0) return
    this.#add(bucketOf(p50Ms), requests * 0.5)
    this.#add(bucketOf(p95Ms), requests * 0.45)
    this.#add(bucketOf(p99Ms), requests * 0.04)
  }

  merge(other: LatencyMix): void {
    for (const [bucket, weight] of other.#weights) this.#add(bucket, weight)
  }

  /** Milliseconds; null when nothing was recorded. `q` up to 0.99. */
  quantile(q: number): number | null {
    const rising = [...this.#weights].sort(([one], [other]) => one - other)
    const total = rising.reduce((sum, [, weight]) => sum + weight, 0) / KNOWN_SHARE
    if (total <= 0) return null
    let before = 0
    for (const [bucket, weight] of rising) {
      before += weight
      // Sums of shares are not exact.
      if (before >= q * total * (1 - 1e-9)) return boundOf(bucket)
    }
    return boundOf(rising.at(-1)![0])
  }

  toString(): string {
    const rounded = [...this.#weights].map(([bucket, weight]) => [bucket, round(weight)])
    return JSON.stringify(rounded)
  }

  #add(bucket: number, weight: number): void {
    this.#weights.set(bucket, (this.#weights.get(bucket) ?? 0) + weight)
  }
}

function bucketOf(ms: number): number {
  if (ms <= MIN_MS) return 0
  const bucket = Math.ceil(Math.log2(ms / MIN_MS) * BUCKETS_PER_DOUBLING - 1e-9)
  return Math.min(bucket, HIGHEST_BUCKET)
}

/** Upper bound, to three digits. */
function boundOf(bucket: number): number {
  return Number((MIN_MS * 2 ** (bucket / BUCKETS_PER_DOUBLING)).toPrecision(3))
}

function round(weight: number): number {
  return Math.round(weight * 1000) / 1000
}
