/**
 * The further attempts of a pool: which failed ones are followed by another, after which wait, and
 * what they count as. Who gets them is the pool's. docs/reference/retries.md has the rules.
 */
import type { EngineContext } from '../engine/engine-context.ts'
import type { AttemptFailure } from '../exchange/attempt-failure.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { RetryBudgetSettings } from '../model/settings.ts'
import { RetryBudget } from '../retry/retry-budget.ts'
import type { Backend } from './backend.ts'
import type { Rotation } from './rotation.ts'

/** Backends that a request without `retry` may be offered to before its client is told. */
const MAX_ATTEMPTS = 3

export class Retries {
  readonly #context: EngineContext
  readonly #rotation: Rotation
  /** Of the pool. */
  readonly #counters: TrafficCounters
  readonly #budget: RetryBudget

  constructor(
    settings: RetryBudgetSettings,
    context: EngineContext,
    rotation: Rotation,
    counters: TrafficCounters
  ) {
    this.#context = context
    this.#rotation = rotation
    this.#counters = counters
    this.#budget = new RetryBudget(settings, context.nowMs)
  }

  get usage(): { readonly used: number; readonly allowed: number } {
    return this.#budget.usage(this.#context.clock.now())
  }

  configure(settings: RetryBudgetSettings): void {
    this.#budget.settings = settings
  }

  /** A request came in: it adds its share to the budget, if it may be tried again at all. */
  requestBegan(exchange: Exchange): void {
    const route = exchange.compiledRoute
    if (route !== null && route.retry !== null) this.#budget.deposit(this.#context.nowMs)
  }

  /** Whether there will be another try; what adds load is taken from the budget. */
  allow(exchange: Exchange, failure: AttemptFailure): boolean {
    if (exchange.client === null) return false
    ;(exchange.tried ??= new Set()).add(exchange.assignedBackend!)
    const retry = exchange.compiledRoute?.retry ?? null
    if (retry === null) {
      const { attempts, tried } = exchange
      return failure.isUnsent && attempts < MAX_ATTEMPTS && this.#rotation.hasUntried(tried!)
    }
    const { nowMs } = this.#context
    if (!this.#rotation.isAvailable) return false
    if (!retry.allows(exchange, failure, nowMs)) return false
    // Nobody has worked on it yet, so it adds no load that the budget is there to limit: a pool
    // whose lone primary is refused would otherwise fail its clients with a healthy backup beside.
    if (failure.isUnsent && this.#rotation.hasUntried(exchange.tried!)) return true
    if (this.#budget.withdraw(nowMs)) return true
    this.#counters.retriesDenied++
    return false
  }

  /** `place` is called now or after the wait, unless the exchange ends before. */
  begin(exchange: Exchange, failure: AttemptFailure, place: (exchange: Exchange) => void): void {
    const policy = exchange.compiledRoute?.retry ?? null
    const waitMs = policy === null ? 0 : policy.waitMs(exchange, failure, this.#context.random)
    exchange.retries++
    if (waitMs <= 0) {
      place(exchange)
      return
    }
    exchange.client!.awaitSlot(exchange, 0)
    exchange.retryTimer = this.#context.clock.setTimeout(() => {
      exchange.retryTimer = null
      this.#context.tick()
      try {
        place(exchange)
      } catch (error) {
        exchange.client?.broke(error)
      }
    }, waitMs)
  }

  /** The exchange is over while it waits. */
  cancel(exchange: Exchange): void {
    exchange.retryTimer?.cancel()
    exchange.retryTimer = null
  }

  countMove(exchange: Exchange, from: Backend): void {
    this.countRetry(exchange, from)
    from.counters.redispatches++
    this.#counters.redispatches++
  }

  countRetry(exchange: Exchange, from: Backend): void {
    from.counters.retries++
    this.#counters.retries++
    if (exchange.client !== null) exchange.client.listener.counters.retries++
  }
}
