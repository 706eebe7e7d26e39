/**
 * One connection to a backend: carries one exchange at a time and reads its response.
 *
 * Phases: connecting -> idle <-> reserved -> head -> body -> idle | closed
 *                                    head -> tunnel -> closed
 * `reserved` holds a pooled connection while it is checked for EOF.
 *
 * Over 400 lines, because every event of the socket, the client and the clock means something else
 * in each phase: what is said about a phase is only true beside the code that changes it.
 */
import { ATTEMPT_FAILURES, statusFailure, type LostAttempt } from '../exchange/attempt-failure.ts'
import { noteFailedAttempt, trailOf } from '../exchange/attempt-trail.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { INCOMPLETE, FAULTY } from '../http1/head-parser.ts'
import { PartialHead } from '../http1/partial-head.ts'
import { ResponseParser } from '../http1/response-parser.ts'
import { Deadlined } from '../time/deadline-wheel.ts'
import type { Transport, TransportOwner } from '../transport/transport.ts'
import { BodyReplay } from './body-replay.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { dial, type DialTarget } from './dial.ts'
import { internalFault } from '../engine/internal-fault.ts'
import { RESPONSE_LIMITS } from './response-limits.ts'

export const Phase = {
  CONNECTING: 0,
  IDLE: 1,
  RESERVED: 2,
  HEAD: 3,
  BODY: 4,
  TUNNEL: 5,
  CLOSED: 6
} as const

/** How long a backend may take to close a tunnel whose client is gone. */
const TUNNEL_LINGER_MS = 2000

const SHARED_PARSER = new ResponseParser()

export class UpstreamConnection extends Deadlined implements TransportOwner {
  readonly pool: ConnectionPool
  /** The resolved address that it leads to. */
  readonly address: string
  transport!: Transport
  exchange: Exchange | null = null
  /** The backend's name no longer resolves to `address`. */
  isOutdated = false
  /** Whole milliseconds, which V8 keeps in the object itself. */
  readonly openedMs: number
  idleSinceMs = 0
  #phase: number = Phase.CONNECTING
  /** Exchanges carried before the current one. */
  #served = 0
  /** An octet of the current response has arrived. */
  #hasResponseBegun = false
  /** Paused until the client has taken what it was sent. */
  #isHeldBack = false
  #partial: PartialHead<ResponseParser> | null = null
  /** Runs while the kept part of a body is sent again. */
  #replay: BodyReplay | null = null

  private constructor(pool: ConnectionPool, address: string) {
    super()
    this.pool = pool
    this.address = address
    this.openedMs = Math.floor(pool.context.nowMs)
  }

