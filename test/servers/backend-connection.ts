/**
 * One accepted connection of a recording backend: keeps every byte, reads requests with the
 * strict judge, and hands each head to the script as soon as it is complete.
 */
import type { Socket } from 'node:net'
import { readHead, Violation, type Head, type RequestLine } from './http-head.ts'
import { judgeRequestHead, readBody, type Framing, type RequestMessage } from './http-message.ts'
import { responseBytes, type ResponseParts } from './response-bytes.ts'

/** Called when a request head is complete; the body may still be on its way. */
export type Script = (exchange: BackendExchange) => void | Promise<void>

export interface BackendConnectionEvents {
  readonly script: () => Script
  readonly completed: (request: RequestMessage, connection: BackendConnection) => void
}

interface OpenRequest {
  readonly head: Head
  readonly line: RequestLine
  readonly framing: Framing
  readonly exchange: BackendExchange
}

export class BackendConnection {
  readonly index: number
  readonly socket: Socket
  /** Every byte that ever came in. */
  readonly chunks: Buffer[] = []
  /** Complete requests of this connection, in order. */
  readonly requests: RequestMessage[] = []
  violation: string | null = null
  /** The peer has sent its FIN or reset. */
  hasEnded = false
  isClosed = false
  /** Resolves with true when the peer closed by a reset. */
  readonly closed: Promise<boolean>

  readonly #events: BackendConnectionEvents
  #unread: Buffer = Buffer.alloc(0)
  #open: OpenRequest | null = null
  #tunnel: ((bytes: Buffer) => void) | null = null
  #ended: () => void

  constructor(socket: Socket, index: number, events: BackendConnectionEvents) {
    this.socket = socket
    this.index = index
    this.#events = events
    this.#ended = () => socket.end()
    let wasReset = false
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') wasReset = true
    })
    socket.on('end', () => {
      this.hasEnded = true
      this.#ended()
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.hasEnded = true
        this.isClosed = true
        resolve(wasReset)
      })
    })
    socket.on('data', (bytes: Buffer) => this.#receive(bytes))
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }

  /** Bytes that belong to no complete request. */
  get unread(): Buffer {
    return this.#open ? Buffer.concat([this.#open.head.raw, this.#unread]) : this.#unread
  }

  /**
   * From now on bytes go to `receive` instead of the HTTP reader, as after a 101. `ended` is
   * called on the peer's FIN; by default it is answered by one.
   */
  openTunnel(receive: (bytes: Buffer) => void, ended?: () => void): void {
    this.#tunnel = receive
    if (ended) this.#ended = ended
    this.#open = null
    const early = this.#unread
    this.#unread = Buffer.alloc(0)
    if (early.length > 0) receive(early)
  }

  #receive(bytes: Buffer): void {
    this.chunks.push(Buffer.from(bytes))
    if (this.#tunnel) return this.#tunnel(bytes)
    this.#unread = this.#unread.length > 0 ? Buffer.concat([this.#unread, bytes]) : bytes
    try {
      while (this.#readHead() && this.#readBody());
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.violation = error.message
      this.socket.destroy()
    }
  }

  #readHead(): boolean {
    if (this.#tunnel) return false
    if (this.#open) return true
    const found = readHead(this.#unread, 0)
    if (!found) return false
    const judged = judgeRequestHead(found.head)
    const exchange = new BackendExchange(this, judged.head, judged.line)
    this.#unread = this.#unread.subarray(found.next)
    this.#open = { ...judged, exchange }
    void this.#runScript(exchange)
    return true
  }

  #readBody(): boolean {
    const open = this.#open
    if (!open) return !this.#tunnel
    const body = readBody(this.#unread, 0, open.framing, false)
    if (!body) return false
    const request: RequestMessage = {
      ...open.line,
      ...open.head,
      framing: open.framing,
      body: body.body,
      trailers: body.trailers,
      rawBody: Buffer.from(this.#unread.subarray(0, body.next))
    }
    this.#unread = this.#unread.subarray(body.next)
    this.#open = null
    this.requests.push(request)
    this.#events.completed(request, this)
    open.exchange.complete(request)
    return true
  }

  async #runScript(exchange: BackendExchange): Promise<void> {
    try {
      await this.#events.script()(exchange)
    } catch (error) {
      this.violation = `script failed: ${String(error)}`
      this.socket.destroy()
    }
  }
}

/** One request at the backend, and the means to answer it well or badly. */
export class BackendExchange {
  readonly connection: BackendConnection
  readonly head: Head
  readonly method: string
  readonly target: string
  /** Resolves when the whole body is in; never when the peer breaks off. */
  readonly request: Promise<RequestMessage>
  readonly complete: (request: RequestMessage) => void

  constructor(connection: BackendConnection, head: Head, line: RequestLine) {
    this.connection = connection
    this.head = head
    this.method = line.method
    this.target = line.target
    let complete: (request: RequestMessage) => void = () => undefined
    this.request = new Promise((resolve) => (complete = resolve))
    this.complete = complete
  }

  /** Raw bytes, whatever they are. */
  send(bytes: string | Buffer): void {
    const { socket } = this.connection
    if (socket.writable)
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  respond(parts: ResponseParts = {}): void {
    this.send(responseBytes(parts))
  }

  /** FIN after what was sent. */
  end(): void {
    this.connection.socket.end()
  }

  /** RST. */
  reset(): void {
    this.connection.socket.resetAndDestroy()
  }
}
