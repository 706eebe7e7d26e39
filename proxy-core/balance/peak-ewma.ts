/**
 * What one target is expected to cost a request, in milliseconds: Finagle's peak-sensitive
 * moving average of latencies (`com.twitter.finagle.loadbalancer.PeakEwma`). A latency above
 * the average replaces it at once; lower ones pull it down over the time constant. Reading
 * counts as a latency of 0, so that a target that was slow once is tried again some day.
 *
 * Failures have an average of their own, over attempts, because a fast error is a short
 * latency: counted as one, it would draw all traffic to whoever fails.
 */

/** Linkerd's and Finagle's. */
const TIME_CONSTANT_MS = 10_000
/** Of a target that nothing is known of: Linkerd's. */
const FIRST_GUESS_MS = 30
/** What one attempt moves the share of failures. */
const FAILURE_STEP = 1 / 8

export class PeakEwma {
  #costMs = FIRST_GUESS_MS
  /** 0 to 1. */
  #failureShare = 0
  #asOfMs: number

  constructor(nowMs: number) {
    this.#asOfMs = nowMs
  }

  /** As of the last `observe` or `decay`. */
  get costMs(): number {
    return this.#costMs
  }
  get failureShare(): number {
    return this.#failureShare
  }

  /** Brings both averages to the present. */
  decay(nowMs: number): void {
    const left = this.#leftAt(nowMs)
    this.#costMs *= left
    this.#failureShare *= left
  }

  /**
   * `latencyMs` of a failed attempt counts where it is a peak: a timeout is one. An attempt that
   * its client broke off may be observed with the time until then, which is less than the
   * truth, but never less than what reading makes of it.
   */
  observe(latencyMs: number, hasFailed: boolean, nowMs: number): void {
    const left = this.#leftAt(nowMs)
    if (latencyMs > this.#costMs) this.#costMs = latencyMs
    else this.#costMs = this.#costMs * left + (hasFailed ? 0 : latencyMs * (1 - left))
    const share = this.#failureShare * left
    this.#failureShare = share + ((hasFailed ? 1 : 0) - share) * FAILURE_STEP
  }

  /** What is left of the past, 0 to 1. */
  #leftAt(nowMs: number): number {
    const elapsedMs = nowMs - this.#asOfMs
    if (elapsedMs <= 0) return 1
    this.#asOfMs = nowMs
    return Math.exp(-elapsedMs / TIME_CONSTANT_MS)
  }
}
