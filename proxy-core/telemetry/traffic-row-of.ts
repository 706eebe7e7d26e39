/** One line of a tick, in the order of `TRAFFIC_COLUMNS`. */
import type { TrafficRow } from '../model/traffic-row.ts'
import type { Percentiles } from './coarse-percentiles.ts'
import type { TickTimes } from './tick-times.ts'
import { Field, type TrafficMeter } from './traffic-meter.ts'

/** What is true at the moment of the tick. */
export interface Gauges {
  readonly inFlight: number
  readonly queued: number
  readonly connections: number
}

export function trafficRowOf(
  meter: TrafficMeter,
  times: TickTimes,
  latency: Percentiles,
  gauges: Gauges
): TrafficRow {
  return [
    meter.rate(Field.REQUESTS, times),
    meter.rate(Field.OK, times),
    meter.rate(Field.REDIRECT, times),
    meter.rate(Field.CLIENT, times),
    meter.rate(Field.SERVER, times),
    meter.rate(Field.FAILURES, times),
    meter.rate(Field.RETRIES, times),
    latency.p50Ms,
    latency.p95Ms,
    latency.p99Ms,
    gauges.inFlight,
    gauges.queued,
    gauges.connections,
    meter.total(Field.REQUESTS)
  ]
}

export function isSameRow(left: TrafficRow, right: TrafficRow): boolean {
  for (let column = 0; column < right.length; column++) {
    if (left[column] !== right[column]) return false
  }
  return true
}
