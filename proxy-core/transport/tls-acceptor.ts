/** A listening TLS socket: the handshake is Node's, the certificate is chosen by SNI. */
import { createServer, type Server } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { HostPort, ListenerTlsSettings } from '../model/settings.ts'
import type { CertificateStore } from './certificate-store.ts'

const BACKLOG = 1024

export interface TlsAcceptorEvents {
  /** The handshake is done. */
  accepted(socket: TLSSocket): void
  failed(error: NodeJS.ErrnoException): void
  /** Asked at each handshake, so that a reload changes it. */
  isHttp2Spoken(): boolean
}

export class TlsAcceptor {
  readonly #server: Server
  readonly #events: TlsAcceptorEvents

  constructor(
    settings: ListenerTlsSettings,
    certificates: CertificateStore,
    handshakeTimeoutMs: number,
    events: TlsAcceptorEvents
  ) {
    this.#events = events
    this.#server = createServer(
      {
        minVersion: settings.minVersion,
        ALPNCallback: ({ protocols }) => chosenProtocol(protocols, events.isHttp2Spoken()),
        noDelay: true,
        ...(handshakeTimeoutMs > 0 ? { handshakeTimeout: handshakeTimeoutMs } : {}),
        SNICallback: (name, done) => done(null, certificates.contextFor(name)),
        // Clients without SNI never reach the callback: they get the first certificate.
        ...certificates.first()
      },
      (socket) => events.accepted(socket)
    )
    certificates.onFirstChanged(() => this.#server.setSecureContext(certificates.first()))
    // A failed handshake is the client's affair: the socket is closed, nothing else happens.
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  listen(address: HostPort): Promise<HostPort> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host: address.host, port: address.port, backlog: BACKLOG }, () => {
        this.#server.off('error', reject)
        this.#server.on('error', (error) => this.#events.failed(error))
        const bound = this.#server.address()
        const port = bound !== null && typeof bound === 'object' ? bound.port : address.port
        resolve({ host: address.host, port })
      })
    })
  }

  close(): void {
    this.#server.close()
  }
}

/** undefined: the client offers nothing that is spoken here, and the handshake ends (RFC 7301). */
function chosenProtocol(offered: readonly string[], isHttp2Spoken: boolean): string | undefined {
  if (isHttp2Spoken && offered.includes('h2')) return 'h2'
  return offered.includes('http/1.1') ? 'http/1.1' : undefined
}
