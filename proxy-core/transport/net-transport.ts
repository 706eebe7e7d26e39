/**
 * Plain TCP over `net.Socket` with a static read buffer (`onread`), which saves one
 * allocation and several stream events per read (`docs/performance.md`).
 *
 * Invariant: a write never keeps a reference to octets that a later read may overwrite.
 * Small pieces are copied into strings; pieces of the shared buffer are copied; pieces of a
 * bulk buffer are written by reference, and `isBlocked` makes the caller pause the reader
 * until the write has completed.
 */
import { Socket, type SocketConstructorOpts } from 'node:net'
import { releaseBulkBuffer, SHARED_READ_BUFFER, takeBulkBuffer } from './read-buffer.ts'
import { SMALL_WRITE_BYTES, type Transport, type TransportOwner } from './transport.ts'

const NO_ADDRESS = ''

/** What Node takes for `onread`, beyond what its types say. */
type OnreadOptions = Omit<SocketConstructorOpts, 'handle'> & {
  readonly handle?: unknown
  readonly onread: {
    readonly buffer: () => Uint8Array
    readonly callback: (length: number, buffer: Uint8Array) => boolean
  }
}

export class NetTransport implements Transport {
  owner: TransportOwner
  readonly socket: Socket
  #isBlocked = false
  #isClosed = false
  /** Set while this transport reads into a buffer of its own. */
  #bulk: Buffer | null = null
  /** A bulk buffer that is no longer wanted but that the next read may still fill. */
  #retiring: Buffer | null = null
  /** Writes of octets of a bulk buffer that other transports have not completed. */
  #pins = 0
  /** The buffer for the next read when it changes, else null. */
  #nextBuffer: Buffer | null = SHARED_READ_BUFFER
  #isPaused = false
  #error: Error | undefined

  /** `handle`: an accepted TCP handle, or undefined for a socket that will connect. */
  constructor(owner: TransportOwner, handle?: unknown) {
    this.owner = owner
    const options: OnreadOptions = {
      ...(handle === undefined ? { noDelay: true } : { handle }),
      allowHalfOpen: true,
      onread: {
        buffer: () => this.#takeNextBuffer(),
        callback: (length, buffer) => this.#arrived(length, buffer as Buffer)
      }
    }
    this.socket = new Socket(options as SocketConstructorOpts)
    this.socket.on('error', (error) => (this.#error = error))
    this.socket.on('end', () => this.owner.peerEnded())
    this.socket.on('close', () => this.#closed())
    this.socket.on('drain', () => this.#unblock())
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
  get remoteAddress(): string {
    return this.socket.remoteAddress ?? NO_ADDRESS
  }
  get remotePort(): number {
    return this.socket.remotePort ?? 0
  }
  get localAddress(): string {
    return this.socket.localAddress ?? NO_ADDRESS
  }
  get localPort(): number {
    return this.socket.localPort ?? 0
  }

  write(text: string): void {
    if (!this.socket.write(text, 'latin1') && this.socket.writableLength > 0) this.#isBlocked = true
  }

  relay(source: Transport, buffer: Buffer, start: number, end: number): void {
    if (end - start <= SMALL_WRITE_BYTES) {
      this.write(buffer.toString('latin1', start, end))
      return
    }
    const bytes =
      buffer === SHARED_READ_BUFFER
        ? Buffer.from(buffer.subarray(start, end))
        : buffer.subarray(start, end)
    const pinned = source instanceof NetTransport && source.#bulk === buffer ? source : null
    if (pinned !== null) pinned.#pins++
    this.socket.write(bytes, () => {
      if (pinned !== null) pinned.#pins--
      this.#unblock()
    })
    if (this.socket.writableLength > 0) this.#isBlocked = true
  }

  beginBulk(): void {
    if (this.#bulk !== null) return
    this.#bulk = this.#nextBuffer = takeBulkBuffer()
  }

  endBulk(): void {
    if (this.#bulk === null) return
    // Before the switch took place the new buffer was never read into.
    if (this.#nextBuffer === this.#bulk) releaseBulkBuffer(this.#bulk)
    else this.#retiring = this.#bulk
    this.#bulk = null
    this.#nextBuffer = SHARED_READ_BUFFER
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
    this.socket.end()
  }

  destroy(isReset = false): void {
    if (this.#isClosed) return
    // After a FIN of ours, or before the connection stands, libuv refuses to send RST and Node
    // then leaks the descriptor.
    const canReset = isReset && !this.socket.writableEnded && !this.socket.connecting
    if (canReset) this.socket.resetAndDestroy()
    else this.socket.destroy()
  }

  /** Called by Node once at the start and after every read. */
  #takeNextBuffer(): Buffer {
    const next = this.#nextBuffer
    if (next !== null) this.#switchBuffer()
    // Anything but a buffer tells Node to keep the one it has.
    return next as Buffer
  }

  #switchBuffer(): void {
    this.#nextBuffer = null
    // A buffer that is still being written is left to the garbage collector.
    if (this.#retiring !== null && this.#pins === 0) releaseBulkBuffer(this.#retiring)
    this.#retiring = null
  }

  #arrived(length: number, buffer: Buffer): boolean {
    this.owner.bytesArrived(buffer, length)
    return !this.#isPaused
  }

  #unblock(): void {
    if (!this.#isBlocked || this.socket.writableLength > 0) return
    this.#isBlocked = false
    this.owner.drained()
  }

  #closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.owner.closed(this.#error)
  }
}
