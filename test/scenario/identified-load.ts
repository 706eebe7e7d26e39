/**
 * Closed-loop load on keep-alive connections in which every request has a number of its own and
 * every answer must name it: a response that reaches another request is seen at once.
 */
import { connect, type Socket } from 'node:net'
import { readResponse } from '../servers/http-message.ts'

export interface LoadFailure {
  /** Wall-clock milliseconds. */
  readonly startedMs: number
  readonly endedMs: number
  readonly target: string
  /** "status 502", "closed", "timeout", … */
  readonly reason: string
}

export interface LoadOptions {
  readonly connections: number
  /** Pause of each connection between two requests. */
  readonly thinkMs: number
  /** Where the next connection goes: a constant, or a choice among replicas. */
  readonly port: () => number
}

const REQUEST_TIMEOUT_MS = 40_000
const RECONNECT_MS = 10

export class IdentifiedLoad {
  sent = 0
  succeeded = 0
  /** Requests that met a connection which the peer had closed unused, and were sent once more. */
  resent = 0
  readonly failures: LoadFailure[] = []
  /** Answers that belonged to another request. */
  readonly mixUps: string[] = []
  /** Of those that succeeded: when they began, in wall-clock milliseconds, and how long they took. */
  readonly times: { readonly startedMs: number; readonly tookMs: number }[] = []
  readonly #options: LoadOptions
  readonly #workers: Promise<void>[] = []
  #isRunning = true

  constructor(options: LoadOptions) {
    this.#options = options
    for (let index = 0; index < options.connections; index += 1)
      this.#workers.push(this.#work(index))
  }

  /** Lets requests in flight finish. */
  async stop(): Promise<void> {
    this.#isRunning = false
    await Promise.all(this.#workers)
  }

  async #work(index: number): Promise<void> {
    let connection: LoadConnection | null = null
    for (let number = 0; this.#isRunning; number += 1) {
      const target = `/item/${index}/${number}`
      this.sent += 1
      connection = await this.#exchange(connection, target)
      await pause(this.#options.thinkMs)
    }
    connection?.close()
  }

  /** Returns the connection for the next request, or null for a new one. */
  async #exchange(
    connection: LoadConnection | null,
    target: string
  ): Promise<LoadConnection | null> {
    const startedMs = Date.now()
    const isReused = connection !== null
    let current = connection ?? (await this.#connect())
    let outcome = await current.get(target)
    if (isReused && outcome.kind === 'closed unused') {
      this.resent += 1
      current = await this.#connect()
      outcome = await current.get(target)
    }
    if (outcome.kind === 'answered' && outcome.status === 200) {
      this.succeeded += 1
      this.times.push({ startedMs, tookMs: Date.now() - startedMs })
      if (!outcome.body.includes(` ${target} `)) this.mixUps.push(`${target} got ${outcome.body}`)
    } else {
      const reason = outcome.kind === 'answered' ? `status ${outcome.status}` : outcome.kind
      this.failures.push({ startedMs, endedMs: Date.now(), target, reason })
    }
    if (outcome.kind === 'answered' && !outcome.isLast) return current
    current.close()
    return null
  }

  /** Refused connections are tried again elsewhere, as behind a load-balancing Service. */
  async #connect(): Promise<LoadConnection> {
    for (;;) {
      const connection = await LoadConnection.open(this.#options.port())
      if (connection) return connection
      await pause(RECONNECT_MS)
    }
  }
}

type Outcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly body: string
      readonly isLast: boolean
    }
  | { readonly kind: 'closed unused' | 'closed' | 'timeout' | 'bad response' }

class LoadConnection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #hasEnded = false
  #settle: (() => void) | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.#received = this.#received.length > 0 ? Buffer.concat([this.#received, bytes]) : bytes
      this.#settle?.()
    })
    socket.on('error', () => undefined)
    const ended = (): void => {
      this.#hasEnded = true
      this.#settle?.()
    }
    socket.on('end', ended)
    socket.on('close', ended)
  }

  static open(port: number): Promise<LoadConnection | null> {
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.once('connect', () => resolve(new LoadConnection(socket)))
      socket.once('error', () => resolve(null))
    })
  }

  get(target: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish({ kind: 'timeout' }), REQUEST_TIMEOUT_MS)
      const finish = (outcome: Outcome): void => {
        clearTimeout(timer)
        this.#settle = null
        resolve(outcome)
      }
      this.#settle = () => {
        const outcome = this.#outcome()
        if (outcome) finish(outcome)
      }
      if (this.#hasEnded) return this.#settle()
      this.#socket.write(
        `GET ${target} HTTP/1.1\r\nHost: load.test\r\nX-Nonce: ${target.slice(6)}\r\n\r\n`
      )
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #outcome(): Outcome | null {
    try {
      const found = readResponse(this.#received, 0, 'GET', this.#hasEnded)
      if (!found) {
        if (!this.#hasEnded) return null
        return { kind: this.#received.length === 0 ? 'closed unused' : 'closed' }
      }
      const { message, next } = found
      this.#received = this.#received.subarray(next)
      const isLast = message.fields.some(
        ([name, value]) => /^connection$/i.test(name) && /close/i.test(value)
      )
      return { kind: 'answered', status: message.status, body: message.body.toString(), isLast }
    } catch {
      return { kind: 'bad response' }
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
