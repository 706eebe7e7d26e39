/**
 * Whether a request whose attempt failed may be tried again, and after which wait: the options of
 * one route, compiled. Without clock, sockets and state.
 */
import type { AttemptFailure } from '../exchange/attempt-failure.ts'
import type { RetryCondition, RetrySettings } from '../model/settings.ts'
import type { Random } from '../time/clock.ts'
import { backoffMs } from './backoff.ts'

/** The part of an exchange that decides. */
export interface Retried {
  /** Tries again so far. */
  readonly retries: number
  /** May be sent twice: by its method, its key, or because the operator said so. */
  readonly isIdempotent: boolean
  /** Everything that was sent of it is still here. */
  readonly isReplayable: boolean
  readonly hasResponseStarted: boolean
  /** Monotonic milliseconds. */
  readonly startedMs: number
  /** Of this time it waited for a backend that comes back: that does not count. */
  readonly heldMs: number
}

export class RetryPolicy {
  readonly settings: RetrySettings
  readonly #conditions: ReadonlySet<RetryCondition>

  constructor(settings: RetrySettings) {
    this.settings = settings
    this.#conditions = new Set(settings.on)
  }

  /** Whether a response of this status could be worth another try. */
  hasStatus(status: number): boolean {
    return status >= 400 && this.#conditions.has(status)
  }

  /** Everything but the budget and the question whether there is a backend. */
  allows(exchange: Retried, failure: AttemptFailure, nowMs: number): boolean {
    const { attempts, timeoutMs, backoff } = this.settings
    if (exchange.hasResponseStarted || exchange.retries + 1 >= attempts) return false
    if (!this.#conditions.has(failure.kind)) return false
    // The client can wait so long as well as the balancer, and is told how long.
    if (failure.retryAfterMs > backoff.maxMs) return false
    const triedMs = nowMs + failure.retryAfterMs - exchange.startedMs - exchange.heldMs
    if (timeoutMs > 0 && triedMs >= timeoutMs) return false
    return failure.isUnsent || (exchange.isIdempotent && exchange.isReplayable)
  }

  /** Before the next try. `exchange.retries` does not count it yet. */
  waitMs(exchange: Retried, failure: AttemptFailure, random: Random): number {
    const wait = backoffMs(this.settings.backoff, exchange.retries + 2, random)
    return Math.max(wait, failure.retryAfterMs)
  }
}
