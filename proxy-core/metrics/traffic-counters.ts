/**
 * Counters that the data path increments; readers (metrics, stats, snapshots) copy them
 * out. One instance per listener, pool and backend.
 *
 * With a thousand backends every request finds its backend's counters outside the processor's
 * caches, and each cache line costs. So what a request touches stands together: first in the
 * object, and in one typed array for what outgrows a small integer.
 */
import { bucketOf, HISTOGRAM_CELLS, LatencyHistogram } from './latency-histogram.ts'

/** Cells of the array: bytes in and out, responses by class, then the two histograms. */
const BYTES_IN = 0
const BYTES_OUT = 1
const RESPONSES = 2
const CLASSES = 6
const TOTAL = RESPONSES + CLASSES
const RESPONSE_HEAD = TOTAL + HISTOGRAM_CELLS

export class TrafficCounters {
  readonly #cells = new Float64Array(RESPONSE_HEAD + HISTOGRAM_CELLS)
  /** Exchanges begun. For a backend: attempts sent to it. */
  requests = 0
  /** Exchanges running now. */
  inFlight = 0
  inFlightMax = 0
  connectionsReused = 0
  connectionsOpened = 0
  /** Requests waiting for a free slot now. Pools only. */
  queued = 0
  queuedMax = 0
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
  /** Health probes by result. Backends only. */
  probesPassed = 0
  probesFailed = 0
  /** Changes of health from serving to down. Backends only. */
  timesDown = 0
  /** Times that its answers took it out of the rotation, and that its circuit opened. Backends only. */
  ejections = 0
  circuitOpenings = 0
  /** Retries that the budget did not allow, and requests that got the fallback. Pools only. */
  retriesDenied = 0
  fallbacks = 0
  /** Answers of the balancer's own among `responses[5]`. Backends only. */
  ownErrors = 0
  /** Responses by class: index 1 = 1xx … 5 = 5xx, index 0 = anything else. */
  readonly responses = this.#cells.subarray(RESPONSES, RESPONSES + CLASSES)
  /** From the request head to the end of the response. */
  readonly totalMs = new LatencyHistogram(this.#cells, TOTAL)
  /** From the request sent to the response head. Backends only. */
  readonly responseHeadMs = new LatencyHistogram(this.#cells, RESPONSE_HEAD)

  /** From the client towards the backend. */
  get bytesIn(): number {
    return this.#cells[BYTES_IN]!
  }
  set bytesIn(bytes: number) {
    this.#cells[BYTES_IN] = bytes
  }
  /** From the backend towards the client. */
  get bytesOut(): number {
    return this.#cells[BYTES_OUT]!
  }
  set bytesOut(bytes: number) {
    this.#cells[BYTES_OUT] = bytes
  }

  countResponse(status: number): void {
    const group = (status / 100) | 0
    this.#cells[RESPONSES + (group >= 1 && group <= 5 ? group : 0)]!++
  }

  /** As `totalMs.record` and `responseHeadMs.record`; a negative `headMs` means no head came. */
  recordLatency(totalMs: number, headMs: number): void {
    recordAt(this.#cells, TOTAL, totalMs)
    if (headMs >= 0) recordAt(this.#cells, RESPONSE_HEAD, headMs)
  }
}

function recordAt(cells: Float64Array, base: number, ms: number): void {
  cells[base]!++
  cells[base + 1]! += ms
  cells[base + bucketOf(ms)]!++
}
