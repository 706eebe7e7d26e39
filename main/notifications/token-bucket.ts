/** How many messages may leave now, and when the next one may: full at the start, filled evenly. */
import type { MessageRate } from '../../proxy-core/model/notification-settings.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'

/** Sums of fractions must not fall short of a whole token by their rounding. */
const EPSILON = 1e-9

export class TokenBucket {
  readonly #clock: Clock
  /** null: without end. */
  #rate: MessageRate | null
  #tokens: number
  #filledAtMs: number

  constructor(clock: Clock, rate: MessageRate | null) {
    this.#clock = clock
    this.#rate = rate
    this.#tokens = rate?.messages ?? Infinity
    this.#filledAtMs = clock.now()
  }

  /** Whole tokens. */
  get available(): number {
    this.#fill()
    return Math.floor(this.#tokens + EPSILON)
  }

  /** Milliseconds until there is one; 0 = there is. */
  get nextInMs(): number {
    if (this.available > 0 || this.#rate === null) return 0
    const { messages, perMs } = this.#rate
    return Math.ceil((1 - this.#tokens) * (perMs / messages))
  }

  take(): void {
    this.#fill()
    this.#tokens = Math.max(0, this.#tokens - 1)
  }

  /** What was used up stays used up. */
  become(rate: MessageRate | null): void {
    this.#fill()
    const used = this.#rate === null ? 0 : this.#rate.messages - this.#tokens
    this.#rate = rate
    this.#tokens = rate === null ? Infinity : Math.max(0, rate.messages - used)
  }

  #fill(): void {
    const nowMs = this.#clock.now()
    const passedMs = nowMs - this.#filledAtMs
    this.#filledAtMs = nowMs
    if (this.#rate === null) return
    const { messages, perMs } = this.#rate
    this.#tokens = Math.min(messages, this.#tokens + (passedMs * messages) / perMs)
  }
}
