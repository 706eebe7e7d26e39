/**
 * The backend of a crash test: notes what it was brought, in which order and whether it was what
 * the client posted; fails now and then, before and after it has taken a request.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { listenOnFreePort } from '../servers/free-ports.ts'
import type { SeededRandom } from '../servers/seeded-random.ts'
import { bodyOf, requestAt } from './numbered-request.ts'

const FAILING_SHARE = 0.03
const CUTTING_SHARE = 0.02

export class RecordingReceiver {
  /** Numbers that were answered with 200, by key, in order, with repetitions. */
  readonly taken = new Map<string, number[]>()
  /** Targets whose body or key was not what was posted. */
  readonly altered: string[] = []
  #port = 0
  readonly #random: SeededRandom
  readonly #server: Server

  private constructor(random: SeededRandom) {
    this.#random = random
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  static async start(random: SeededRandom): Promise<RecordingReceiver> {
    const receiver = new RecordingReceiver(random)
    receiver.#port = await listenOnFreePort(receiver.#server)
    return receiver
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Buffer
    try {
      body = await buffer(request)
    } catch {
      // The engine was killed in the middle of a delivery.
      return
    }
    const target = request.url ?? ''
    const what = requestAt(target)
    const isWhole =
      what !== null && request.headers['x-case-id'] === what.key && body.equals(bodyOf(what))
    if (!isWhole) this.altered.push(target)
    if (this.#random.chance(CUTTING_SHARE)) {
      request.socket.destroy()
    } else if (this.#random.chance(FAILING_SHARE)) {
      response.writeHead(503).end()
    } else {
      if (what !== null) this.#note(what.key, what.number)
      response.end('taken')
    }
  }

  #note(key: string, number: number): void {
    const numbers = this.taken.get(key)
    if (numbers === undefined) this.taken.set(key, [number])
    else numbers.push(number)
  }
}
