/** How many messages may leave now, and when the next one may: full at the start, filled evenly. */
import type { MessageRate } from '../../proxy-core/model/notification-settings.ts'
import { TokenBucket } from '../../proxy-core/rate-limit/token-bucket.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'

const NS_PER_MS = 1e6

export class MessageAllowance {
  readonly #clock: Clock
  /** null: without end. */
  #bucket: TokenBucket | null
  #fullAtNs = 0

  constructor(clock: Clock, rate: MessageRate | null) {
    this.#clock = clock
    this.#bucket = bucketOf(rate)
  }

  get available(): number {
    return this.#bucket?.tokens(this.#fullAtNs, this.#nowNs) ?? Infinity
  }

  /** Milliseconds until there is one; 0 = there is. */
  get nextInMs(): number {
    const waitNs = this.#bucket?.waitNs(this.#fullAtNs, this.#nowNs) ?? 0
    return Math.ceil(waitNs / NS_PER_MS)
  }

  take(): void {
    this.#fullAtNs = this.#bucket?.taken(this.#fullAtNs, this.#nowNs) ?? 0
  }

  /** What was used up stays used up. */
  become(rate: MessageRate | null): void {
    const nowNs = this.#nowNs
    const lackingNs = Math.max(0, this.#fullAtNs - nowNs)
    const used = this.#bucket === null ? 0 : lackingNs / this.#bucket.intervalNs
    this.#bucket = bucketOf(rate)
    const { intervalNs, burst } = this.#bucket ?? { intervalNs: 0, burst: 0 }
    this.#fullAtNs = nowNs + Math.ceil(Math.min(used, burst) * intervalNs)
  }

  get #nowNs(): number {
    return TokenBucket.time(this.#clock.now())
  }
}

function bucketOf(rate: MessageRate | null): TokenBucket | null {
  return rate && new TokenBucket(rate.messages, rate.perMs, rate.messages)
}
