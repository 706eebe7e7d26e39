/** The end of every exchange: counters, access log, and the place on the backend given back. */
import type { Exchange } from '../exchange/exchange.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { Listener } from './listener.ts'

export function settleExchange(exchange: Exchange, listener: Listener): void {
  const durationMs = listener.context.nowMs - exchange.startedMs
  exchange.durationMs = durationMs
  count(listener.counters, exchange, durationMs)
  listener.counters.inFlight--
  const pool = exchange.assignedPool
  if (pool !== null) {
    count(pool.counters, exchange, durationMs)
    const backend = exchange.assignedBackend
    if (backend !== null) {
      count(backend.counters, exchange, durationMs)
      if (exchange.responseHeadMs >= 0) {
        backend.counters.responseHeadMs.record(exchange.responseHeadMs)
      }
    }
    pool.exchangeDone(exchange)
  }
  if (exchange.isLogged) listener.accessLog?.log(exchange)
  exchange.recycle()
}

function count(counters: TrafficCounters, exchange: Exchange, durationMs: number): void {
  if (exchange.status > 0) counters.countResponse(exchange.status)
  counters.bytesIn += exchange.requestBytes
  counters.bytesOut += exchange.responseBytes
  counters.totalMs.record(durationMs)
}
