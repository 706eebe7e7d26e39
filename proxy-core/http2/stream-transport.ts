/**
 * One HTTP/2 stream as the byte stream of a client that speaks HTTP/1.1 and asks one thing: its
 * owner is an ordinary client connection, with the same routes, limits, deadlines and answers.
 */
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { Transport, TransportOwner } from '../transport/transport.ts'
import type { Http2RequestHead } from './request-head.ts'
import { ResponseReader, type FlatFields, type ResponseSink } from './response-reader.ts'

const LAST_CHUNK = '0\r\n'

export interface PeerAddresses {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

export class StreamTransport implements Transport, ResponseSink {
  owner: TransportOwner
  readonly #stream: ServerHttp2Stream
  readonly #addresses: PeerAddresses
  readonly #request: Http2RequestHead
  readonly #reader: ResponseReader
  #isBlocked = false
  #isClosed = false
  #isPaused = false
  #trailers: FlatFields = []
  #requestTrailers = ''

  constructor(
    owner: TransportOwner,
    stream: ServerHttp2Stream,
    request: Http2RequestHead,
    addresses: PeerAddresses
  ) {
    this.owner = owner
    this.#stream = stream
    this.#request = request
    this.#addresses = addresses
    this.#reader = new ResponseReader(request.isHead, this)
    // What went wrong with a stream is in its close: an error of its own must not be unhandled.
    stream.on('error', () => undefined)
    stream.on('close', () => this.#closed())
    // After RST_STREAM with NO_ERROR Node waits until the rest is read, which a paused stream never
    // is. Not at once: a reset of our own has yet to be sent.
    stream.on('aborted', () => setImmediate(() => stream.destroy()))
    stream.on('drain', () => this.#unblock())
    stream.on('finish', () => this.#unblock())
    stream.on('trailers', (_fields, _flags, raw) => (this.#requestTrailers = linesOf(raw)))
    stream.on('wantTrailers', () => this.#sendTrailers())
  }

  /** Hands the request to the owner, and what follows of its body. */
  begin(): void {
    this.#arrived(Buffer.from(this.#request.text, 'latin1'))
    if (this.#stream.endAfterHeaders) return
    this.#stream.on('data', (octets: Buffer) => this.#bodyArrived(octets))
    this.#stream.on('end', () => this.#bodyEnded())
    if (this.#isPaused) this.#stream.pause()
  }

  get isBlocked(): boolean {
    return this.#isBlocked
  }
  get isClosed(): boolean {
    return this.#isClosed
  }
  get hasPendingWrites(): boolean {
    const { writableLength, writableEnded, writableFinished } = this.#stream
    return !this.#isClosed && (writableLength > 0 || (writableEnded && !writableFinished))
  }
  get unsentBytes(): number {
    return this.#stream.writableLength
  }
  get remoteAddress(): string {
    return this.#addresses.remoteAddress
  }
  get remotePort(): number {
    return this.#addresses.remotePort
  }
  get localAddress(): string {
    return this.#addresses.localAddress
  }
  get localPort(): number {
    return this.#addresses.localPort
  }

  write(text: string): void {
    if (!this.#isOver) this.#reader.feed(Buffer.from(text, 'latin1'))
  }

  relay(_source: Transport, buffer: Buffer, start: number, end: number): void {
    if (!this.#isOver) this.#reader.feed(buffer.subarray(start, end))
  }

  interim(status: number, fields: FlatFields): void {
    this.#stream.additionalHeaders(asObject(status, fields))
  }

  head(status: number, fields: FlatFields, hasBody: boolean): void {
    // Node ends a stream before it resets it. As long as trailers are due that end is not sent,
    // so that no part of a body passes for the whole.
    const options = hasBody ? { waitForTrailers: true } : { endStream: true }
    this.#stream.respond([':status', String(status), ...fields], options)
  }

  data(octets: Buffer): void {
    // The octets may be in a buffer that is read into again, and a stream sends when it may.
    if (!this.#stream.write(Buffer.from(octets))) this.#isBlocked = true
  }

  end(trailers?: FlatFields): void {
    if (trailers !== undefined) this.#trailers = trailers
    if (!this.#stream.writableEnded && this.#reader.isDone) this.#stream.end()
  }

  beginBulk(): void {
    // Buffers come from Node: there is none to choose.
  }

  endBulk(): void {
    // See beginBulk.
  }

  pause(): void {
    this.#isPaused = true
    this.#stream.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#stream.resume()
  }

  /**
   * A stream has no FIN to take a part for the whole by: what is not complete is reset. Without
   * `isReset` a complete answer that the client does not take keeps the stream.
   */
  destroy(isReset = false): void {
    const { NGHTTP2_NO_ERROR, NGHTTP2_INTERNAL_ERROR } = constants
    const isWhole = this.#reader.isDone && !isReset
    this.#stream.close(isWhole ? NGHTTP2_NO_ERROR : NGHTTP2_INTERNAL_ERROR)
  }

  get #isOver(): boolean {
    const { closed, destroyed } = this.#stream
    return this.#isClosed || closed || destroyed || this.#reader.isDone
  }

  #arrived(octets: Buffer): void {
    this.owner.bytesArrived(octets, octets.length)
  }

  #bodyArrived(octets: Buffer): void {
    if (octets.length === 0) return
    if (!this.#request.isChunked) return this.#arrived(octets)
    const size = Buffer.from(`${octets.length.toString(16)}\r\n`, 'latin1')
    this.#arrived(Buffer.concat([size, octets, CRLF]))
  }

  #bodyEnded(): void {
    // Node also ends the body of a stream that was reset or lost its session.
    const { aborted, destroyed } = this.#stream
    if (!this.#request.isChunked || this.#isClosed || aborted || destroyed) return
    this.#arrived(Buffer.from(`${LAST_CHUNK}${this.#requestTrailers}\r\n`, 'latin1'))
  }

  #sendTrailers(): void {
    if (!this.#reader.isDone) return
    try {
      this.#stream.sendTrailers(asObject(null, this.#trailers))
    } catch {
      // Nobody above could catch it: only this answer is lost.
      this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    }
  }

  #unblock(): void {
    if (this.#isClosed) return
    this.#isBlocked = false
    this.owner.drained()
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.owner.closed(undefined)
  }
}

const CRLF = Buffer.from('\r\n')

/** Names and values in turn, as lines of HTTP/1.1. */
function linesOf(fields: readonly string[]): string {
  let lines = ''
  for (let at = 0; at + 1 < fields.length; at += 2)
    lines += `${fields[at]!}: ${fields[at + 1]!}\r\n`
  return lines
}

function asObject(status: number | null, fields: FlatFields): Record<string, string | string[]> {
  // A backend may name a field like something that every object has.
  const values = new Map<string, string | string[]>()
  if (status !== null) values.set(':status', String(status))
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const known = values.get(fields[at]!)
    const value = fields[at + 1]!
    values.set(fields[at]!, known === undefined ? value : [known, value].flat())
  }
  return Object.fromEntries(values)
}
