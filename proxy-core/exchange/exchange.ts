/**
 * One request and its response, from the complete head to the last octet. Records are
 * pooled: a plain route allocates none in its steady state. The access log reads the record
 * directly.
 *
 * Who writes what: `listener/` the request side, `upstream/` the response side, `pool/` the
 * assignment to a backend.
 */
import type { AccessRecord } from '../access-log/access-record.ts'
import type { ChunkedFramer } from '../http1/chunked-framer.ts'
import type { HeldPlace } from '../hold/held-place.ts'
import type { ClientExchanges } from '../listener/client-exchanges.ts'
import type { Intake } from '../intake/intake.ts'
import type { Backend } from '../pool/backend.ts'
import type { Timer } from '../time/clock.ts'
import { ResponseRelay } from '../upstream/response-relay.ts'
import type { UpstreamConnection } from '../upstream/upstream-connection.ts'
import type { AttemptTrail } from './attempt-trail.ts'
import type { BodySpool } from './body-spool.ts'
import type { CompiledRoute } from './compiled-route.ts'
import type { ExchangeTaker } from './exchange-taker.ts'

export const BodyFraming = { NONE: 0, LENGTH: 1, CHUNKED: 2 } as const

const MAX_FREE = 1024
const free: Exchange[] = []

export class Exchange implements AccessRecord {
  /** Kept with the record, which is in the processor's caches, and not with the connection. */
  readonly relay = new ResponseRelay()
  client: ClientExchanges | null = null
  compiledRoute: CompiledRoute | null = null
  /** The pool that has it, or what stands in its place. */
  assignedPool: ExchangeTaker | null = null
  assignedBackend: Backend | null = null
  /** Where the session of the request is; null: it has none, or that backend cannot take it. */
  stickyBackend: Backend | null = null
  upstream: UpstreamConnection | null = null
  /** Address of the backend that was asked last. */
  backend = ''
  /** Addresses of the assigned backend that did not take a connection. */
  failedDials = 0
  /** Backends that this request has already failed on. */
  tried: Set<Backend> | null = null
  /** Tries that followed a failed one, as the operator counts them. */
  retries = 0
  /** Runs while the next try is waited for. */
  retryTimer: Timer | null = null
  /** Its place while it waits for a backend that comes back, and until its answer begins. */
  hold: HeldPlace | null = null
  /** How long it has waited so in all. */
  heldMs = 0
  /** Its attempt failed, and no other follows before a backend comes back. */
  isForHold = false
  /** The number of the trial of a half-open circuit that it is; 0 = none. */
  trial = 0
  /** What was sent of the body, while another try may need it. */
  spool: BodySpool | null = null
  /** Its way into the store; null: it is passed on. Given back by whoever took it. */
  intake: Intake | null = null
  /** What preceded the current attempt; null while there is nothing, or nobody looks. */
  trail: AttemptTrail | null = null

  method = ''
  target = ''
  httpVersion: '1.0' | '1.1' = '1.1'
  host = ''
  clientAddress = ''
  /** What the algorithm of the route's pool goes by; '' where it goes by no key, or there is none. */
  key = ''
  requestId = ''
  userAgent: string | undefined
  referer: string | undefined
  isHead = false
  /** Safe to send twice: by RFC 9110 section 9.2.2, by its Idempotency-Key, or by the operator's word. */
  isIdempotent = false
  wantsUpgrade = false
  /** The client connection may carry another request after this one. */
  keepsAlive = false
  /** The client has said itself that no request follows this one. */
  isLast = false

  /** The forwarded head, with the body behind it when that came whole and is small. */
  requestText = ''
  /** How the part of the body that is not in `requestText` is framed. */
  bodyFraming: number = BodyFraming.NONE
  bodyRemaining = 0
  bodyFramer: ChunkedFramer | null = null
  isRequestComplete = false
  /** A pooled connection turned out stale: the next attempt opens its own. */
  needsFreshConnection = false
  /** Nothing of the body has left this process except what `requestText` and `spool` hold. */
  isReplayable = true

  /** Complete lines with CR LF that the answer carries beside its own, whoever gives it. */
  addedLines = ''
  /** The response head has gone to the client: no error answer is possible any more. */
  hasResponseStarted = false
  status = 0
  responseBytes = 0
  requestBytes = 0
  attempts = 0
  termination = ''

  /** Monotonic milliseconds. */
  startedMs = 0
  /** When the current attempt began: when it got its backend, then when its head was written. */
  sentMs = 0
  durationMs = 0
  responseHeadMs = -1
  /** Wall clock; 0 unless the exchange will be logged. */
  startedAtMs = 0
  totalDeadlineMs = Infinity
  isLogged = false

  /** Links of the pool's queue. */
  nextQueued: Exchange | null = null
  previousQueued: Exchange | null = null
  isQueued = false

  static take(): Exchange {
    return free.pop() ?? new Exchange()
  }

  /** Gives the record back. The caller holds no reference to it afterwards. */
  recycle(): void {
    this.client = null
    this.compiledRoute = null
    this.assignedPool = null
    this.assignedBackend = null
    this.stickyBackend = null
    this.upstream = null
    this.tried = null
    this.trail = null
    this.retries = this.trial = this.heldMs = 0
    this.hold = null
    this.isForHold = false
    if (this.spool !== null) this.dropSpool()
    this.failedDials = 0
    this.backend = this.requestId = ''
    this.userAgent = this.referer = undefined
    this.httpVersion = '1.1'
    this.host = this.key = ''
    this.isHead = this.isIdempotent = this.wantsUpgrade = this.keepsAlive = this.isLast = false
    this.requestText = this.addedLines = ''
    this.bodyFraming = BodyFraming.NONE
    this.bodyRemaining = 0
    this.bodyFramer = null
    this.isRequestComplete = false
    this.isReplayable = true
    this.needsFreshConnection = false
    this.hasResponseStarted = false
    this.status = this.responseBytes = this.requestBytes = this.attempts = 0
    this.termination = ''
    this.responseHeadMs = -1
    this.startedAtMs = 0
    this.totalDeadlineMs = Infinity
    this.isLogged = false
    if (free.length < MAX_FREE) free.push(this)
  }

  /** No other try will need the body. */
  dropSpool(): void {
    if (this.spool === null) return
    this.spool.release()
    this.spool = null
    this.isReplayable = false
  }

  get protocolVersion(): '1.0' | '1.1' | '2.0' {
    return this.client !== null && this.client.isHttp2 ? '2.0' : this.httpVersion
  }
  get listener(): string {
    return this.client?.listener.name ?? ''
  }
  get route(): string {
    return this.compiledRoute?.settings.name ?? ''
  }
  get pool(): string {
    return this.compiledRoute?.settings.pool ?? ''
  }

  requestField(name: string): string | undefined {
    switch (name) {
      case 'user-agent':
        return this.userAgent
      case 'referer':
        return this.referer
      case 'host':
        return this.host
      default:
        return undefined
    }
  }
}
