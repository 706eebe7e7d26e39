/**
 * Reads what was written for an HTTP/1.1 client and says what it is: interim heads, the head, data,
 * trailers, the end. The writers are our own (`http1/response-writer.ts`, the relay, local
 * answers), so a head comes in one piece and its framing is sound.
 */
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
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade'
])

/** What backends may send was limited when it was read; this side only adds to it. */
const LIMITS: HeadLimits = { headBytes: 1024 * 1024, lineBytes: 64 * 1024, fieldCount: 1024 }

const NO_FIELDS: FlatFields = []

export class ResponseReader {
  readonly #isHead: boolean
  readonly #sink: ResponseSink
  readonly #parser = new ResponseParser(LIMITS.fieldCount)
  #hasHead = false
  #isDone = false
  #remaining = 0
  #framer: ChunkedFramer | null = null

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
    const parser = this.#parser
    parser.reset()
    const next = parser.parse(octets, start, octets.length, LIMITS)
    if (next <= 0) throw new Error('A response head was written in pieces.')
    const fields = fieldsOf(parser, octets.toString('latin1', start, next))
    if (parser.status < 200) {
      this.#sink.interim(parser.status, fields)
      return next
    }
    this.#hasHead = true
    const { status, isChunked, contentLength } = parser
    const hasNoBody = this.#isHead || status === 204 || status === 304
    this.#remaining = hasNoBody ? 0 : Math.max(0, contentLength)
    this.#framer = isChunked && !hasNoBody ? new ChunkedFramer(true) : null
    const hasBody = this.#framer !== null || this.#remaining > 0
    this.#sink.head(status, fields, hasBody)
    if (!hasBody) this.#end(NO_FIELDS)
    return next
  }

  #readBody(octets: Buffer, start: number): void {
    if (this.#framer !== null) {
      this.#readChunks(this.#framer, octets, start)
      return
    }
    const end = Math.min(octets.length, start + this.#remaining)
    this.#remaining -= end - start
    this.#sink.data(octets.subarray(start, end))
    if (this.#remaining === 0) this.#end(NO_FIELDS)
  }

  #readChunks(framer: ChunkedFramer, octets: Buffer, start: number): void {
    let at = start
    while (at < octets.length && !framer.isDone) {
      const next = framer.feed(octets, at, octets.length)
      if (next < 0) throw new Error('A response body was written with bad chunks.')
      if (framer.passEnd > at) this.#sink.data(octets.subarray(at, framer.passEnd))
      at = next
    }
    if (framer.isDone) this.#end(trailersOf(framer.trailerFields))
  }

  #end(trailers: FlatFields): void {
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
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })
}
