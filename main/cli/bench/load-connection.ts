/**
 * One connection of the load generator: sends a request, reads the answer to its end, sends
 * the next. Reads answers with a content length only, which is all that the backends send.
 */
import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const MAX_HEAD_BYTES = 16 * 1024

export interface LoadConnectionHandlers {
  /** One complete answer. */
  onAnswer(status: number, latencyMs: number): void
  /** The connection is of no more use; called once, unless it was stopped. */
  onBroken(): void
}

export class LoadConnection {
  readonly #socket: Socket
  readonly #request: Buffer
  readonly #handlers: LoadConnectionHandlers
  /** Bytes of a head that is not complete yet. */
  #head: Buffer = Buffer.alloc(0)
  #status = 0
  #bodyLeft = 0
  #sentAtMs = 0
  #isOver = false

  constructor(port: number, handlers: LoadConnectionHandlers) {
    this.#handlers = handlers
    this.#request = Buffer.from(`GET /bench HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true })
    this.#socket.once('connect', () => this.#send())
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', () => this.#break())
    this.#socket.on('close', () => this.#break())
  }

  stop(): void {
    this.#isOver = true
    this.#socket.destroy()
  }

  #send(): void {
    this.#sentAtMs = performance.now()
    this.#socket.write(this.#request)
  }

  #take(chunk: Buffer): void {
    let bytes = chunk
    // A closed loop never has more than one answer on its way.
    if (this.#bodyLeft === 0) {
      bytes = this.#head.length > 0 ? Buffer.concat([this.#head, chunk]) : chunk
      const end = bytes.indexOf(HEAD_END)
      if (end < 0) return this.#keepHead(bytes)
      this.#head = Buffer.alloc(0)
      if (!this.#readHead(bytes.toString('latin1', 0, end))) return this.#break()
      bytes = bytes.subarray(end + HEAD_END.length)
    }
    this.#bodyLeft -= bytes.length
    if (this.#bodyLeft < 0) return this.#break()
    if (this.#bodyLeft === 0) this.#finish()
  }

  #keepHead(bytes: Buffer): void {
    if (bytes.length > MAX_HEAD_BYTES) this.#break()
    else this.#head = bytes
  }

  #readHead(head: string): boolean {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (status === undefined || length === undefined) return false
    this.#status = Number(status)
    this.#bodyLeft = Number(length)
    return true
  }

  #finish(): void {
    this.#handlers.onAnswer(this.#status, performance.now() - this.#sentAtMs)
    if (!this.#isOver) this.#send()
  }

  #break(): void {
    if (this.#isOver) return
    this.stop()
    this.#handlers.onBroken()
  }
}
