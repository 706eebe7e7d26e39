/**
 * One stored request as the byte stream of a client that speaks HTTP/1.1 and asks one thing: its
 * owner is an ordinary client connection, so that a delivery is balanced, retried, limited and
 * logged like any other request. Of the answer only the status and Retry-After are kept.
 */
import type { ClientConnection } from '../listener/client-connection.ts'
import { retryAfterMs } from '../http1/retry-after.ts'
import { ResponseReader, type FlatFields, type ResponseSink } from '../http2/response-reader.ts'
import type { Transport, TransportOwner } from '../transport/transport.ts'
import type { DeliveryReport } from './delivery-verdict.ts'

/** As much as one read of a socket brings. */
const PIECE_BYTES = 64 * 1024

/** What the balancer says in its own name when nobody could take a request. */
const UNPLACED: Readonly<Record<string, string>> = {
  no_backend: 'no backend was available',
  fallback: 'no backend was available'
}
/** The same, but only for a moment. */
const BUSY: Readonly<Record<string, string>> = {
  queue_full: 'every backend was busy and the queue full',
  queue_timeout: 'no backend became free in time'
}
const FAILED: Readonly<Record<string, string>> = {
  connect_failed: 'no connection to a backend came about',
  upstream_closed: 'the backend broke off or sent a malformed response',
  timeout: 'the backend did not answer in time',
  total_timeout: 'it took longer than its route allows',
  internal_error: 'the balancer failed on it'
}

const CUT_OFF: DeliveryReport = { kind: 'failed', reason: 'the response was cut off' }

export class DeliveryTransport implements Transport, ResponseSink {
  owner: TransportOwner
  readonly isBlocked = false
  readonly hasPendingWrites = false
  readonly unsentBytes = 0
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort = 0
  readonly localAddress = '127.0.0.1'
  readonly localPort = 0
  readonly #client: ClientConnection
  readonly #reader: ResponseReader
  readonly #wallNow: () => number
  readonly #reported: (report: DeliveryReport) => void
  #head: Buffer
  #body: Buffer
  /** Octets of the body that were handed over. */
  #handed = 0
  #report: DeliveryReport | null = null
  #isPaused = false
  #isClosed = false
  #hasReported = false

  constructor(
    client: ClientConnection,
    request: { readonly head: string; readonly body: Buffer; readonly isHead: boolean },
    wallNow: () => number,
    reported: (report: DeliveryReport) => void
  ) {
    this.owner = client
    this.#client = client
    this.#head = Buffer.from(request.head, 'latin1')
    this.#body = request.body
    this.#reader = new ResponseReader(request.isHead, this)
    this.#wallNow = wallNow
    this.#reported = reported
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Hands the request to its owner, as far as that takes it. */
  begin(): void {
    this.owner.bytesArrived(this.#head, this.#head.length)
    this.#feed()
  }

  write(text: string): void {
    if (!this.#isOver) this.#reader.feed(Buffer.from(text, 'latin1'))
  }

  relay(_source: Transport, buffer: Buffer, start: number, end: number): void {
    if (!this.#isOver) this.#reader.feed(buffer.subarray(start, end))
  }

  interim(): void {
    // Nobody waits for it.
  }

  head(status: number, fields: FlatFields): void {
    const termination = this.#client.exchange?.termination ?? ''
    this.#report =
      termination === '' ? this.#answered(status, fields) : ownAnswer(status, termination)
  }

  data(): void {
    // The client has had its answer when the request was stored.
  }

  /** Of the response, or of the connection, which carries one request. */
  end(trailers?: FlatFields): void {
    if (trailers === undefined) this.#closeSoon()
    else this.#tell(this.#report ?? CUT_OFF)
  }

  beginBulk(): void {
    // The body is in memory as a whole.
  }

  endBulk(): void {
    // See beginBulk.
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    // Not at once: the owner may be in the midst of what came before.
    setImmediate(() => this.#feed())
  }

  destroy(): void {
    this.#tell(CUT_OFF)
    this.#closeSoon()
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#reader.isDone
  }

  #feed(): void {
    while (!this.#isPaused && !this.#isClosed && this.#handed < this.#body.length) {
      const end = Math.min(this.#handed + PIECE_BYTES, this.#body.length)
      const piece = this.#body.subarray(this.#handed, end)
      this.#handed = end
      this.owner.bytesArrived(piece, piece.length)
    }
  }

  #answered(status: number, fields: FlatFields): DeliveryReport {
    const place = fields.findIndex((field, at) => at % 2 === 0 && field === 'retry-after')
    const asked = place < 0 ? 0 : retryAfterMs(fields[place + 1]!, this.#wallNow())
    return { kind: 'answered', status, retryAfterMs: asked }
  }

  #tell(report: DeliveryReport): void {
    if (this.#hasReported) return
    this.#hasReported = true
    this.#reported(report)
  }

  #closeSoon(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#head = this.#body = NOTHING
    queueMicrotask(() => this.owner.closed(undefined))
  }
}

const NOTHING = Buffer.alloc(0)

function ownAnswer(status: number, termination: string): DeliveryReport {
  const unplaced = UNPLACED[termination]
  if (unplaced !== undefined) return { kind: 'unplaced', reason: unplaced, isBusy: false }
  const busy = BUSY[termination]
  if (busy !== undefined) return { kind: 'unplaced', reason: busy, isBusy: true }
  const failed = FAILED[termination]
  if (failed !== undefined) return { kind: 'failed', reason: failed }
  return {
    kind: 'impossible',
    status,
    reason: `the balancer could not pass it on (${termination})`
  }
}
