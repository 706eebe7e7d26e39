/**
 * One client's connection: reads requests one after the other, has each of them dispatched,
 * and answers in order.
 *
 * Phases (the table with all transitions is in `docs/architecture.md`):
 *   idle -> head -> body -> wait -> idle     one exchange after the other
 *                         wait -> tunnel     after 101
 *   any  -> closing                          FIN sent, input discarded until the client closes
 *
 * Octets that belong to a later phase are stashed and reading is paused: at most one read
 * buffer per connection is ever held back.
 */
import { Exchange } from '../exchange/exchange.ts'
import { localAnswerText } from '../exchange/local-answer.ts'
import type { HeadFault } from '../http1/head-fault.ts'
import { FAULTY, INCOMPLETE } from '../http1/head-parser.ts'
import { PartialHead } from '../http1/partial-head.ts'
import { RequestParser } from '../http1/request-parser.ts'
import type { ClientIdentity } from '../http1/request-writer.ts'
import { internalFault } from '../engine/internal-fault.ts'
import { Deadlined } from '../time/deadline-wheel.ts'
import type { Transport, TransportOwner } from '../transport/transport.ts'
import type { Listener } from './listener.ts'
import { admitRequest, bodyTooLarge, type Refusal } from './request-admission.ts'
import { attachSmallBody, relayBody } from './request-body.ts'
import { settleExchange } from './settle-exchange.ts'

const Phase = { IDLE: 0, HEAD: 1, BODY: 2, WAIT: 3, TUNNEL: 4, CLOSING: 5, CLOSED: 6 } as const

/** How long a client may take to read the last answer and close. */
const LINGER_MS = 2000
const RETRY_AFTER_S = 1

const SHARED_PARSER = new RequestParser()

export class ClientConnection extends Deadlined implements TransportOwner {
  readonly listener: Listener
  transport!: Transport
  #identity: ClientIdentity | null = null
  #identityGeneration = 0
  #phase: number = Phase.IDLE
  #exchange: Exchange | null = null
  #partial: PartialHead<RequestParser> | null = null
  #stash: Buffer | null = null
  #isConsuming = false
  #hasPeerEnded = false
  #isStalled = false

  constructor(listener: Listener) {
    super()
    this.listener = listener
  }

  /** After `transport` is set. */
  start(): void {
    this.listener.context.tick()
    this.#setDeadline(this.listener.settings.timeouts.requestHeadMs)
  }

  get identity(): ClientIdentity {
    const { generation } = this.listener
    if (this.#identity === null || this.#identityGeneration !== generation) {
      this.#identity = this.listener.identify(this.transport)
      this.#identityGeneration = generation
    }
    return this.#identity
  }
  get isIdle(): boolean {
    return this.#phase === Phase.IDLE && this.#stash === null
  }
  get isBusy(): boolean {
    return this.#exchange !== null
  }
  get isTunnel(): boolean {
    return this.#phase === Phase.TUNNEL
  }
  get mayKeepAlive(): boolean {
    return !this.listener.isDraining && !(this.#hasPeerEnded && this.#stash === null)
  }
  get hasVia(): boolean {
    return this.listener.settings.forwarded.via
  }

  responseIdLine(exchange: Exchange): string {
    const setting = this.listener.settings.requestId
    return setting === null ? '' : `${setting.header}: ${exchange.requestId}\r\n`
  }

  bytesArrived(buffer: Buffer, end: number): void {
    this.listener.context.tick()
    if (this.#stash === null) this.#consume(buffer, 0, end)
    else this.#stash = Buffer.concat([this.#stash, buffer.subarray(0, end)])
  }

  /** A defect of ours costs the exchange that it hit and its connection, nothing else. */
  #broke(error: unknown): void {
    this.listener.context.emit(internalFault(error))
    this.#isConsuming = false
    const exchange = this.#exchange
    if (exchange === null) {
      this.transport.destroy()
      return
    }
    exchange.keepsAlive = false
    this.#giveUpUpstream(exchange)
    if (exchange.hasResponseStarted) this.abort('internal_error')
    else this.#refuse(exchange, internalError)
  }

  /** The upstream can take octets again, or a later phase can begin: go on where we stopped. */
  proceed(): void {
    if (this.#isConsuming || this.#phase === Phase.CLOSED) return
    const stash = this.#stash
    if (stash !== null) {
      this.#stash = null
      this.#consume(stash, 0, stash.length)
    }
    if (this.#stash === null && !this.#isUpstreamBlocked) this.transport.resume()
  }

  get #isUpstreamBlocked(): boolean {
    const upstream = this.#exchange?.upstream
    return upstream != null && upstream.transport.isBlocked
  }

  #consume(buffer: Buffer, start: number, end: number): void {
    this.#isConsuming = true
    try {
      this.#consumeSteps(buffer, start, end)
    } catch (error) {
      this.#broke(error)
    }
    this.#isConsuming = false
    if (this.#isUpstreamBlocked) this.transport.pause()
  }

  #consumeSteps(buffer: Buffer, start: number, end: number): void {
    let at = start
    while (at < end && this.#phase !== Phase.CLOSED) {
      const next = this.#step(buffer, at, end)
      if (next === at) {
        this.#stash = Buffer.from(buffer.subarray(at, end))
        this.transport.pause()
        return
      }
      at = next
    }
  }

  /** Returns how far the octets were used; `start` means that they must wait. */
  #step(buffer: Buffer, start: number, end: number): number {
    switch (this.#phase) {
      case Phase.IDLE:
        return this.#beginHead(buffer, start, end)
      case Phase.HEAD:
        return this.#continueHead(buffer, start, end)
      case Phase.BODY:
        return this.#relayBody(buffer, start, end)
      case Phase.TUNNEL:
        return this.#relayTunnel(buffer, start, end)
      case Phase.WAIT:
        return start
      default:
        return end
    }
  }

