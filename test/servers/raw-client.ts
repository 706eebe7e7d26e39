/**
 * A client that sends exactly the bytes it is given, in the pieces it is told, and reads
 * responses with the strict judge.
 */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket, type ConnectionOptions } from 'node:tls'
import { within } from './eventually.ts'
import { quote } from './http-head.ts'
import { readResponse, type ResponseMessage } from './http-message.ts'

export type CloseKind = 'fin' | 'reset'

export interface RawClientOptions {
  readonly host?: string
  readonly localAddress?: string
  readonly tls?: ConnectionOptions
}

export class RawClient {
  readonly socket: Socket
  /** How the connection ended, once both sides are closed. */
  readonly closed: Promise<CloseKind>
  received: Buffer = Buffer.alloc(0)
  /** The peer sent its FIN, or the connection is gone. */
  hasEnded = false
  #readTo = 0
  #wake: (() => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    let kind: CloseKind = 'fin'
    socket.on('error', () => (kind = 'reset'))
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes])
      this.#changed()
    })
    socket.on('end', () => {
      this.hasEnded = true
      this.#changed()
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.hasEnded = true
        this.#changed()
        resolve(kind)
      })
    })
  }

  static connect(port: number, options: RawClientOptions = {}): Promise<RawClient> {
    const where = {
      port,
      host: options.host ?? '127.0.0.1',
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress })
    }
    return new Promise((resolve, reject) => {
      const socket = options.tls
        ? connectTls({ ...where, ...options.tls }, () => resolve(client))
        : connectTcp({ ...where, noDelay: true, allowHalfOpen: true }, () => resolve(client))
      const client = new RawClient(socket)
      socket.once('error', reject)
    })
  }

  /** Sends at once; strings are latin1. */
  send(bytes: string | Buffer): void {
    if (this.socket.destroyed) return
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Sends each piece by a write of its own and lets the other side run in between. */
  async sendPieces(pieces: Iterable<string | Buffer>): Promise<void> {
    for (const piece of pieces) {
      this.send(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** FIN after what was sent. */
  halfClose(): void {
    this.socket.end()
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** The client is gone: a reset, because a FIN alone may be a half-close. Idempotent. */
  close(): void {
    if (this.socket instanceof TLSSocket) this.socket.destroy()
    else this.socket.resetAndDestroy()
  }

  /** Bytes that no `read…` call has consumed yet. */
  get unread(): Buffer {
    return this.received.subarray(this.#readTo)
  }

  /**
   * The next response. `method` is that of the request that it answers. Rejects when the
   * connection ends first, with what had come by then; throws Violation on a bad response.
   */
  async readResponse(method = 'GET', deadlineMs = 5000): Promise<ResponseMessage> {
    return this.#read('a response', deadlineMs, () => {
      const found = readResponse(this.received, this.#readTo, method, this.hasEnded)
      if (!found) return undefined
      this.#readTo = found.next
      return found.message
    })
  }

  /** Everything up to and with `text`. */
  async readThrough(text: string, deadlineMs = 5000): Promise<Buffer> {
    return this.#read(`the text ${JSON.stringify(text)}`, deadlineMs, () => {
      const at = this.received.indexOf(text, this.#readTo, 'latin1')
      return at < 0 ? undefined : this.#take(at + text.length)
    })
  }

  /** At least `count` further bytes. */
  async readBytes(count: number, deadlineMs = 5000): Promise<Buffer> {
    return this.#read(`${count} bytes`, deadlineMs, () =>
      this.unread.length >= count ? this.#take(this.#readTo + count) : undefined
    )
  }

  /** Everything until the peer closes. */
  async readToEnd(deadlineMs = 5000): Promise<Buffer> {
    return this.#read('the end of the connection', deadlineMs, () =>
      this.hasEnded ? this.#take(this.received.length) : undefined
    )
  }

  #take(to: number): Buffer {
    const bytes = this.received.subarray(this.#readTo, to)
    this.#readTo = to
    return bytes
  }

  async #read<T>(what: string, deadlineMs: number, attempt: () => T | undefined): Promise<T> {
    for (;;) {
      const value = attempt()
      if (value !== undefined) return value
      if (this.hasEnded) throw new Error(`The connection ended before ${what}: ${this.#summary()}`)
      const change = new Promise<void>((resolve) => this.#wake.push(resolve))
      await within(`${what} after ${this.#summary()}`, change, deadlineMs)
    }
  }

  #summary(): string {
    return quote(this.unread.toString('latin1'))
  }

  #changed(): void {
    const wake = this.#wake
    this.#wake = []
    for (const resolve of wake) resolve()
  }
}

/** One request on a connection of its own; the response, judged strictly. */
export async function exchangeOnce(
  port: number,
  bytes: string | Buffer,
  method = 'GET'
): Promise<ResponseMessage> {
  const client = await RawClient.connect(port)
  try {
    client.send(bytes)
    return await client.readResponse(method)
  } finally {
    client.close()
  }
}
