/**
 * Percentiles of the last two to four seconds, from the difference of two states of one
 * histogram: long enough to say something at a few requests a second, short enough to show a
 * change while one looks. It may rest while nothing is recorded. 650 bytes.
 */
import { COARSE_BUCKETS } from '../metrics/latency-histogram.ts'
import { percentilesOf, type Percentiles } from './coarse-percentiles.ts'

const ROTATE_MS = 2000

const difference = new Float64Array(COARSE_BUCKETS)

export class LatencyWindow {
  /** Counts may outgrow 32 bits: both sides then wrap, and the difference stays right. */
  #older: Uint32Array
  #newer: Uint32Array
  #rotatedMs: number

  /** `cumulative` are the coarse buckets as they are now: what they hold does not count. */
  constructor(cumulative: ArrayLike<number>, nowMs: number) {
    this.#older = new Uint32Array(COARSE_BUCKETS)
    this.#newer = new Uint32Array(COARSE_BUCKETS)
    this.#rotatedMs = nowMs
    copy(cumulative, this.#older)
    copy(cumulative, this.#newer)
  }

  read(cumulative: ArrayLike<number>, nowMs: number): Percentiles {
    if (nowMs - this.#rotatedMs >= ROTATE_MS) this.#rotate(cumulative, nowMs)
    const older = this.#older
    for (let bucket = 0; bucket < COARSE_BUCKETS; bucket++) {
      difference[bucket] = ((cumulative[bucket]! >>> 0) - older[bucket]!) >>> 0
    }
    return percentilesOf(difference)
  }

  #rotate(cumulative: ArrayLike<number>, nowMs: number): void {
    const spare = this.#older
    this.#older = this.#newer
    this.#newer = spare
    copy(cumulative, this.#newer)
    this.#rotatedMs = nowMs
  }
}

function copy(from: ArrayLike<number>, into: Uint32Array): void {
  for (let bucket = 0; bucket < COARSE_BUCKETS; bucket++) into[bucket] = from[bucket]!
}
