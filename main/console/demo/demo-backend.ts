/** One backend of the demo: a real HTTP server on loopback that can be killed and started again. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'

export interface DemoBackendParts {
  readonly clock: Clock
  readonly name: string
  /** How long an answer takes; health checks are answered at once. */
  readonly latencyMs: number
}

export class DemoBackend {
  readonly name: string
  readonly #clock: Clock
  readonly #latencyMs: number
  readonly #answers = new Set<Timer>()
  #server: Server | null = null
  #port = 0
  #requests = 0

  constructor({ clock, name, latencyMs }: DemoBackendParts) {
    this.#clock = clock
    this.name = name
    this.#latencyMs = latencyMs
  }

  get isRunning(): boolean {
    return this.#server !== null
  }

  /** Keeps its port while it is dead. */
  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Listens, after the first time on the same port. Rejects with the system's error. */
  async start(): Promise<void> {
    if (this.#server) return
    const server = createServer((request, response) => this.#take(request, response))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** As a killed process would end: no listener, and every connection cut. */
  async kill(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = null
    for (const answer of this.#answers) answer.cancel()
    this.#answers.clear()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    if (request.url === '/health') {
      response.end('ok\n')
      return
    }
    this.#requests++
    const body = `${JSON.stringify({ backend: this.name, path: request.url, request: this.#requests })}\n`
    const answer = this.#clock.setTimeout(() => {
      this.#answers.delete(answer)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(body)
    }, this.#latencyMs)
    this.#answers.add(answer)
    response.on('close', () => {
      answer.cancel()
      this.#answers.delete(answer)
    })
  }
}
