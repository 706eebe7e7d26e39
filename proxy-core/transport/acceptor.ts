/**
 * A listening TCP socket that hands every accepted connection over exactly once.
 *
 * `net.Server` builds a `net.Socket` for each connection, which cannot read into a static
 * buffer. So the accepted handle is taken before that happens, where this Node offers the
 * place to do so; elsewhere the finished socket's handle is taken over, which costs a second
 * socket object per connection but nothing per request.
 */
import { createServer, type Server, type Socket } from 'node:net'
import type { HostPort } from '../model/settings.ts'

const BACKLOG = 1024

export interface AcceptorEvents {
  /** A TCP handle that nobody reads from yet. */
  accepted(handle: AcceptedHandle): void
  /** An accept failed, by EMFILE as a rule. The acceptor goes on. */
  failed(error: NodeJS.ErrnoException): void
}

/** The part of libuv's TCP wrapper that is touched here. */
interface ListeningHandle {
  onconnection?: ((status: number, handle: AcceptedHandle | undefined) => void) | null
}

/** An accepted connection before anything was made of it. */
export interface AcceptedHandle {
  setNoDelay?(enable: boolean): void
  close(): void
}

export class Acceptor {
  readonly #server: Server
  readonly #events: AcceptorEvents

  constructor(events: AcceptorEvents) {
    this.#events = events
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) =>
      events.accepted(takeHandle(socket))
    )
  }

  /** Resolves to the address really bound; rejects with Node's error. */
  listen(address: HostPort): Promise<HostPort> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host: address.host, port: address.port, backlog: BACKLOG }, () => {
        this.#server.off('error', reject)
        this.#server.on('error', (error) => this.#events.failed(error))
        this.#interceptAccepted()
        const bound = this.#server.address()
        const port = bound !== null && typeof bound === 'object' ? bound.port : address.port
        resolve({ host: address.host, port })
      })
    })
  }

  /** Stops accepting. Connections already handed over are not touched. */
  close(): void {
    this.#server.close()
  }

  #interceptAccepted(): void {
    const listening = (this.#server as unknown as { _handle?: ListeningHandle })._handle
    const original = listening?.onconnection
    if (listening === undefined || typeof original !== 'function') return
    const { accepted } = this.#events
    listening.onconnection = function (status, handle) {
      if (status !== 0 || handle === undefined) {
        original.call(this, status, handle)
        return
      }
      handle.setNoDelay?.(true)
      accepted(handle)
    }
  }
}

function takeHandle(socket: Socket): AcceptedHandle {
  const owner = socket as unknown as { _handle: AcceptedHandle | null }
  const handle = owner._handle!
  owner._handle = null
  return handle
}
