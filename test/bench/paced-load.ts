/**
 * A load of so many requests a second, as long as the target keeps up: requests that are due
 * wait for a free connection. Knows answers of one constant length only, and is cheap for it.
 */
import { connect, type Socket } from 'node:net'

const PACE_MS = 4
const HEAD_END = '\r\n\r\n'

export class PacedLoad {
  readonly #rate: number
  readonly #request: Buffer
  readonly #sockets: Socket[] = []
  readonly #free: Socket[] = []
  readonly #timer: NodeJS.Timeout
  readonly #startedMs = performance.now()
  #sent = 0
  /** Given up because no connection was free when they were due. */
  #late = 0
  #answered = 0

  constructor(port: number, connections: number, requestsPerSecond: number) {
    this.#rate = requestsPerSecond
    this.#request = Buffer.from(
      `GET /tiny HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n`
    )
    for (let n = 0; n < connections; n++) this.#open(port)
    this.#timer = setInterval(() => this.#pace(), PACE_MS)
  }

  /** Answers so far. */
  get answered(): number {
    return this.#answered
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.destroy()
  }

  #pace(): void {
    const elapsedMs = performance.now() - this.#startedMs
    let due = Math.floor((elapsedMs * this.#rate) / 1000) - this.#sent - this.#late
    for (; due > 0; due--) {
      const socket = this.#free.pop()
      if (socket === undefined) break
      this.#sent++
      socket.write(this.#request)
    }
    this.#late += due
  }

  #open(port: number): void {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    this.#sockets.push(socket)
    let answerBytes = 0
    let received = 0
    socket.on('connect', () => this.#free.push(socket))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (answerBytes === 0) answerBytes = lengthOf(chunk)
      if (received < answerBytes) return
      received = 0
      this.#answered++
      this.#free.push(socket)
    })
  }
}

function lengthOf(first: Buffer): number {
  const text = first.toString('latin1')
  const head = text.indexOf(HEAD_END)
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
  if (head < 0 || length === undefined) throw new Error('The first answer came without its head.')
  return head + HEAD_END.length + Number(length)
}
