/** p50, p95 and p99 of coarse latency buckets (`LatencyHistogram.coarsenInto`). */
import { COARSE_BOUNDS_MS, COARSE_BUCKETS } from '../metrics/latency-histogram.ts'

export interface Percentiles {
  /** Milliseconds, as the others; -1 when nothing was recorded. */
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

export const NO_PERCENTILES: Percentiles = { p50Ms: -1, p95Ms: -1, p99Ms: -1 }

/**
 * Inside a bucket the recordings count as evenly spread, so that a value does not jump from one
 * bound to the next (a bucket is 19 % wide).
 */
export function percentilesOf(counts: ArrayLike<number>): Percentiles {
  let total = 0
  for (let bucket = 0; bucket < COARSE_BUCKETS; bucket++) total += counts[bucket]!
  if (total <= 0) return NO_PERCENTILES
  let bucket = 0
  let before = 0
  const quantile = (q: number): number => {
    const rank = q * total
    while (bucket < COARSE_BUCKETS - 1 && before + counts[bucket]! < rank) {
      before += counts[bucket++]!
    }
    return valueIn(bucket, (rank - before) / counts[bucket]!)
  }
  // Rising, because the walk through the buckets goes on where it stopped.
  return { p50Ms: quantile(0.5), p95Ms: quantile(0.95), p99Ms: quantile(0.99) }
}

/** `share` of the way from the lower to the upper bound. */
function valueIn(bucket: number, share: number): number {
  const upper = COARSE_BOUNDS_MS[bucket]!
  const lower = bucket === 0 ? 0 : COARSE_BOUNDS_MS[bucket - 1]!
  return roundMs(lower + (upper - lower) * Math.min(1, Math.max(0, share)))
}

/** As exact as the buckets are, and short on the wire. */
function roundMs(ms: number): number {
  if (ms >= 100) return Math.round(ms)
  return ms >= 10 ? Math.round(ms * 10) / 10 : Math.round(ms * 100) / 100
}
