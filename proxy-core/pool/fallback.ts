/**
 * What becomes of a request that its pool cannot place: another pool takes it, the client gets the
 * answer that the configuration has for it, or it is told why.
 */
import type { Exchange } from '../exchange/exchange.ts'
import type { Refusal } from '../listener/refusal.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { FallbackSettings } from '../model/settings.ts'

export class Fallback {
  readonly #counters: TrafficCounters
  /** null: none is configured, or it is no pool. */
  pool: { dispatch(exchange: Exchange): void } | null = null

  /** `counters` are those of the pool that cannot. */
  constructor(counters: TrafficCounters) {
    this.#counters = counters
  }

  take(exchange: Exchange, refusal: Refusal, settings: FallbackSettings | null): void {
    if (this.pool !== null) {
      this.#counters.fallbacks++
      this.#counters.inFlight--
      exchange.tried = null
      this.pool.dispatch(exchange)
    } else if (settings?.kind === 'answer') {
      this.#counters.fallbacks++
      const { status, body, contentType } = settings
      const content = body === null ? {} : { content: { body, type: contentType } }
      const answer = { ...refusal, status, termination: 'fallback', ...content } as const
      exchange.client?.upstreamFailed(exchange, answer)
    } else {
      exchange.client?.upstreamFailed(exchange, refusal)
    }
  }
}