  static connect(pool: ConnectionPool, target: DialTarget, exchange: Exchange): UpstreamConnection {
    const connection = new UpstreamConnection(pool, target.address)
    connection.exchange = exchange
    exchange.upstream = connection
    if (pool.context.traffic !== null) trailOf(exchange).dial(pool.context.nowMs)
    connection.setDeadline(pool.settings.timeouts.connectMs)
    connection.transport = dial(target, connection, () => connection.#connected())
    return connection
  }

  get isReserved(): boolean {
    return this.#phase === Phase.RESERVED
  }
  get isTunnel(): boolean {
    return this.#phase === Phase.TUNNEL
  }
  /** Request octets may be relayed to this connection. */
  get takesBody(): boolean {
    return (this.#phase === Phase.HEAD || this.#phase === Phase.BODY) && this.#replay === null
  }

  reserve(exchange: Exchange): void {
    this.setDeadline(0)
    this.#phase = Phase.RESERVED
    this.exchange = exchange
    exchange.upstream = this
  }

  begin(exchange: Exchange): void {
    this.exchange = exchange
    exchange.upstream = this
    this.#phase = Phase.HEAD
    this.#hasResponseBegun = false
    exchange.relay.attach(this)
    if (this.#served++ > 0) this.pool.backend.counters.connectionsReused++
    exchange.sentMs = this.pool.context.nowMs
    this.transport.write(exchange.requestText)
    if (exchange.spool !== null && exchange.spool.length > 0) this.#beginReplay(exchange)
    else this.#requestBegun(exchange)
  }

  #requestBegun(exchange: Exchange): void {
    if (exchange.isRequestComplete) {
      this.awaitHead()
    } else {
      // The client's clock runs now, not the backend's, unless that has begun to answer.
      if (this.#phase === Phase.HEAD) this.setDeadline(0)
      exchange.client!.upstreamReady()
    }
  }

  #beginReplay(exchange: Exchange): void {
    const replay = new BodyReplay(exchange.spool!, this.transport, (error) => {
      this.#replay = null
      this.pool.context.tick()
      if (error !== null) {
        exchange.dropSpool()
        this.#attemptFailed(exchange, error.message, ATTEMPT_FAILURES.bodyLost)
        return
      }
      if (this.#phase !== Phase.HEAD) exchange.dropSpool()
      this.#requestBegun(exchange)
    })
    this.#replay = replay
    this.#pumpReplay(replay)
  }

  /** The backend has to take something within the time that it has for an answer. */
  #pumpReplay(replay: BodyReplay): void {
    if (this.#phase === Phase.HEAD) {
      this.setDeadline(this.pool.settings.timeouts.responseHeadMs)
    }
    replay.pump()
  }

  /** No other try will need the kept body; one that is still being sent is read to its end. */
  releaseBody(exchange: Exchange): void {
    if (this.#replay === null) exchange.dropSpool()
    else exchange.isReplayable = false
  }

  /** The request is on its way whole: from now on the response is due. */
  awaitHead(): void {
    const exchange = this.exchange
    if (exchange === null || this.#phase !== Phase.HEAD) return
    const route = exchange.compiledRoute
    const routeMs = route === null ? 0 : route.settings.timeouts.headMs
    const dueMs = routeMs > 0 ? routeMs : this.pool.settings.timeouts.responseHeadMs
    const tryMs = route === null || route.retry === null ? 0 : route.retry.settings.perTryTimeoutMs
    this.setDeadline(tryMs > 0 && (dueMs === 0 || tryMs < dueMs) ? tryMs : dueMs)
  }

  /**
   * The head of a final response is there. Returns true when it is given up, and the exchange with
   * it, because another attempt may bring a better one.
   */
  isRejected(exchange: Exchange, status: number, retryAfterMs: number): boolean {
    const { judge } = this.pool.backend
    if (judge !== null) {
      judge.answered(status, exchange.responseHeadMs, retryAfterMs, exchange.trial)
    }
    const retry = exchange.compiledRoute?.retry ?? null
    if (retry === null || !retry.hasStatus(status)) return false
    const failure = statusFailure(status, retryAfterMs)
    if (!this.pool.failures.mayRetry(exchange, failure)) return false
    this.#noteFailure(exchange, `The backend answered ${String(status)}.`)
    exchange.status = 0
    exchange.responseHeadMs = -1
    this.#giveUp(exchange)
    this.pool.failures.retry(exchange, failure)
    return true
  }

  /** More of the response's body is due. */
  awaitBody(): void {
    this.setDeadline(this.exchange?.compiledRoute?.settings.timeouts.idleMs ?? 0)
  }

  /** `periodMs` from now; 0 for none. */
  setDeadline(periodMs: number): void {
    const { nowMs, wheel } = this.pool.context
    wheel.set(this, periodMs > 0 ? nowMs + periodMs : Infinity)
  }

  bytesArrived(buffer: Buffer, end: number): void {
    this.pool.context.tick()
    try {
      this.#read(buffer, end)
    } catch (error) {
      this.#broke(error)
    }
  }

  /** A defect of ours costs the exchange that it hit and its two connections, nothing else. */
  #broke(error: unknown): void {
    this.pool.context.emit(internalFault(error))
    this.fail('An internal error ended the exchange.')
  }

  #read(buffer: Buffer, end: number): void {
    const exchange = this.exchange
    if (exchange === null || this.#phase === Phase.RESERVED) {
      // A response that nobody asked for would be taken for the next one.
      this.fail('The backend sent octets on an idle connection.')
      return
    }
    let at = 0
    while (at < end && this.#phase === Phase.HEAD) at = this.#readHead(exchange, buffer, at, end)
    if (this.#phase === Phase.BODY) exchange.relay.body(exchange, buffer, at, end)
    else if (this.#phase === Phase.TUNNEL) exchange.relay.tunnel(exchange, buffer, at, end)
    if (this.exchange === exchange && exchange.client!.transport.isBlocked) this.#holdBack(exchange)
  }

  /** The client reads more slowly than the backend sends: that time is not the backend's. */
  #holdBack(exchange: Exchange): void {
    this.#isHeldBack = true
    this.transport.pause()
    this.setDeadline(0)
    exchange.client!.writeStalled()
  }

  /** The client can take octets again. */
  clientDrained(): void {
    if (!this.#isHeldBack) return
    this.#isHeldBack = false
    this.transport.resume()
    if (this.#phase === Phase.BODY) this.awaitBody()
    else if (this.#phase === Phase.HEAD && this.exchange!.isRequestComplete) this.awaitHead()
  }

  /** Returns where the octets go on; the phase says what they are. */
  #readHead(exchange: Exchange, buffer: Buffer, start: number, end: number): number {
    this.#hasResponseBegun = true
    if (this.#partial !== null) return this.#readPartialHead(exchange, buffer, start, end)
    SHARED_PARSER.reset()
    const next = SHARED_PARSER.parse(buffer, start, end, RESPONSE_LIMITS)
    if (next === FAULTY) return this.#badHead(SHARED_PARSER, end)
    if (next === INCOMPLETE) {
      this.#partial = new PartialHead(new ResponseParser(), buffer, start, end)
      return end
    }
    exchange.relay.head(exchange, SHARED_PARSER, buffer.toString('latin1', start, next))
    return next
  }

  #readPartialHead(exchange: Exchange, buffer: Buffer, start: number, end: number): number {
    const partial = this.#partial!
    const next = partial.append(buffer, start, end, RESPONSE_LIMITS)
    if (next === FAULTY) return this.#badHead(partial.parser, end)
    if (next === INCOMPLETE) return end
    this.#partial = null
    const bodyStart = end - (partial.length - next)
    exchange.relay.head(exchange, partial.parser, partial.buffer.toString('latin1', 0, next))
    return bodyStart
  }

  #badHead(parser: ResponseParser, end: number): number {
    this.#partial = null
    this.fail(`The backend's response is malformed: ${parser.fault?.reason ?? ''}`)
    return end
  }

  /** The relay has understood a final head. */
  enterBody(): void {
    this.#phase = Phase.BODY
  }

  enterTunnel(): void {
    this.#phase = Phase.TUNNEL
  }

  /** The response is complete. `isReusable`: its end was framed and nothing is left over. */
  finish(exchange: Exchange, isReusable: boolean): void {
    this.exchange = null
    exchange.upstream = null
    this.#phase = Phase.IDLE
    this.idleSinceMs = Math.floor(this.pool.context.nowMs)
    this.#isHeldBack = false
    this.transport.resume()
    const isReady = isReusable && this.#replay === null
    if (!isReady || !this.pool.giveBack(this)) this.close()
    else this.setDeadline(this.pool.settings.connections.idleTimeoutMs)
    exchange.client?.responseComplete(exchange)
  }

  /** The client is gone or the exchange was given up: the response is not wanted any more. */
  abandonExchange(): void {
    this.exchange = null
    this.close()
  }

  /** See `ConnectionPool.abandon`. */
  moveElsewhere(): void {
    const exchange = this.exchange
    if (exchange === null || this.isTunnel) return
    if (this.#phase === Phase.CONNECTING) {
      this.#connectFailed(exchange, 'The backend was marked down.', ATTEMPT_FAILURES.connect)
    } else if (this.#canRepeat(exchange)) {
      this.#giveUp(exchange)
      this.#noteFailure(exchange, 'The backend was marked down.')
      this.pool.failures.exchangeMoved(exchange)
    }
  }

  /** The client is gone: what it sent last still goes out. */
  endTunnel(): void {
    if (this.exchange !== null) this.exchange.upstream = null
    this.exchange = null
    this.transport.end()
    this.transport.resume()
    this.setDeadline(TUNNEL_LINGER_MS)
  }

  cutTunnel(): void {
    this.exchange?.client?.abort('drained')
  }

  close(): void {
    this.pool.context.wheel.remove(this)
    this.#phase = Phase.CLOSED
    this.#replay?.stop()
    this.#replay = null
    this.pool.forget(this)
    this.transport.destroy()
  }

  peerEnded(): void {
    this.pool.context.tick()
    const exchange = this.exchange
    if (exchange === null) this.close()
    else if (this.#phase === Phase.TUNNEL) exchange.client?.transport.end()
    else if (this.#phase === Phase.BODY && exchange.relay.isUntilClose)
      exchange.relay.endOfStream(exchange)
    else this.fail('The backend closed the connection.')
  }

  drained(): void {
    this.pool.context.tick()
    if (this.#replay === null) this.exchange?.client?.proceed()
    else this.#pumpReplay(this.#replay)
  }

  closed(error: Error | undefined): void {
    this.pool.context.tick()
    if (error !== undefined && this.#phase === Phase.CONNECTING && this.exchange !== null) {
      const what = `No connection to ${this.pool.backend.address} can be made`
      const isOurs = this.pool.context.reportShortage(error, what)
      const failure = isOurs ? ATTEMPT_FAILURES.shortage : ATTEMPT_FAILURES.connect
      this.#connectFailed(this.exchange, error.message, failure)
    } else if (this.#phase === Phase.TUNNEL && error === undefined) this.#tunnelClosed()
    else this.fail(error === undefined ? 'The backend closed the connection.' : error.message)
  }

  /** Both sides of an upgraded connection have said all that they had to say. */
  #tunnelClosed(): void {
    const exchange = this.exchange
    this.exchange = null
    this.close()
    if (exchange === null) return
    exchange.upstream = null
    exchange.client?.tunnelEnded(exchange)
  }

  override deadlineReached(): void {
    const exchange = this.exchange
    if (exchange === null) {
      this.close()
    } else if (this.#phase === Phase.CONNECTING) {
      const reason = 'The connection was not made in time.'
      this.#connectFailed(exchange, reason, ATTEMPT_FAILURES.connectTimeout)
    } else {
      this.#attemptFailed(exchange, ATTEMPT_FAILURES.timeout.reason, ATTEMPT_FAILURES.timeout)
    }
  }

  #connected(): void {
    if (this.#phase !== Phase.CONNECTING) return
    this.pool.context.tick()
    this.pool.dialSucceeded(this)
    const exchange = this.exchange
    if (exchange === null) this.close()
    else {
      exchange.trail?.connected(this.pool.context.nowMs)
      this.begin(exchange)
    }
  }

  /** The connection is of no use any more, for whatever exchange it carries. */
  fail(reason: string): void {
    if (this.#phase === Phase.CLOSED) return
    const exchange = this.exchange
    if (exchange === null) this.close()
    else if (this.#phase === Phase.CONNECTING)
      this.#connectFailed(exchange, reason, ATTEMPT_FAILURES.connect)
    else this.#exchangeFailed(exchange, reason)
  }

  #connectFailed(exchange: Exchange, reason: string, failure: LostAttempt): void {
    this.#giveUp(exchange)
    this.pool.backend.counters.connectErrors++
    this.pool.backend.noteFailure(reason)
    this.#noteFailure(exchange, reason)
    this.pool.dialFailed(this, exchange, failure)
  }

  #exchangeFailed(exchange: Exchange, reason: string): void {
    const isStale = this.#phase === Phase.RESERVED || (this.#served > 1 && !this.#hasResponseBegun)
    if (!isStale || !this.#canRepeat(exchange)) {
      this.#attemptFailed(exchange, reason, ATTEMPT_FAILURES.broken)
      return
    }
    this.#giveUp(exchange)
    this.#noteFailure(exchange, reason)
    this.pool.failures.staleConnection(exchange)
  }

  #attemptFailed(exchange: Exchange, reason: string, failure: LostAttempt): void {
    this.#giveUp(exchange)
    if (!failure.isOurs) {
      this.pool.backend.counters.responseErrors++
      this.pool.backend.noteFailure(reason)
    }
    this.#noteFailure(exchange, reason)
    this.pool.failures.attemptFailed(exchange, failure)
  }

  #noteFailure(exchange: Exchange, reason: string): void {
    const { context, backend } = this.pool
    if (context.traffic !== null) {
      noteFailedAttempt(exchange, backend.address, reason, context.nowMs)
    }
  }

  /** RFC 9110 section 9.2.2: repeat only what is idempotent or has not been sent. */
  #canRepeat(exchange: Exchange): boolean {
    if (this.#phase === Phase.RESERVED) return true
    return (
      this.#phase === Phase.HEAD &&
      !this.#hasResponseBegun &&
      exchange.isIdempotent &&
      exchange.isReplayable &&
      !exchange.hasResponseStarted
    )
  }

  #giveUp(exchange: Exchange): void {
    this.exchange = null
    exchange.upstream = null
    this.close()
  }
}
