/**
 * Reads what was written for an HTTP/1.1 client and says what it is: interim heads, the head, data,
 * trailers, the end. The writers are our own (`http1/response-writer.ts`, the relay, local
 * answers), so a head comes in one piece and its framing is sound.
 */
import { localAnswerText } from '../exchange/local-answer.ts'
import { ChunkedFramer } from '../http1/chunked-framer.ts'
import { ResponseParser } from '../http1/response-parser.ts'
import type { HeadLimits } from '../model/settings.ts'

/** Names in lower case and values in turn. */
export type FlatFields = readonly string[]

export interface ResponseSink {
  interim(status: number, fields: FlatFields): void
  head(status: number, fields: FlatFields, hasBody: boolean): void
  /** Valid during the call only. */
  data(octets: Buffer): void
  end(trailers: FlatFields): void
}

/** What belongs to a connection of HTTP/1.1 and must not be in HTTP/2 (RFC 9113 section 8.2.2). */
const CONNECTION_FIELDS = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade'
])

/** What backends may send was limited when it was read; this side only adds to it. */
const LIMITS: HeadLimits = { headBytes: 1024 * 1024, lineBytes: 64 * 1024, fieldCount: 1024 }

/** A head is read in one go, and its fields are texts before anybody hears of it. */
const SHARED_PARSER = new ResponseParser(LIMITS.fieldCount)

const NO_FIELDS: FlatFields = []
const RESET_CONTENT = 205
/** HTTP/1.1 has three digits; Node sends nothing above over HTTP/2 (RFC 9110 section 15). */
const STATUS_MAX = 599

export class ResponseReader {
  readonly #isHead: boolean
  readonly #sink: ResponseSink
  #hasHead = false
  #isDone = false
  #remaining = 0
  #framer: ChunkedFramer | null = null
  /**
   * Comes in place of what is read, once that is over: the stream must not end before the exchange,
   * which would take the client for gone.
   */
  #withheld: (() => void) | null = null

  /** `isHead`: the request was HEAD, so that no body follows whatever its head announces. */
  constructor(isHead: boolean, sink: ResponseSink) {
    this.#isHead = isHead
    this.#sink = sink
  }

  get isDone(): boolean {
    return this.#isDone
  }

  feed(octets: Buffer): void {
    let at = 0
    while (!this.#hasHead && at < octets.length) at = this.#readHead(octets, at)
    if (at < octets.length && !this.#isDone) this.#readBody(octets, at)
  }

  #readHead(octets: Buffer, start: number): number {
    const parser = SHARED_PARSER
    parser.reset()
    const next = parser.parse(octets, start, octets.length, LIMITS)
    if (next <= 0) throw new Error('A response head was written in pieces.')
    const { status, isChunked, contentLength } = parser
    const fields = fieldsOf(parser, octets.toString('latin1', start, next))
    if (status < 200) {
      this.#sink.interim(status, fields)
      return next
    }
    this.#hasHead = true
    const hasNoBody = this.#isHead || status === 204 || status === 304
    this.#remaining = hasNoBody ? 0 : Math.max(0, contentLength)
    this.#framer = isChunked && !hasNoBody ? new ChunkedFramer(true) : null
    const hasBody = this.#framer !== null || this.#remaining > 0
    if (status > STATUS_MAX) this.#withheld = () => this.#refuseStatus()
    else if (status === RESET_CONTENT) this.#withheld = () => this.#endBare(status, fields)
    else this.#sink.head(status, fields, hasBody)
    if (!hasBody) this.#end(NO_FIELDS)
    return next
  }

  #refuseStatus(): void {
    const answer = localAnswerText({
      status: 502,
      reason: 'The backend answered with a status that HTTP/2 does not have.',
      isClosing: false,
      isHead: this.#isHead,
      addedLines: '',
      retryAfterS: 0
    })
    this.#hasHead = false
    this.feed(Buffer.from(answer, 'latin1'))
  }

  /** Node lets no body follow, and clients take a length without one for a broken message. */
  #endBare(status: number, fields: FlatFields): void {
    const isKept = (_field: string, at: number): boolean =>
      fields[at - (at % 2)] !== 'content-length'
    this.#sink.head(status, fields.filter(isKept), false)
    this.#end(NO_FIELDS)
  }

  #readBody(octets: Buffer, start: number): void {
    if (this.#framer !== null) {
      this.#readChunks(this.#framer, octets, start)
      return
    }
    const end = Math.min(octets.length, start + this.#remaining)
    this.#remaining -= end - start
    this.#pass(octets.subarray(start, end))
    if (this.#remaining === 0) this.#end(NO_FIELDS)
  }

  #readChunks(framer: ChunkedFramer, octets: Buffer, start: number): void {
    let at = start
    while (at < octets.length && !framer.isDone) {
      const next = framer.feed(octets, at, octets.length)
      if (next < 0) throw new Error('A response body was written with bad chunks.')
      if (framer.passEnd > at) this.#pass(octets.subarray(at, framer.passEnd))
      at = next
    }
    if (framer.isDone) this.#end(trailersOf(framer.trailerFields))
  }

  #pass(octets: Buffer): void {
    if (this.#withheld === null) this.#sink.data(octets)
  }

  #end(trailers: FlatFields): void {
    const withheld = this.#withheld
    this.#withheld = null
    if (withheld !== null) {
      withheld()
      return
    }
    this.#isDone = true
    this.#sink.end(trailers)
  }
}

function fieldsOf(parser: ResponseParser, text: string): FlatFields {
  const fields: string[] = []
  for (let index = 0; index < parser.fieldCount; index++) {
    const name = parser.nameAt(text, index).toLowerCase()
    if (!CONNECTION_FIELDS.has(name)) fields.push(name, parser.valueAt(text, index))
  }
  return fields
}

/** "X-Sum: 5\r\n\r\n" */
function trailersOf(text: string): FlatFields {
  return text
    .split('\r\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).toLowerCase()
      return CONNECTION_FIELDS.has(name) ? [] : [name, line.slice(colon + 1).trim()]
    })
}
