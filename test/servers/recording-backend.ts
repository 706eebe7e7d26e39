/**
 * A backend on raw sockets: it records the exact bytes of every connection, judges them
 * strictly, and answers by a script that may send any bytes at any moment, reset, half-close
 * or stay silent. Scripts gate delays on promises, so tests need no sleeps.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { BackendConnection, type Script } from './backend-connection.ts'
import { eventually } from './eventually.ts'
import { listenOnFreePort } from './free-ports.ts'
import type { RequestMessage } from './http-message.ts'

export interface RecordingBackendOptions {
  readonly script?: Script
  readonly tls?: TlsOptions
  /** Default: any free port. */
  readonly port?: number
  /** Name in the default answer's `X-Backend` field and body. */
  readonly name?: string
}

export class RecordingBackend {
  script: Script
  readonly name: string
  connections: BackendConnection[] = []
  /** Complete requests over all connections, in the order of their completion. */
  requests: RequestMessage[] = []
  #accepted = 0
  #port = 0
  readonly #server: Server
  /** The TCP sockets, also those whose TLS handshake never finished. */
  readonly #sockets = new Set<Socket>()

  private constructor(options: RecordingBackendOptions) {
    this.name = options.name ?? 'backend'
    this.script = options.script ?? answerWithTarget(this.name)
    const accept = (socket: Socket): void => this.#accept(socket)
    this.#server = options.tls
      ? createTlsServer({ ...options.tls, allowHalfOpen: true }, accept)
      : createServer({ allowHalfOpen: true, noDelay: true }, accept)
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async start(options: RecordingBackendOptions = {}): Promise<RecordingBackend> {
    const backend = new RecordingBackend(options)
    const { port } = options
    if (port === undefined) backend.#port = await listenOnFreePort(backend.#server)
    else backend.#port = await listenOn(backend.#server, port)
    return backend
  }

  /** Also after `stop`, for backends that are down. */
  get port(): number {
    return this.#port
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Connections accepted since the start, forgotten ones included. */
  get acceptedCount(): number {
    return this.#accepted
  }

  get openConnections(): BackendConnection[] {
    return this.connections.filter((connection) => !connection.isClosed)
  }

  get violations(): string[] {
    return this.connections.flatMap(({ violation }) => (violation === null ? [] : [violation]))
  }

  /** The targets of the complete requests, in order. */
  get targets(): string[] {
    return this.requests.map((request) => request.target)
  }

  /** Waits until `count` complete requests are recorded, and returns the last of them. */
  async received(count = 1): Promise<RequestMessage> {
    await eventually(`${count} requests at ${this.name}`, () => this.requests.length >= count)
    return this.requests[count - 1]!
  }

  /** Forgets requests and closed connections; open ones go on, with their bytes so far dropped. */
  forget(): void {
    this.requests = []
    this.connections = this.openConnections
    for (const connection of this.connections) {
      connection.chunks.length = 0
      connection.requests.length = 0
    }
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.socket.destroy()
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #accept(socket: Socket): void {
    const connection = new BackendConnection(socket, this.#accepted, {
      script: () => this.script,
      completed: (request) => this.requests.push(request)
    })
    this.#accepted += 1
    this.connections.push(connection)
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(port))
  })
}

/** The default script: waits for the whole request, then answers with its target and body length. */
export function answerWithTarget(name = 'backend'): Script {
  return async (exchange) => {
    const request = await exchange.request
    const body =
      exchange.method === 'HEAD' ? '' : `${name} ${request.target} ${request.body.length}`
    exchange.respond({ fields: [['X-Backend', name]], body })
  }
}
