/**
 * Carries one response from the backend's connection to the client's: decides how the body
 * is framed on both sides (RFC 9112 section 6.3), holds the head back until it can leave
 * together with the first octets of the body, and keeps count.
 */
import type { Exchange } from '../exchange/exchange.ts'
import { ChunkedFramer } from '../http1/chunked-framer.ts'
import { ConnectionOption } from '../http1/head-parser.ts'
import type { ResponseParser } from '../http1/response-parser.ts'
import { responseHeadText } from '../http1/response-writer.ts'
import { retryAfterMs } from '../http1/retry-after.ts'
import { SMALL_WRITE_BYTES } from '../transport/transport.ts'
import type { UpstreamConnection } from './upstream-connection.ts'

const Framing = { NONE: 0, LENGTH: 1, CHUNKED: 2, UNTIL_CLOSE: 3 } as const

/** From this much on a body is worth a large read buffer. */
const BULK_FROM_BYTES = 64 * 1024
const LAST_CHUNK = '0\r\n\r\n'

export class ResponseRelay {
  #connection!: UpstreamConnection
  #framing: number = Framing.NONE
  #remaining = 0
  #framer: ChunkedFramer | null = null
  /** The body ends with the backend's connection but leaves in chunks. */
  #isChunking = false
  /** The backend's connection may be used again after this response. */
  #isPersistent = false
  /** Text that waits for the next write. */
  #pending = ''

  /** Once for each attempt. `head` then sets everything anew: a relay outlives its exchange. */
  attach(connection: UpstreamConnection): void {
    this.#connection = connection
  }

  get isUntilClose(): boolean {
    return this.#framing === Framing.UNTIL_CLOSE
  }

  /** A complete head, interim or final; `text` is the received head. */
  head(exchange: Exchange, parser: ResponseParser, text: string): void {
    parser.markNominated(text)
    if (parser.status >= 200) this.#finalHead(exchange, parser, text)
    else if (parser.status === 101) this.#switchProtocols(exchange, parser, text)
    else this.#interimHead(exchange, parser, text)
  }

  /** Octets of the body, or none yet. */
  body(exchange: Exchange, buffer: Buffer, start: number, end: number): void {
    const bodyEnd = this.#bodyOctets(exchange, buffer, start, end)
    if (bodyEnd < 0) {
      this.#connection.fail(`The response body is malformed: ${this.#framer!.fault!.reason}`)
      return
    }
    if (this.#isComplete) {
      this.#flush(exchange)
      this.#connection.transport.endBulk()
      const isReusable = this.#isPersistent && bodyEnd === end && exchange.isRequestComplete
      this.#framer = null
      this.#connection.finish(exchange, isReusable)
      return
    }
    this.#flush(exchange)
    if (end === buffer.length || this.#remaining > BULK_FROM_BYTES) {
      this.#connection.transport.beginBulk()
    }
    this.#connection.awaitBody()
  }

