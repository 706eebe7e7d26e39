/** The end of every exchange: counters, access log, and the place on the backend given back. */
import type { Exchange } from '../exchange/exchange.ts'
import type { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { Listener } from './listener.ts'

/** Only backends keep a histogram of response heads. */
const NO_HEAD = -1

export function settleExchange(exchange: Exchange, listener: Listener): void {
  exchange.durationMs = listener.context.nowMs - exchange.startedMs
  count(listener.counters, exchange, NO_HEAD)
  listener.counters.inFlight--
  const { traffic } = listener.context
  if (traffic !== null) traffic.finished(exchange)
  const pool = exchange.assignedPool
  if (pool !== null) {
    count(pool.counters, exchange, NO_HEAD)
    const backend = exchange.assignedBackend
    if (backend !== null) count(backend.counters, exchange, exchange.responseHeadMs)
    pool.exchangeDone(exchange)
  }
  if (exchange.isLogged) listener.accessLog?.log(exchange)
  exchange.recycle()
}

function count(counters: TrafficCounters, exchange: Exchange, headMs: number): void {
  if (exchange.status > 0) counters.countResponse(exchange.status)
  counters.bytesIn += exchange.requestBytes
  counters.bytesOut += exchange.responseBytes
  counters.recordLatency(exchange.durationMs, headMs)
}
