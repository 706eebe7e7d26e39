/**
 * One listening address and the client connections that came in by it. Its settings and
 * routes may be replaced while it runs: connections read them anew for each request.
 */
import type { TLSSocket } from 'node:tls'
import type { AccessLog } from '../access-log/access-log.ts'
import type { EngineContext } from '../engine/engine-context.ts'
import type { ListenerView } from '../engine/engine-view.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import { fieldActions, fixedForwardedFields, type ClientIdentity } from '../http1/request-writer.ts'
import { Http2Connection } from '../http2/http2-connection.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { HostPort, ListenerSettings } from '../model/settings.ts'
import type { RouteTable } from '../routing/route-table.ts'
import { Acceptor, type AcceptedHandle } from '../transport/acceptor.ts'
import type { CertificateStore } from '../transport/certificate-store.ts'
import { NetTransport } from '../transport/net-transport.ts'
import { TlsAcceptor } from '../transport/tls-acceptor.ts'
import { TlsTransport } from '../transport/tls-transport.ts'
import type { Transport } from '../transport/transport.ts'
import { plainAddress, TrustedNetworks } from './client-address.ts'
import { ClientConnection } from './client-connection.ts'

/** A storm of failed accepts is one event per this time. */
const FAILURE_EVENT_MS = 10_000

/** Connections over the limit that wait for a place, as they would in the kernel's backlog. */
const MAX_WAITING = 1024

/** What a listener needs besides its settings; replaced together with them. */
export interface ListenerWiring {
  readonly routes: RouteTable<CompiledRoute>
  readonly accessLog: AccessLog | null
}

/** A connection that was accepted: one client of HTTP/1.1, or a session with many streams. */
interface AcceptedConnection {
  /** Exchanges or upgraded protocols that run on it. */
  readonly busyCount: number
  readonly isTunnel: boolean
  start(): void
  /** Closes when nothing runs on it any more. */
  drain(): void
  abort(termination: string): void
}

interface WaitingConnection {
  begin(): void
  close(): void
}

export class Listener implements ListenerView {
  readonly context: EngineContext
  readonly counters = new TrafficCounters()
  settings: ListenerSettings
  routes: RouteTable<CompiledRoute>
  accessLog: AccessLog | null
  trust: TrustedNetworks
  readonly certificates: CertificateStore | null
  /** Grows with every new configuration: what was computed from the old one is stale. */
  generation = 0
  isDraining = false
  isOpen = false
  connectionsMax = 0
  connectionsTotal = 0
  readonly #clients = new Set<AcceptedConnection>()
  /** Accepted, but not read from until another connection closes. */
  readonly #waiting = new Set<WaitingConnection>()
  #acceptor: Acceptor | TlsAcceptor | null = null
  #bound: HostPort
  #actionsTrusted: Uint8Array
  #actionsUntrusted: Uint8Array
  #failureEventMs = -Infinity
  /** Resolves when the last connection of a draining listener is gone. */
  #emptied: (() => void) | null = null
  #drained: Promise<void> | null = null

  constructor(
    settings: ListenerSettings,
    wiring: ListenerWiring,
    certificates: CertificateStore | null,
    context: EngineContext
  ) {
    this.settings = settings
    this.context = context
    this.certificates = certificates
    this.routes = wiring.routes
    this.accessLog = wiring.accessLog
    this.#bound = settings.address
    this.trust = new TrustedNetworks(settings.trustedProxies)
    this.#actionsTrusted = fieldActions(settings.forwarded, true)
    this.#actionsUntrusted = fieldActions(settings.forwarded, false)
  }

