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

/** Buckets of `coarsenInto`: four per doubling are enough for a chart and cost half the memory. */
export const COARSE_BUCKETS = BUCKETS / 2 + 1

/** Upper bounds in ms of the coarse buckets. */
export const COARSE_BOUNDS_MS = UPPER_BOUNDS_MS.filter((_, bucket) => bucket % 2 === 0)

/** Number of recordings and their sum come before the buckets. */
const FIRST_BUCKET = 2

/** Cells that one histogram takes. */
export const HISTOGRAM_CELLS = FIRST_BUCKET + BUCKETS + 1

/** Cell of the bucket that `ms` belongs to, counted from the histogram's first cell. */
export function bucketOf(ms: number): number {
  const bucket = ms <= MIN_MS ? 0 : ((Math.log2(ms / MIN_MS) * BUCKETS_PER_DOUBLING) | 0) + 1
  return FIRST_BUCKET + (bucket > BUCKETS ? BUCKETS : bucket)
}

export class LatencyHistogram {
  readonly #cells: Float64Array
  readonly #base: number

  /** In cells of its own, or in those of whoever keeps several histograms together. */
  constructor(cells = new Float64Array(HISTOGRAM_CELLS), base = 0) {
    this.#cells = cells
    this.#base = base
  }

  get count(): number {
    return this.#cells[this.#base]!
  }
  get sumMs(): number {
    return this.#cells[this.#base + 1]!
  }

  record(ms: number): void {
    this.#cells[this.#base]!++
    this.#cells[this.#base + 1]! += ms
    this.#cells[this.#base + bucketOf(ms)]!++
  }

  /** Upper bound in ms of the bucket in which the quantile `q` (0 to 1) lies; 0 when empty. */
  quantile(q: number): number {
    if (this.count === 0) return 0
    let remaining = Math.max(1, Math.ceil(q * this.count))
    for (let bucket = 0; bucket <= BUCKETS; bucket++) {
      remaining -= this.#cells[this.#base + FIRST_BUCKET + bucket]!
      if (remaining <= 0) return UPPER_BOUNDS_MS[bucket]!
    }
    return UPPER_BOUNDS_MS[BUCKETS]!
  }

  /** Writes the counts of the buckets, two of them in one, over the `COARSE_BUCKETS` of `into`. */
  coarsenInto(into: Float64Array): void {
    const cells = this.#cells
    let cell = this.#base + FIRST_BUCKET
    into[0] = cells[cell++]!
    for (let bucket = 1; bucket < COARSE_BUCKETS; bucket++, cell += 2) {
      into[bucket] = cells[cell]! + cells[cell + 1]!
    }
  }

  /** How many recordings were at most `ms`, to the resolution of the buckets. */
  countUpTo(ms: number): number {
    let total = 0
    for (let bucket = 0; bucket <= BUCKETS && UPPER_BOUNDS_MS[bucket]! <= ms; bucket++) {
      total += this.#cells[this.#base + FIRST_BUCKET + bucket]!
    }
    return total
  }
}
