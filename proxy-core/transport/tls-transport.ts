/**
 * TLS in either direction. Node hands out decrypted octets in buffers of their own, so
 * they can be written on by reference and nothing needs pinning.
 */
import { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { SMALL_WRITE_BYTES, type Transport, type TransportOwner } from './transport.ts'

/** An accepted TLS socket wraps a TCP socket, which alone can send RST. */
interface WithParent {
  readonly _parent?: unknown
}

export class TlsTransport implements Transport {
  owner: TransportOwner
  readonly socket: TLSSocket
  #isBlocked = false
  #isClosed = false
  #isPaused = false
  #isEnding = false
  #error: Error | undefined

  constructor(owner: TransportOwner, socket: TLSSocket) {
    this.owner = owner
    this.socket = socket
    // As with plain TCP, and only now: during the handshake an end is an end.
    socket.allowHalfOpen = true
    socket.on('data', (chunk: Buffer) => this.owner.bytesArrived(chunk, chunk.length))
    socket.on('error', (error) => (this.#error = error))
    socket.on('end', () => this.owner.peerEnded())
    socket.on('close', () => this.#closed())
    socket.on('drain', () => this.#unblock())
  }

  get isBlocked(): boolean {
    return this.#isBlocked
  }
  get isClosed(): boolean {
    return this.#isClosed
  }
  get hasPendingWrites(): boolean {
    return this.socket.writableLength > 0
  }
  get unsentBytes(): number {
    return this.socket.writableLength
  }
  get remoteAddress(): string {
    return this.socket.remoteAddress ?? ''
  }
  get remotePort(): number {
    return this.socket.remotePort ?? 0
  }
  get localAddress(): string {
    return this.socket.localAddress ?? ''
  }
  get localPort(): number {
    return this.socket.localPort ?? 0
  }

  write(text: string): void {
    if (!this.socket.write(text, 'latin1')) this.#isBlocked = true
  }

  relay(_source: Transport, buffer: Buffer, start: number, end: number): void {
    // The source may be a NetTransport with a static buffer: encryption is not synchronous
    // once the socket is backed up, so the octets are copied.
    const bytes =
      end - start <= SMALL_WRITE_BYTES
        ? buffer.toString('latin1', start, end)
        : Buffer.from(buffer.subarray(start, end))
    if (!this.socket.write(bytes, 'latin1')) this.#isBlocked = true
  }

  beginBulk(): void {
    // Buffers come from Node: there is none to choose.
  }

  endBulk(): void {
    // See beginBulk.
  }

  pause(): void {
    this.#isPaused = true
    this.socket.pause()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.socket.resume()
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.socket.writableLength === 0) {
      this.socket.end()
      return
    }
    // See NetTransport: until what is pending has left, a reset must stay possible.
    this.#isBlocked = true
    this.socket.write('', 'latin1', () => this.#unblock())
  }

  destroy(isReset = false): void {
    if (this.#isClosed) return
    const { _parent: tcp } = this.socket as unknown as WithParent
    // Without one the missing close_notify tells the peer, if it cares to look.
    if (isReset && tcp instanceof Socket && !this.socket.writableEnded) tcp.resetAndDestroy()
    else this.socket.destroy()
  }

  #unblock(): void {
    if (!this.#isBlocked || this.socket.writableLength > 0) return
    this.#isBlocked = false
    if (this.#isEnding) this.socket.end()
    this.owner.drained()
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.owner.closed(this.#error)
  }
}
