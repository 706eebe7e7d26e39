/**
 * The exchanges of one client's connection: how each begins, is dispatched and ends. Every
 * exchange ends exactly once, by `#settle`; what becomes of the connection then is the
 * subclass's.
 */
import { BodySpool } from '../exchange/body-spool.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import { BodyFraming, Exchange } from '../exchange/exchange.ts'
import { localAnswerText } from '../exchange/local-answer.ts'
import { internalFault } from '../engine/internal-fault.ts'
import type { HeadFault } from '../http1/head-fault.ts'
import { takeExpectation } from '../hold/body-keeping.ts'
import type { ClientIdentity } from '../http1/request-writer.ts'
import type { RequestParser } from '../http1/request-parser.ts'
import { INTAKE_REFUSALS } from '../intake/intake-refusals.ts'
import { DEFAULT_RETRY } from '../model/default-settings.ts'
import type { UpstreamConnection } from '../upstream/upstream-connection.ts'
import { ClientDeadlines } from './client-deadlines.ts'
import { ClientPhase } from './client-phase.ts'
import { REFUSALS, type Refusal } from './refusal.ts'
import { admitRequest } from './request-admission.ts'
import { settleExchange } from './settle-exchange.ts'

const RETRY_AFTER_S = 1

export abstract class ClientExchanges extends ClientDeadlines {
  /** The current request was there before the answer to the one before it was complete. */
  protected isPipelined = false

  /** What every request on this connection has in common. */
  abstract get identity(): ClientIdentity
  /** Another request may follow on this connection. */
  abstract get mayKeepAlive(): boolean
  /** It is a stream of HTTP/2, whatever its octets look like here. */
  abstract get isHttp2(): boolean

  /** The upstream can take octets again, or a later phase has begun. */
  abstract proceed(): void

  /** The exchange is over, and the next one may begin. */
  protected abstract becomeIdle(): void
  /** The exchange is over, and with it the connection. `mayReceive`: the client still sends. */
  protected abstract close(mayReceive: boolean): void
  /** Ends the connection at once. */
  protected abstract cut(isReset: boolean): void

  get isTunnel(): boolean {
    return this.phase === ClientPhase.TUNNEL
  }
  get hasVia(): boolean {
    return this.listener.settings.forwarded.via
  }

  /** What every answer to this exchange carries beside its own fields: lines with CR LF, or ''. */
  addedLines(exchange: Exchange): string {
    const setting = this.listener.settings.requestId
    if (setting === null || exchange.requestId === '') return exchange.addedLines
    return `${exchange.addedLines}${setting.header}: ${exchange.requestId}\r\n`
  }

  /**
   * A head is complete, and `following` octets have come behind it: from here on there is an
   * exchange, unless it is refused. Returns how many of them are the body of a refused request: one
   * that is here already is passed over, so that a refusal costs the client no connection.
   */
  begin(parser: RequestParser, text: string, following: number): number {
    const exchange = this.#takeExchange()
    const refused = admitRequest(this, exchange, parser, text)
    if (refused === null) {
      this.phase = exchange.isRequestComplete ? ClientPhase.WAIT : ClientPhase.BODY
      return 0
    }
    const isHere =
      exchange.bodyFraming === BodyFraming.LENGTH && exchange.bodyRemaining <= following
    const passedOver = isHere ? exchange.bodyRemaining : 0
    if (isHere) {
      exchange.isRequestComplete = true
      exchange.requestBytes += passedOver
    }
    this.#refuse(exchange, refused)
    return passedOver
  }

  /** Head, and what came of the body with it, are understood. */
  dispatch(exchange: Exchange): void {
    const route = exchange.compiledRoute!
    const { idleMs, totalMs } = route.settings.timeouts
    this.idleMs = idleMs
    if (totalMs > 0) exchange.totalDeadlineMs = exchange.startedMs + totalMs
    const mayRepeat = route.retry !== null || route.settings.hold !== null
    if (mayRepeat && !exchange.isRequestComplete) this.#keepBody(exchange, route)
    this.setDeadline(0)
    route.pool.dispatch(exchange)
  }

  /** The last octet of the body has gone to the upstream. */
  requestComplete(upstream: UpstreamConnection): void {
    this.phase = ClientPhase.WAIT
    this.transport.endBulk()
    this.setDeadline(0)
    upstream.awaitHead()
  }

