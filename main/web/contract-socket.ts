/**
 * The WebSocket on which a browser speaks the contract. The handshake needs our own Host and
 * Origin and the cookie of a session; the cookie alone opens no call, because cookies ignore
 * ports: every message must carry the session's key as well.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Channel } from '../../preload/contract/channel.ts'
import { CONTRACT_PATH } from '../../preload/contract/web-door.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'
import type { DoorKeeper } from './door-keeper.ts'
import { refuseUpgrade } from './web-answers.ts'
import { MAX_MESSAGE_BYTES, webSocketChannel } from './web-socket-channel.ts'

/** Tabs of one operator. */
export const MAX_SOCKETS = 16

/** How long a page has to answer the close of its socket. */
const CLOSE_LIMIT_MS = 500

export interface ContractSocketParts {
  readonly clock: Clock
  readonly keeper: DoorKeeper
  /** Serves the contract on a channel. */
  readonly serve: (channel: Channel) => void
}

export class ContractSocket {
  readonly #parts: ContractSocketParts
  readonly #channels = new Map<WebSocket, Channel>()
  /** Those of whom no message with the key has come yet, oldest first. */
  readonly #unproven = new Set<WebSocket>()
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    // It costs more memory for each page than loopback could ever save.
    perMessageDeflate: false,
    clientTracking: false
  })

  constructor(parts: ContractSocketParts) {
    this.#parts = parts
  }

  get openCount(): number {
    return this.#channels.size
  }

  listen(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head)
    )
  }

  /** Tells every page why, and cuts those that do not answer in time. */
  close(reason: string): void {
    for (const [socket, channel] of this.#channels) {
      channel.close(reason)
      const limit = this.#parts.clock.setTimeout(() => socket.terminate(), CLOSE_LIMIT_MS)
      socket.once('close', () => limit.cancel())
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { keeper } = this.#parts
    const verdict = keeper.judgeUpgrade(request, CONTRACT_PATH)
    if (!verdict.isAdmitted) return refuseUpgrade(socket, verdict.status, verdict.reason)
    if (this.#channels.size >= MAX_SOCKETS && !this.#dropUnproven()) {
      return refuseUpgrade(socket, 503, 'Too many pages of this console are open; close some.')
    }
    this.#sockets.handleUpgrade(request, socket, head, (open) =>
      this.#serve(open, request, verdict.session)
    )
  }

  #serve(socket: WebSocket, request: IncomingMessage, session: string): void {
    const { clock, keeper, serve } = this.#parts
    const channel = webSocketChannel(socket, {
      clock,
      isKey: (key) => {
        const isKey = keeper.admission.isKeyOf(session, key)
        if (isKey) this.#unproven.delete(socket)
        return isKey
      },
      onWrongKey: () => keeper.noteWrongKey(request)
    })
    this.#channels.set(socket, channel)
    this.#unproven.add(socket)
    socket.once('close', () => this.#forget(socket))
    serve(channel)
  }

  /**
   * The cookie alone holds no place against a page with the key: every server on this host that
   * the browser visits is sent the cookie. False: all sockets have shown the key.
   */
  #dropUnproven(): boolean {
    const [oldest] = this.#unproven
    if (oldest === undefined) return false
    this.#forget(oldest)
    oldest.terminate()
    return true
  }

  #forget(socket: WebSocket): void {
    this.#channels.delete(socket)
    this.#unproven.delete(socket)
  }
}
