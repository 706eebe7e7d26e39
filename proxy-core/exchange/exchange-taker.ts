/** Who takes the exchanges of a route: a pool of backends, or what answers them in its place. */
import type { Hold } from '../hold/hold.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { StickyCookies } from '../pool/sticky-cookies.ts'
import type { Exchange } from './exchange.ts'

export interface ExchangeTaker {
  readonly name: string
  readonly counters: TrafficCounters
  /** null: requests of one client have nothing to do with each other. */
  readonly sticky: StickyCookies | null
  /** Where its requests wait for a backend that comes back; null: nowhere. */
  readonly holdLine: Hold | null
  dispatch(exchange: Exchange): void
  /** The exchange is over, however it ended. */
  exchangeDone(exchange: Exchange): void
}

/** Answers exchanges itself, so that no backend sees them. */
export abstract class LocalTaker implements ExchangeTaker {
  /** No pool has one like it. */
  readonly name = ''
  readonly sticky = null
  readonly holdLine = null
  readonly counters = new TrafficCounters()

  dispatch(exchange: Exchange): void {
    const { counters } = this
    exchange.assignedPool = this
    counters.requests++
    if (++counters.inFlight > counters.inFlightMax) counters.inFlightMax = counters.inFlight
    this.take(exchange)
  }

  exchangeDone(exchange: Exchange): void {
    this.counters.inFlight--
    this.left(exchange)
  }

  protected abstract take(exchange: Exchange): void
  /** The exchange is over, and its record may be another's soon. */
  protected abstract left(exchange: Exchange): void
}