  /** The backend ended a body that has no other end. */
  endOfStream(exchange: Exchange): void {
    if (this.#isChunking) exchange.client!.transport.write(LAST_CHUNK)
    this.#connection.transport.endBulk()
    this.#connection.finish(exchange, false)
  }

  tunnel(exchange: Exchange, buffer: Buffer, start: number, end: number): void {
    if (start >= end) return
    exchange.responseBytes += end - start
    exchange.client!.transport.relay(this.#connection.transport, buffer, start, end)
    exchange.client!.tunnelActive()
  }

  get #isComplete(): boolean {
    switch (this.#framing) {
      case Framing.NONE:
        return true
      case Framing.LENGTH:
        return this.#remaining === 0
      case Framing.CHUNKED:
        return this.#framer!.isDone
      default:
        return false
    }
  }

  #finalHead(exchange: Exchange, parser: ResponseParser, text: string): void {
    const client = exchange.client!
    const isModern = exchange.httpVersion === '1.1'
    exchange.status = parser.status
    exchange.responseHeadMs = this.#connection.pool.context.nowMs - exchange.sentMs
    if (this.#isJudged(exchange) && this.#isRejected(exchange, parser, text)) return
    if (exchange.spool !== null) this.#connection.releaseBody(exchange)
    this.#chooseFraming(exchange, parser, isModern)
    const isEndless = !isModern && this.#framing >= Framing.CHUNKED
    // A body that is still coming would be read as the next request.
    if (isEndless || !exchange.isRequestComplete || !client.mayKeepAlive)
      exchange.keepsAlive = false
    exchange.hasResponseStarted = true
    exchange.assignedPool?.sticky?.addTo(exchange)
    this.#pending = responseHeadText(parser, text, {
      keepsLength: this.#framing !== Framing.CHUNKED && parser.status !== 204,
      isChunked: isModern && this.#framing >= Framing.CHUNKED,
      connection: exchange.keepsAlive ? (isModern ? '' : 'keep-alive') : 'close',
      hasVia: client.hasVia,
      addedLines: client.addedLines(exchange)
    })
    this.#connection.enterBody()
    if (exchange.hold !== null) exchange.assignedPool!.holdLine!.answered(exchange)
  }

  /** Whether the answer matters to anybody but the client. */
  #isJudged(exchange: Exchange): boolean {
    const route = exchange.compiledRoute
    return this.#connection.pool.backend.judge !== null || (route !== null && route.retry !== null)
  }

  #isRejected(exchange: Exchange, parser: ResponseParser, text: string): boolean {
    const { status } = parser
    const asked = status === 503 || status === 429 ? parser.field(text, 'retry-after') : undefined
    const { clock } = this.#connection.pool.context
    const waitMs = asked === undefined ? 0 : retryAfterMs(asked, clock.wallNow())
    return this.#connection.isRejected(exchange, status, waitMs)
  }

  #chooseFraming(exchange: Exchange, parser: ResponseParser, isModern: boolean): void {
    const hasNoBody = exchange.isHead || parser.status === 204 || parser.status === 304
    this.#framing = hasNoBody
      ? Framing.NONE
      : parser.isChunked
        ? Framing.CHUNKED
        : parser.contentLength >= 0
          ? Framing.LENGTH
          : Framing.UNTIL_CLOSE
    this.#remaining = this.#framing === Framing.LENGTH ? parser.contentLength : 0
    this.#framer = this.#framing === Framing.CHUNKED ? new ChunkedFramer(!isModern) : null
    this.#isChunking = isModern && this.#framing === Framing.UNTIL_CLOSE
    const option = parser.connectionOptions & (ConnectionOption.CLOSE | ConnectionOption.KEEP_ALIVE)
    this.#isPersistent =
      this.#framing !== Framing.UNTIL_CLOSE &&
      (parser.minorVersion === 1
        ? (option & ConnectionOption.CLOSE) === 0
        : option === ConnectionOption.KEEP_ALIVE)
  }

  /** RFC 9110 section 15.2: forwarded, except to HTTP/1.0, which does not know them. */
  #interimHead(exchange: Exchange, parser: ResponseParser, text: string): void {
    if (exchange.httpVersion === '1.0') return
    exchange.client!.transport.write(
      responseHeadText(parser, text, {
        keepsLength: false,
        isChunked: false,
        connection: '',
        hasVia: false,
        addedLines: ''
      })
    )
  }

  #switchProtocols(exchange: Exchange, parser: ResponseParser, text: string): void {
    if (!exchange.wantsUpgrade) {
      this.#connection.fail('The backend switched protocols without being asked.')
      return
    }
    const client = exchange.client!
    exchange.status = 101
    exchange.hasResponseStarted = true
    exchange.keepsAlive = false
    exchange.responseHeadMs = this.#connection.pool.context.nowMs - exchange.sentMs
    // A tunnel may last for hours: its end would tell the judge too late.
    const { judge } = this.#connection.pool.backend
    judge?.answered(101, exchange.responseHeadMs, 0, exchange.trial)
    exchange.assignedPool?.sticky?.addTo(exchange)
    client.transport.write(
      responseHeadText(parser, text, {
        keepsLength: false,
        isChunked: false,
        connection: 'Upgrade',
        hasVia: client.hasVia,
        addedLines: client.addedLines(exchange)
      })
    )
    this.#connection.enterTunnel()
    this.#connection.setDeadline(0)
    client.enterTunnel(exchange)
    if (exchange.hold !== null) exchange.assignedPool!.holdLine!.answered(exchange)
  }

  /** Passes on what belongs to the body and returns where it stops, or -1 on bad framing. */
  #bodyOctets(exchange: Exchange, buffer: Buffer, start: number, end: number): number {
    switch (this.#framing) {
      case Framing.NONE:
        return start
      case Framing.LENGTH: {
        const bodyEnd = start + Math.min(this.#remaining, end - start)
        this.#remaining -= bodyEnd - start
        this.#pass(exchange, buffer, start, bodyEnd)
        return bodyEnd
      }
      case Framing.CHUNKED:
        return this.#chunkedOctets(exchange, buffer, start, end)
      default:
        if (this.#isChunking) this.#passAsChunk(exchange, buffer, start, end)
        else this.#pass(exchange, buffer, start, end)
        return end
    }
  }

  #chunkedOctets(exchange: Exchange, buffer: Buffer, start: number, end: number): number {
    const framer = this.#framer!
    const before = framer.dataLength
    let at = start
    while (at < end && !framer.isDone) {
      const next = framer.feed(buffer, at, end)
      if (next < 0) return -1
      this.#pass(exchange, buffer, at, framer.passEnd)
      at = next
    }
    // The framing went through `#pass` too, which counts all octets; only data counts here.
    exchange.responseBytes += framer.dataLength - before
    if (framer.isDone) this.#pending += framer.trailerText
    return at
  }

  #pass(exchange: Exchange, buffer: Buffer, start: number, end: number): void {
    if (start >= end) return
    if (this.#framing !== Framing.CHUNKED) exchange.responseBytes += end - start
    if (end - start <= SMALL_WRITE_BYTES) {
      const text = this.#pending + buffer.toString('latin1', start, end)
      this.#pending = ''
      exchange.client!.transport.write(text)
      return
    }
    this.#flush(exchange)
    exchange.client!.transport.relay(this.#connection.transport, buffer, start, end)
  }

  #passAsChunk(exchange: Exchange, buffer: Buffer, start: number, end: number): void {
    if (start >= end) return
    this.#pending += `${(end - start).toString(16)}\r\n`
    this.#pass(exchange, buffer, start, end)
    this.#pending += '\r\n'
  }

  #flush(exchange: Exchange): void {
    if (this.#pending === '') return
    const text = this.#pending
    this.#pending = ''
    exchange.client!.transport.write(text)
  }
}