  #beginHead(buffer: Buffer, start: number, end: number): number {
    SHARED_PARSER.reset()
    const next = SHARED_PARSER.parse(buffer, start, end, this.listener.settings.limits)
    if (next > INCOMPLETE) {
      this.#begin(SHARED_PARSER, buffer.toString('latin1', start, next))
      return this.#attachBody(buffer, next, end)
    }
    if (next === FAULTY) return this.#refuseHead(SHARED_PARSER.fault!, end)
    this.#partial = new PartialHead(new RequestParser(), buffer, start, end)
    this.#phase = Phase.HEAD
    this.#setDeadline(this.listener.settings.timeouts.requestHeadMs)
    return end
  }

  #continueHead(buffer: Buffer, start: number, end: number): number {
    const partial = this.#partial!
    const next = partial.append(buffer, start, end, this.listener.settings.limits)
    if (next === FAULTY) return this.#refuseHead(partial.parser.fault!, end)
    if (next === INCOMPLETE) return end
    this.#partial = null
    this.#begin(partial.parser, partial.buffer.toString('latin1', 0, next))
    return this.#attachBody(buffer, end - (partial.length - next), end)
  }

  /** A head is complete: from here on there is an exchange. */
  #begin(parser: RequestParser, text: string): void {
    const { listener } = this
    const exchange = Exchange.take()
    exchange.client = this
    exchange.startedMs = listener.context.nowMs
    if (listener.accessLog !== null) exchange.startedAtMs = listener.context.clock.wallNow()
    this.#exchange = exchange
    listener.exchangeBegan()
    const refused = admitRequest(this, exchange, parser, text)
    if (refused !== null) this.#refuse(exchange, refused)
    else this.#phase = exchange.isRequestComplete ? Phase.WAIT : Phase.BODY
  }

  /** Takes what came of the body with the head, then has the exchange dispatched. */
  #attachBody(buffer: Buffer, start: number, end: number): number {
    const exchange = this.#exchange
    if (exchange === null) return this.#phase === Phase.CLOSING ? end : start
    let at = start
    if (!exchange.isRequestComplete && end > start) {
      at = attachSmallBody(exchange, buffer, start, end)
      if (exchange.isRequestComplete) this.#phase = Phase.WAIT
    }
    const route = exchange.compiledRoute!
    const totalMs = route.settings.timeouts.totalMs
    if (totalMs > 0) exchange.totalDeadlineMs = exchange.startedMs + totalMs
    this.#setDeadline(0)
    route.pool.dispatch(exchange)
    return at
  }

  #relayBody(buffer: Buffer, start: number, end: number): number {
    const exchange = this.#exchange!
    const upstream = exchange.upstream
    if (upstream === null || !upstream.takesBody || upstream.transport.isBlocked) return start
    const progress = relayBody(exchange, this.transport, buffer, start, end)
    if (progress.fault !== null) {
      this.#giveUpUpstream(exchange)
      return this.#refuseHead(progress.fault, end)
    }
    if (this.#isBodyTooLarge(exchange)) {
      this.#giveUpUpstream(exchange)
      this.#refuse(exchange, { ...bodyTooLarge, termination: 'body_limit' })
      return end
    }
    if (exchange.isRequestComplete) {
      this.#phase = Phase.WAIT
      this.transport.endBulk()
      this.#setDeadline(0)
      upstream.awaitHead()
    } else {
      this.#setDeadline(this.listener.settings.timeouts.requestBodyMs)
    }
    return progress.end
  }

  #isBodyTooLarge(exchange: Exchange): boolean {
    const limit = exchange.compiledRoute!.settings.bodyLimitBytes
    return limit > 0 && exchange.requestBytes > limit
  }

  #relayTunnel(buffer: Buffer, start: number, end: number): number {
    const exchange = this.#exchange!
    if (exchange.upstream === null) return end
    exchange.requestBytes += end - start
    exchange.upstream.transport.relay(this.transport, buffer, start, end)
    this.tunnelActive()
    return end
  }

  tunnelActive(): void {
    this.#setDeadline(this.#exchange?.compiledRoute?.settings.timeouts.idleMs ?? 0)
  }

  /** The head has been sent; the body may follow. */
  upstreamReady(): void {
    this.#setDeadline(this.listener.settings.timeouts.requestBodyMs)
    this.proceed()
  }

  /** Waits in the pool's queue. */
  awaitSlot(_exchange: Exchange, timeoutMs: number): void {
    this.#setDeadline(timeoutMs)
  }

  slotFound(): void {
    this.#setDeadline(0)
  }

  /** The backend's response has been relayed whole. */
  responseComplete(exchange: Exchange): void {
    const isWhole = exchange.isRequestComplete
    const keepsAlive = exchange.keepsAlive && isWhole
    this.#settle(exchange)
    if (keepsAlive) this.#becomeIdle()
    else this.#close(!isWhole)
  }

  enterTunnel(exchange: Exchange): void {
    this.#phase = Phase.TUNNEL
    exchange.upstream!.setDeadline(0)
    this.tunnelActive()
    this.proceed()
    if (this.#hasPeerEnded) exchange.upstream?.transport.end()
  }

  /** No backend could answer. After a response head only breaking off tells the client. */
  upstreamFailed(exchange: Exchange, status: number, reason: string, termination: string): void {
    if (this.#phase === Phase.TUNNEL) {
      this.#settle(exchange)
      this.#close(false)
    } else if (exchange.hasResponseStarted) {
      exchange.assignedBackend!.counters.serverAborts++
      exchange.assignedPool!.counters.serverAborts++
      exchange.termination = termination
      this.#settle(exchange)
      this.transport.destroy(true)
    } else {
      this.#refuse(exchange, { status, reason, termination })
    }
  }

  /** Ends an exchange or tunnel from our side, without an answer. */
  abort(termination: string): void {
    const exchange = this.#exchange
    const isTunnel = this.#phase === Phase.TUNNEL
    if (exchange !== null) {
      exchange.termination = termination
      this.#giveUpUpstream(exchange)
      this.#settle(exchange)
    }
    this.transport.destroy(exchange !== null && !isTunnel)
  }

  /** No further request: idle connections close now, busy ones after their answer. */
  drain(): void {
    if (this.isIdle) this.transport.destroy()
  }

  /** The client reads more slowly than the response comes. */
  writeStalled(): void {
    this.#isStalled = true
    this.#setDeadline(this.#exchange?.compiledRoute?.settings.timeouts.idleMs ?? 0)
  }

  drained(): void {
    if (this.#isStalled) {
      this.#isStalled = false
      if (this.#phase === Phase.TUNNEL) this.tunnelActive()
      else if (this.#exchange !== null) this.#setDeadline(0)
    }
    this.#exchange?.upstream?.transport.resume()
  }

  peerEnded(): void {
    this.#hasPeerEnded = true
    switch (this.#phase) {
      case Phase.TUNNEL:
        this.#exchange?.upstream?.transport.end()
        break
      case Phase.WAIT:
        // A client may close its sending side and still wait for the answer.
        break
      case Phase.BODY:
        this.#clientLeft()
        break
      default:
        this.#close(false)
    }
  }

  closed(): void {
    if (this.#exchange !== null) this.#clientLeft()
    this.#phase = Phase.CLOSED
    this.#stash = null
    this.listener.context.wheel.remove(this)
    this.listener.forget(this)
  }

  override deadlineReached(): void {
    const exchange = this.#exchange
    if (exchange === null) {
      if (this.#phase === Phase.HEAD) this.#refuseHead(headTimeout, 0)
      else this.transport.destroy()
    } else if (this.#phase === Phase.TUNNEL || exchange.hasResponseStarted) {
      this.#giveUpUpstream(exchange)
      exchange.termination = 'idle_timeout'
      this.#settle(exchange)
      this.transport.destroy(this.#phase !== Phase.TUNNEL)
    } else {
      this.#exchangeTimedOut(exchange)
    }
  }

  #exchangeTimedOut(exchange: Exchange): void {
    const isTotal = this.listener.context.nowMs >= exchange.totalDeadlineMs
    const wasQueued = exchange.isQueued
    this.#giveUpUpstream(exchange)
    if (isTotal) this.#refuse(exchange, totalTimeout)
    else if (wasQueued) this.#refuse(exchange, queueTimeout)
    else this.#refuse(exchange, bodyTimeout)
  }

  #clientLeft(): void {
    const exchange = this.#exchange!
    if (this.#phase === Phase.TUNNEL) {
      exchange.upstream?.endTunnel()
      this.#settle(exchange)
      return
    }
    exchange.termination = 'client_left'
    this.listener.counters.clientAborts++
    if (exchange.assignedPool !== null) exchange.assignedPool.counters.clientAborts++
    if (exchange.assignedBackend !== null) exchange.assignedBackend.counters.clientAborts++
    this.#giveUpUpstream(exchange)
    this.#settle(exchange)
    this.transport.destroy()
  }

  #giveUpUpstream(exchange: Exchange): void {
    const upstream = exchange.upstream
    exchange.upstream = null
    upstream?.abandonExchange()
  }

  #refuseHead(fault: HeadFault | typeof headTimeout, end: number): number {
    const exchange = this.#exchange ?? this.#exchangeForRefusal()
    exchange.keepsAlive = false
    this.#partial = null
    if (exchange.hasResponseStarted) {
      exchange.termination = 'bad_request'
      this.#settle(exchange)
      this.transport.destroy(true)
    } else {
      this.#refuse(exchange, { termination: 'bad_request', ...fault })
    }
    return end
  }

  #exchangeForRefusal(): Exchange {
    const exchange = Exchange.take()
    exchange.client = this
    exchange.startedMs = this.listener.context.nowMs
    exchange.startedAtMs = this.listener.context.clock.wallNow()
    exchange.method = exchange.target = '-'
    exchange.host = ''
    exchange.clientAddress = this.identity.peerAddress
    this.#exchange = exchange
    this.listener.exchangeBegan()
    return exchange
  }

  /** Answers in the balancer's own name. */
  #refuse(exchange: Exchange, refused: Refusal): void {
    const isWhole = exchange.isRequestComplete
    const keepsAlive = exchange.keepsAlive && isWhole && this.mayKeepAlive && refused.status !== 400
    exchange.status = refused.status
    exchange.termination = refused.termination
    if (exchange.compiledRoute === null) {
      exchange.isLogged = this.listener.accessLog !== null
      this.listener.counters.refused++
    }
    this.transport.write(
      localAnswerText({
        status: refused.status,
        reason: refused.reason,
        isClosing: !keepsAlive,
        isHead: exchange.isHead,
        requestIdLine: exchange.requestId === '' ? '' : this.responseIdLine(exchange),
        retryAfterS: refused.status === 503 ? RETRY_AFTER_S : 0
      })
    )
    this.#settle(exchange)
    if (keepsAlive) this.#becomeIdle()
    else this.#close(true)
  }

  #settle(exchange: Exchange): void {
    this.#exchange = null
    settleExchange(exchange, this.listener)
  }

  #becomeIdle(): void {
    this.#phase = Phase.IDLE
    if (this.#stash !== null) {
      this.proceed()
      return
    }
    if (!this.mayKeepAlive) {
      this.#close(false)
      return
    }
    this.#setDeadline(this.listener.settings.timeouts.keepAliveMs)
  }

  /**
   * After the last answer. Closing at once is safe when nothing is pending and nothing can
   * still come in: octets that arrive at a closed socket make the kernel send RST, which can
   * destroy an answer that the client has not read yet.
   */
  #close(mayReceive: boolean): void {
    this.#phase = Phase.CLOSING
    this.#stash = null
    if (!mayReceive && !this.transport.hasPendingWrites) {
      this.transport.destroy()
      return
    }
    this.transport.end()
    this.transport.resume()
    this.#setDeadline(LINGER_MS)
  }

  /** `periodMs` from now, or the exchange's total deadline when that comes first; 0: only that. */
  #setDeadline(periodMs: number): void {
    const { nowMs, wheel } = this.listener.context
    const total = this.#exchange === null ? Infinity : this.#exchange.totalDeadlineMs
    const stage = periodMs > 0 ? nowMs + periodMs : Infinity
    wheel.set(this, stage < total ? stage : total)
  }
}

const headTimeout = {
  status: 408,
  reason: 'The request head did not arrive in time.',
  termination: 'head_timeout'
} as const

const internalError: Refusal = {
  status: 500,
  reason: 'The balancer failed on this request. Other requests are not affected.',
  termination: 'internal_error'
}

const bodyTimeout: Refusal = {
  status: 408,
  reason: 'The request body did not arrive in time.',
  termination: 'body_timeout'
}

const queueTimeout: Refusal = {
  status: 503,
  reason: 'No backend became free in time.',
  termination: 'queue_timeout'
}

const totalTimeout: Refusal = {
  status: 504,
  reason: 'The request took longer than its route allows.',
  termination: 'total_timeout'
}