  get name(): string {
    return this.settings.name
  }
  get address(): string {
    const { host, port } = this.#bound
    return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  }
  get connections(): number {
    return this.#clients.size
  }
  get waitingCount(): number {
    return this.#waiting.size
  }
  get isFull(): boolean {
    return this.#clients.size >= this.settings.maxConnections
  }
  get connectionsLimit(): number {
    return this.settings.maxConnections
  }
  get isSecure(): boolean {
    return this.settings.tls !== null
  }
  get certificateExpiresAtMs(): number | null {
    return this.certificates?.expiresAtMs ?? null
  }
  /** Connections with an exchange or an upgraded protocol running. */
  get busyCount(): number {
    let busy = 0
    for (const client of this.#clients) busy += client.busyCount
    return busy
  }

  /** Rejects with Node's error when the address cannot be bound. */
  async open(): Promise<void> {
    const { settings } = this
    const acceptor =
      settings.tls === null || this.certificates === null
        ? new Acceptor({
            accepted: (handle) => this.#acceptPlain(handle),
            failed: (error) => this.#acceptFailed(error)
          })
        : new TlsAcceptor(settings.tls, this.certificates, settings.timeouts.requestHeadMs, {
            accepted: (socket) => this.#acceptTls(socket),
            failed: (error) => this.#acceptFailed(error),
            isHttp2Spoken: () => this.settings.isHttp2Spoken
          })
    this.#bound = await acceptor.listen(settings.address)
    this.#acceptor = acceptor
    this.isOpen = true
  }

  reconfigure(settings: ListenerSettings, wiring: ListenerWiring): void {
    this.generation++
    this.settings = settings
    this.routes = wiring.routes
    this.accessLog = wiring.accessLog
    this.trust = new TrustedNetworks(settings.trustedProxies)
    this.#actionsTrusted = fieldActions(settings.forwarded, true)
    this.#actionsUntrusted = fieldActions(settings.forwarded, false)
    this.#admitWaiting()
  }

  /** Gives the address up; `open` takes it again. Connections stay as they are. */
  stopAccepting(): void {
    this.isOpen = false
    this.#acceptor?.close()
    this.#acceptor = null
  }

  /** Stops accepting; idle connections close at once, the others after their exchange. */
  drain(): Promise<void> {
    this.isDraining = true
    this.stopAccepting()
    for (const waiting of this.#waiting) waiting.close()
    this.#waiting.clear()
    for (const client of [...this.#clients]) client.drain()
    this.#drained ??= new Promise((resolve) => {
      if (this.#clients.size === 0) resolve()
      else this.#emptied = resolve
    })
    return this.#drained
  }

  closeTunnels(): void {
    for (const client of [...this.#clients]) if (client.isTunnel) client.abort('drained')
  }

  /** Cuts whatever still runs. Returns how many exchanges that ended. */
  destroy(): number {
    const cut = this.busyCount
    for (const client of [...this.#clients]) client.abort('shutdown')
    return cut
  }

  /** Facts about a new connection that every request on it shares. */
  identify(transport: Transport): ClientIdentity {
    const { forwarded } = this.settings
    const peerAddress = plainAddress(transport.remoteAddress)
    const isTrusted = this.trust.has(peerAddress)
    const protocol = this.settings.tls === null ? 'http' : 'https'
    const localAddress = plainAddress(transport.localAddress)
    const localHost = localAddress.includes(':') ? `[${localAddress}]` : localAddress
    return {
      peerAddress,
      isTrusted,
      protocol,
      localAuthority: `${localHost}:${transport.localPort}`,
      forwarded,
      actions: isTrusted ? this.#actionsTrusted : this.#actionsUntrusted,
      fixedFields: fixedForwardedFields(forwarded, peerAddress, protocol)
    }
  }

  exchangeBegan(): void {
    const { counters } = this
    counters.requests++
    if (++counters.inFlight > counters.inFlightMax) counters.inFlightMax = counters.inFlight
  }

  forget(client: AcceptedConnection): void {
    this.#clients.delete(client)
    this.#admitWaiting()
    if (this.#clients.size === 0) this.#emptied?.()
  }

  #admitWaiting(): void {
    for (const waiting of this.#waiting) {
      if (this.isFull) return
      this.#waiting.delete(waiting)
      waiting.begin()
    }
  }

  #acceptPlain(handle: AcceptedHandle): void {
    if (this.isFull) {
      this.#hold({ begin: () => this.#acceptPlain(handle), close: () => handle.close() })
      return
    }
    const client = new ClientConnection(this)
    client.transport = new NetTransport(client, handle)
    this.#welcome(client)
  }

  #acceptTls(socket: TLSSocket): void {
    // Gone while it waited, or come out of its handshake after the listener closed.
    if (socket.destroyed || this.isDraining) {
      socket.destroy()
      return
    }
    if (this.isFull) {
      this.#holdTls(socket)
      return
    }
    if (socket.alpnProtocol === 'h2') {
      this.#welcome(new Http2Connection(this, socket))
      return
    }
    const client = new ClientConnection(this)
    client.transport = new TlsTransport(client, socket)
    this.#welcome(client)
  }

  /** Node reads from it already, so that a client that gives up is noticed. */
  #holdTls(socket: TLSSocket): void {
    const left = (): void => void this.#waiting.delete(waiting)
    const waiting: WaitingConnection = {
      begin: () => {
        socket.off('close', left)
        this.#acceptTls(socket)
      },
      close: () => socket.destroy()
    }
    // Stays when the connection begins: it may have failed, and not have told so yet. That Node has
    // a listener of its own here is not documented.
    socket.on('error', () => undefined)
    socket.on('close', left)
    this.#hold(waiting)
  }

  #hold(connection: WaitingConnection): void {
    if (this.#waiting.size < MAX_WAITING) {
      this.#waiting.add(connection)
    } else {
      this.counters.refused++
      connection.close()
    }
  }

  #welcome(client: AcceptedConnection): void {
    this.connectionsTotal++
    this.#clients.add(client)
    if (this.#clients.size > this.connectionsMax) this.connectionsMax = this.#clients.size
    client.start()
  }

  #acceptFailed(error: NodeJS.ErrnoException): void {
    const { context } = this
    context.tick()
    if (context.reportShortage(error, `Listener ${this.name} cannot accept`)) return
    if (context.nowMs - this.#failureEventMs < FAILURE_EVENT_MS) return
    this.#failureEventMs = context.nowMs
    const reason = `Listener ${this.name} cannot accept: ${error.message}.`
    context.emit({ kind: 'fault', code: 'LISTEN_FAILED', reason })
  }
}
