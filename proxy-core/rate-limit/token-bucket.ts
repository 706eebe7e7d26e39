/**
 * A token bucket as one number. The bucket holds `burst` tokens and gains one each `interval`;
 * a request takes one. In the form of the generic cell rate algorithm (ITU-T I.371, annex A,
 * "virtual scheduling") all of its state is the time at which it will be full again:
 *
 *   tokens  = burst - max(0, fullAt - now) / interval
 *   passes  if tokens >= 1, that is fullAt - now <= (burst - 1) * interval
 *   then    fullAt = max(now, fullAt) + interval
 *
 * So no span of time t sees more than burst + t / interval requests pass, wherever it begins. A
 * counter per fixed window, which many proxies have, lets twice its number pass around the end
 * of a window.
 *
 * Times are whole nanoseconds, so that sums are exact: a double holds them up to 104 days of
 * uptime, and to some nanoseconds after that.
 */

const NS_PER_MS = 1e6

export class TokenBucket {
  /** Tokens of a full bucket. */
  readonly burst: number
  /** Rounded up: the rate is never above what was configured. */
  readonly intervalNs: number
  /** From empty to full. */
  readonly spanNs: number
  readonly #passableNs: number

  constructor(requests: number, perMs: number, burst: number) {
    this.burst = burst
    this.intervalNs = Math.ceil((perMs * NS_PER_MS) / requests)
    this.spanNs = burst * this.intervalNs
    this.#passableNs = this.spanNs - this.intervalNs
  }

  /** `Clock.now` in the unit of a bucket. */
  static time(nowMs: number): number {
    return Math.floor(nowMs * NS_PER_MS)
  }

  /** How long until a request may pass; 0: now. */
  waitNs(fullAtNs: number, nowNs: number): number {
    const overNs = fullAtNs - nowNs - this.#passableNs
    return overNs > 0 ? overNs : 0
  }

  /** `fullAt` after a request that passes. */
  taken(fullAtNs: number, nowNs: number): number {
    return (fullAtNs > nowNs ? fullAtNs : nowNs) + this.intervalNs
  }

  /** Whole tokens. */
  tokens(fullAtNs: number, nowNs: number): number {
    if (fullAtNs <= nowNs) return this.burst
    return Math.max(0, Math.floor((this.spanNs - (fullAtNs - nowNs)) / this.intervalNs))
  }

  /** The latest `fullAt` at which one token is left. */
  lastToken(nowNs: number): number {
    return nowNs + this.#passableNs
  }
}
