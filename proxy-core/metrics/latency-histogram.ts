/**
 * Latencies in logarithmic buckets: 0.1 ms to about 100 s, eight buckets per doubling,
 * so a quantile is off by at most 9 %. Recording is one logarithm and one increment.
 */

const BUCKETS_PER_DOUBLING = 8
const MIN_MS = 0.1
const DOUBLINGS = 20
const BUCKETS = BUCKETS_PER_DOUBLING * DOUBLINGS

/** What is longer than the last bound counts in the last bucket. */
const UPPER_BOUNDS_MS = Float64Array.from(
  { length: BUCKETS + 1 },
  (_, bucket) => MIN_MS * 2 ** (bucket / BUCKETS_PER_DOUBLING)
)

export class LatencyHistogram {
  readonly counts = new Float64Array(BUCKETS + 1)
  count = 0
  sumMs = 0

  record(ms: number): void {
    const bucket = ms <= MIN_MS ? 0 : ((Math.log2(ms / MIN_MS) * BUCKETS_PER_DOUBLING) | 0) + 1
    this.counts[bucket > BUCKETS ? BUCKETS : bucket]!++
    this.count++
    this.sumMs += ms
  }

  /** Upper bound in ms of the bucket in which the quantile `q` (0 to 1) lies; 0 when empty. */
  quantile(q: number): number {
    if (this.count === 0) return 0
    let remaining = Math.max(1, Math.ceil(q * this.count))
    for (let bucket = 0; bucket <= BUCKETS; bucket++) {
      remaining -= this.counts[bucket]!
      if (remaining <= 0) return UPPER_BOUNDS_MS[bucket]!
    }
    return UPPER_BOUNDS_MS[BUCKETS]!
  }

  /** How many recordings were at most `ms`, to the resolution of the buckets. */
  countUpTo(ms: number): number {
    let total = 0
    for (let bucket = 0; bucket <= BUCKETS && UPPER_BOUNDS_MS[bucket]! <= ms; bucket++) {
      total += this.counts[bucket]!
    }
    return total
  }
}