  /** The head has been sent; the body may follow. */
  upstreamReady(): void {
    this.setDeadline(this.listener.settings.timeouts.requestBodyMs)
    this.proceed()
  }

  /** Waits in the pool's queue. */
  awaitSlot(_exchange: Exchange, timeoutMs: number): void {
    this.setDeadline(timeoutMs)
  }

  slotFound(): void {
    this.setDeadline(0)
  }

  /** Waits for a backend that comes back; what is left of its body is read meanwhile. */
  held(exchange: Exchange): void {
    takeExpectation(exchange)
    if (exchange.isRequestComplete) {
      this.setDeadline(0)
      return
    }
    this.setDeadline(this.listener.settings.timeouts.requestBodyMs)
    this.proceed()
  }

  /** The last octet of the body of a request that waits is kept. */
  bodyKept(): void {
    this.phase = ClientPhase.WAIT
    this.transport.endBulk()
    this.setDeadline(0)
  }

  /** The backend's response has been relayed whole. */
  responseComplete(exchange: Exchange): void {
    const isWhole = exchange.isRequestComplete
    const keepsAlive = exchange.keepsAlive && isWhole
    const mayReceive = !isWhole || !exchange.isLast
    this.#settle(exchange)
    if (keepsAlive) this.becomeIdle()
    else this.close(mayReceive)
  }

  /** The backend has switched protocols. */
  enterTunnel(exchange: Exchange): void {
    this.phase = ClientPhase.TUNNEL
    exchange.upstream!.setDeadline(0)
    this.tunnelActive()
    this.proceed()
  }

  tunnelActive(): void {
    this.setDeadline(this.idleMs)
  }

  /** The backend has closed its side too: what it sent last still goes out. */
  tunnelEnded(exchange: Exchange): void {
    this.#settle(exchange)
    this.close(false)
  }

  /** No backend could answer. After a response head only breaking off tells the client. */
  upstreamFailed(exchange: Exchange, failure: Refusal): void {
    if (this.isTunnel) {
      this.tunnelEnded(exchange)
    } else if (exchange.hasResponseStarted) {
      exchange.assignedBackend!.counters.serverAborts++
      exchange.assignedPool!.counters.serverAborts++
      this.listener.counters.serverAborts++
      this.#breakOff(exchange, failure.termination)
    } else {
      this.#refuse(exchange, failure)
    }
  }

  /** The balancer's own answer, in place of a backend's. */
  answer(exchange: Exchange, answer: Refusal): void {
    this.#refuse(exchange, answer)
  }

  /** What the client sends cannot be taken on; its connection ends with that. */
  refuseRequest(fault: HeadFault | Refusal): void {
    const exchange = this.exchange ?? this.#exchangeForRefusal()
    const refused: Refusal = { termination: 'bad_request', ...fault }
    exchange.keepsAlive = false
    this.#giveUpUpstream(exchange)
    if (exchange.hasResponseStarted) this.#breakOff(exchange, refused.termination)
    else this.#refuse(exchange, refused)
  }

  /** A defect of ours costs the exchange that it hit and its connection, nothing else. */
  broke(error: unknown): void {
    this.listener.context.emit(internalFault(error))
    const { exchange } = this
    if (exchange === null) this.cut(false)
    else this.refuseRequest(REFUSALS.internalError)
  }

  /** Ends an exchange or tunnel from our side, without an answer. */
  abort(termination: string): void {
    const { exchange } = this
    const { isTunnel } = this
    if (exchange?.hold?.isWaiting === true) {
      exchange.keepsAlive = false
      this.#refuse(exchange, REFUSALS.shutdown)
      return
    }
    if (exchange !== null) {
      this.#giveUpUpstream(exchange)
      exchange.termination = termination
      this.#settle(exchange)
    }
    this.cut(exchange === null ? this.transport.hasPendingWrites : !isTunnel)
  }

  protected override requestTimedOut(): void {
    if (this.phase === ClientPhase.HEAD) this.refuseRequest(REFUSALS.headTimeout)
    else this.cut(this.transport.hasPendingWrites)
  }

