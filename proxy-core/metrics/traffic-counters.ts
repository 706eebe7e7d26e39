/**
 * Plain counters that the data path increments; readers (metrics, stats, snapshots)
 * copy them out. One instance per listener, pool and backend.
 */
import { LatencyHistogram } from './latency-histogram.ts'

export class TrafficCounters {
  /** Exchanges begun. For a backend: attempts sent to it. */
  requests = 0
  /** Exchanges running now. */
  inFlight = 0
  inFlightMax = 0
  /** Requests waiting for a free slot now. Pools only. */
  queued = 0
  queuedMax = 0
  /** Responses by class: index 1 = 1xx … 5 = 5xx, index 0 = anything else. */
  readonly responses = new Float64Array(6)
  /** From the client towards the backend. */
  bytesIn = 0
  /** From the backend towards the client. */
  bytesOut = 0
  /** Attempts repeated on the same or another backend. */
  retries = 0
  /** Attempts that went to another backend than the first. */
  redispatches = 0
  /** Backends only, as the other two kinds of failure. */
  connectErrors = 0
  /** Reset, bad framing, early close or timeout after the connection stood. */
  responseErrors = 0
  /** Exchanges that the client broke off. */
  clientAborts = 0
  /** Exchanges that the backend broke off after its response had begun. */
  serverAborts = 0
  /** Requests refused because of bad syntax, limits or no route. Listeners only. */
  refused = 0
  connectionsOpened = 0
  connectionsReused = 0
  /** Health probes by result. Backends only. */
  probesPassed = 0
  probesFailed = 0
  /** Changes of health from serving to down. Backends only. */
  timesDown = 0
  /** From the request head to the end of the response. */
  readonly totalMs = new LatencyHistogram()
  /** From the request sent to the response head. Backends only. */
  readonly responseHeadMs = new LatencyHistogram()

  countResponse(status: number): void {
    const group = (status / 100) | 0
    this.responses[group >= 1 && group <= 5 ? group : 0]!++
  }
}
