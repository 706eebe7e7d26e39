/**
 * Servers of one test file and probes against them. Servers listen on port 0 of 127.0.0.1
 * and are closed with everything that is connected to them.
 */
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket
} from 'node:net'
import type { IssuedCertificate } from '../../../test/servers/certificate-authority.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { DEFAULT_HEALTH_CHECK } from '../../model/default-settings.ts'
import type { HealthCheckSettings } from '../../model/settings.ts'
import type { ProbeConnect, ProbeRequest } from '../probe.ts'

export class ProbeLab {
  readonly clock = new ManualClock()
  /** Sockets that probes opened, in order. */
  readonly opened: Socket[] = []
  readonly #servers: Server[] = []
  readonly #accepted = new Set<Socket>()

  /** A raw server; `talk` gets each connection. Socket errors are expected and ignored. */
  tcp(talk: (socket: Socket) => void): Promise<number> {
    return this.serve(createTcpServer(talk))
  }

  http(answer: RequestListener): Promise<number> {
    return this.serve(createServer({ keepAliveTimeout: 1000 }, answer))
  }

  https(certificate: IssuedCertificate, answer: RequestListener): Promise<number> {
    const { certPem, keyPem } = certificate
    return this.serve(createSecureServer({ cert: certPem, key: keyPem }, answer))
  }

  /** A port on which nobody listens. */
  async refusedPort(): Promise<number> {
    const server = createTcpServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    return port
  }

  /** The next connection that any server accepts. */
  accepted(): Promise<Socket> {
    return new Promise((resolve) => {
      for (const server of this.#servers) server.once('connection', resolve)
    })
  }

  request(
    port: number,
    settings: Partial<HealthCheckSettings> = {},
    others: Partial<ProbeRequest> = {}
  ): ProbeRequest {
    return {
      address: '127.0.0.1',
      port,
      host: 'backend.test',
      timeoutMs: 1000,
      settings: { ...DEFAULT_HEALTH_CHECK, ...settings },
      connect: this.connect,
      clock: this.clock,
      signal: new AbortController().signal,
      ...others
    }
  }

  readonly connect: ProbeConnect = (address, port) => {
    const socket = connect({ host: address, port })
    this.opened.push(socket)
    return socket
  }

  /** Resolves once every socket of the probes so far is closed; fails if one stays, or a timer. */
  async everythingReleased(): Promise<void> {
    await eventually('every socket of the probes is closed', () =>
      this.opened.every((socket) => socket.destroyed)
    )
    if (this.clock.pendingCount > 0) throw new Error('A probe left a timer behind.')
  }

  async close(): Promise<void> {
    for (const socket of [...this.#accepted, ...this.opened]) socket.destroy()
    await Promise.all(
      this.#servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))
    )
  }

  /** Any other server. */
  async serve(server: Server | HttpServer): Promise<number> {
    server.on('connection', (socket: Socket) => {
      this.#accepted.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => this.#accepted.delete(socket))
    })
    this.#servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
}