  protected override exchangeTimedOut(exchange: Exchange, isTotal: boolean): void {
    const isUploadStalled = this.isUpstreamBlocked
    const isHeld = exchange.hold?.isWaiting === true
    if (isHeld && isTotal) {
      exchange.assignedPool!.holdLine!.expired(exchange)
      return
    }
    const wasQueued = exchange.isQueued && !isHeld
    this.#giveUpUpstream(exchange)
    if (exchange.hasResponseStarted) {
      this.#breakOff(exchange, isTotal ? 'total_timeout' : 'idle_timeout')
    } else if (isTotal) {
      this.#refuse(exchange, REFUSALS.totalTimeout)
    } else if (wasQueued) {
      this.#refuse(exchange, REFUSALS.queueTimeout)
    } else if (exchange.intake !== null && exchange.isRequestComplete) {
      this.#refuse(exchange, INTAKE_REFUSALS.timeout)
    } else if (isUploadStalled) {
      exchange.assignedBackend!.counters.responseErrors++
      this.#refuse(exchange, REFUSALS.uploadTimeout)
    } else {
      this.#refuse(exchange, REFUSALS.bodyTimeout)
    }
  }

  /** The client broke off. */
  protected clientLeft(): void {
    const exchange = this.exchange!
    if (this.isTunnel) {
      exchange.upstream?.endTunnel()
      this.#settle(exchange)
      return
    }
    this.listener.counters.clientAborts++
    if (exchange.assignedPool !== null) exchange.assignedPool.counters.clientAborts++
    if (exchange.assignedBackend !== null) exchange.assignedBackend.counters.clientAborts++
    this.#giveUpUpstream(exchange)
    exchange.termination = 'client_left'
    this.#settle(exchange)
    this.cut(false)
  }

  /** What goes to a backend is kept, so that another try can send it again. */
  #keepBody(exchange: Exchange, { retry, settings: { hold } }: CompiledRoute): void {
    if (!exchange.isIdempotent) return
    const forRetry = retry !== null && retry.settings.attempts > 1 ? retry.settings : null
    const limitBytes = Math.max(forRetry?.bodyLimitBytes ?? 0, hold?.bodyLimitBytes ?? 0)
    const { bodyMemoryBytes: memoryBytes } = forRetry ?? DEFAULT_RETRY
    if (limitBytes === 0 || exchange.bodyRemaining > limitBytes) return
    exchange.spool = new BodySpool({ memoryBytes, limitBytes }, () => {
      this.listener.context.tick()
      this.proceed()
    })
  }

  #giveUpUpstream(exchange: Exchange): void {
    const { upstream } = exchange
    exchange.upstream = null
    upstream?.abandonExchange()
  }

  #takeExchange(): Exchange {
    const { listener } = this
    const exchange = Exchange.take()
    exchange.client = this
    exchange.startedMs = listener.context.nowMs
    if (listener.accessLog !== null) exchange.startedAtMs = listener.context.clock.wallNow()
    this.exchange = exchange
    listener.exchangeBegan()
    return exchange
  }

  #exchangeForRefusal(): Exchange {
    const exchange = this.#takeExchange()
    exchange.method = exchange.target = '-'
    exchange.clientAddress = this.identity.peerAddress
    return exchange
  }

  /** Answers in the balancer's own name. */
  #refuse(exchange: Exchange, refused: Refusal): void {
    const isWhole = exchange.isRequestComplete
    const keepsAlive = exchange.keepsAlive && isWhole && this.mayKeepAlive && refused.status !== 400
    exchange.status = refused.status
    exchange.termination = refused.termination
    if (refused.status >= 500 && exchange.assignedBackend !== null) {
      exchange.assignedBackend.counters.ownErrors++
    }
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
        addedLines: this.addedLines(exchange),
        retryAfterS: refused.retryAfterS ?? (refused.status === 503 ? RETRY_AFTER_S : 0),
        ...(refused.content !== undefined && { content: refused.content })
      })
    )
    this.#settle(exchange)
    if (keepsAlive) this.becomeIdle()
    else this.close(true)
  }

  /**
   * The response has begun and cannot end well: a reset keeps the part from passing for the
   * whole. But a reset also takes back what the client has not read of earlier answers, so one
   * that pipelines gets FIN, which its framing gives away as an early end.
   */
  #breakOff(exchange: Exchange, termination: string): void {
    const { isTunnel } = this
    const isFramed = exchange.httpVersion === '1.1'
    exchange.termination = termination
    this.#settle(exchange)
    if (this.isPipelined && isFramed) this.close(true)
    else this.cut(!isTunnel)
  }

  #settle(exchange: Exchange): void {
    this.exchange = null
    settleExchange(exchange, this.listener)
  }
}
