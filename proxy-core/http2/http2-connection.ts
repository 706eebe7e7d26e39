/**
 * One client's HTTP/2 connection: Node's session, of which each stream becomes a client connection
 * with one request. What a session may cost is bounded here and by nghttp2: streams at one time,
 * header lists, windows, resets and invalid frames.
 */
import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream
} from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { ClientConnection } from '../listener/client-connection.ts'
import type { Listener } from '../listener/listener.ts'
import { Deadlined } from '../time/deadline-wheel.ts'
import { requestHeadOf } from './request-head.ts'
import { StreamTransport, type PeerAddresses } from './stream-transport.ts'

/** What browsers ask for at most; more wait in the client (RFC 9113 section 6.5.2 advises 100). */
const MAX_STREAMS = 100
/** Octets of one upload that may be on their way unread. */
const STREAM_WINDOW = 256 * 1024
/** Of all uploads of a connection together. */
const SESSION_WINDOW = 1024 * 1024
/** How long a client may take to close after GOAWAY, once nothing runs any more. */
const GOODBYE_MS = 2000

export class Http2Connection extends Deadlined {
  /** No protocol is upgraded on a stream. */
  readonly isTunnel = false
  readonly #listener: Listener
  readonly #session: ServerHttp2Session
  readonly #addresses: PeerAddresses
  readonly #clients = new Set<ClientConnection>()
  #isGoing = false

  constructor(listener: Listener, socket: TLSSocket) {
    super()
    this.#listener = listener
    this.#addresses = addressesOf(socket)
    const { limits } = listener.settings
    this.#session = performServerHandshake(socket, {
      maxHeaderListPairs: limits.fieldCount + 8,
      // What backends repeat is passed on, as over HTTP/1.1.
      strictSingleValueFields: false,
      settings: {
        enablePush: false,
        maxConcurrentStreams: MAX_STREAMS,
        initialWindowSize: STREAM_WINDOW,
        maxHeaderListSize: limits.headBytes
      }
    })
    this.#session.setLocalWindowSize(SESSION_WINDOW)
    // Errors of the protocol end the session; its close tells everything else.
    this.#session.on('error', () => undefined)
    this.#session.on('stream', (stream, _headers, _flags, raw) => this.#begin(stream, raw))
    this.#session.on('close', () => this.#closed())
  }

  /** A client that asks nothing is not kept for ever. */
  start(): void {
    this.#listener.context.tick()
    this.#setDeadline(this.#listener.settings.timeouts.requestHeadMs)
  }

  /** Streams with an exchange that runs. */
  get busyCount(): number {
    let busy = 0
    for (const client of this.#clients) busy += client.busyCount
    return busy
  }

  /** GOAWAY: running requests finish, further ones go to another connection. */
  drain(): void {
    if (this.#isGoing) return
    this.#isGoing = true
    this.#session.close()
    if (this.#clients.size === 0) this.#setDeadline(GOODBYE_MS)
  }

  abort(termination: string): void {
    for (const client of [...this.#clients]) client.abort(termination)
    this.#session.destroy()
  }

  /** A stream is over. */
  forget(client: ClientConnection): void {
    this.#clients.delete(client)
    if (this.#clients.size > 0) return
    this.#setDeadline(this.#isGoing ? GOODBYE_MS : this.#listener.settings.timeouts.keepAliveMs)
  }

  override deadlineReached(): void {
    if (this.#clients.size > 0) return
    if (this.#isGoing) this.#session.destroy()
    else this.drain()
  }

  #begin(stream: ServerHttp2Stream, fields: readonly string[]): void {
    const listener = this.#listener
    listener.context.tick()
    const request = requestHeadOf(fields, !stream.endAfterHeaders)
    if (request === null || this.#isGoing) {
      stream.on('error', () => undefined)
      const { NGHTTP2_REFUSED_STREAM, NGHTTP2_PROTOCOL_ERROR } = constants
      stream.close(request === null ? NGHTTP2_PROTOCOL_ERROR : NGHTTP2_REFUSED_STREAM)
      return
    }
    const client = new ClientConnection(listener, this)
    const transport = new StreamTransport(client, stream, request, this.#addresses)
    client.transport = transport
    this.#clients.add(client)
    this.#setDeadline(0)
    client.start()
    transport.begin()
  }

  #setDeadline(periodMs: number): void {
    const { nowMs, wheel } = this.#listener.context
    wheel.set(this, periodMs > 0 ? nowMs + periodMs : Infinity)
  }

  #closed(): void {
    this.#listener.context.tick()
    this.#listener.context.wheel.remove(this)
    this.#listener.forget(this)
  }
}

function addressesOf(socket: TLSSocket): PeerAddresses {
  return {
    remoteAddress: socket.remoteAddress ?? '',
    remotePort: socket.remotePort ?? 0,
    localAddress: socket.localAddress ?? '',
    localPort: socket.localPort ?? 0
  }
}
