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
    readonly callback: (this: RelaySocket, length: number, buffer: Uint8Array) => boolean
  }
}

/**
 * A socket that knows its transport. Node calls listeners and the read callback as methods of
 * the socket, so one function of each kind serves all connections: a connection has no closures
 * of its own to keep in memory and to fetch into the processor's caches.
 */
class RelaySocket extends Socket {
  transport!: NetTransport
}

/** The part of libuv's TCP wrapper that is touched here. */
interface WithHandle {
  readonly _handle?: { readonly writeQueueSize: number } | null
}

export class NetTransport implements Transport {
  owner: TransportOwner
  readonly socket: RelaySocket
  /** Whose read callback has just returned: the next question for a buffer is its. */
  static #reading: NetTransport | null = null
  #isBlocked = false
  #isClosed = false
  /** Set while this transport reads into a buffer of its own. */
  #bulk: Buffer | null = null
  /** A bulk buffer that is no longer wanted but that the next read may still fill. */
  #retiring: Buffer | null = null
  /** Writes of octets of a bulk buffer that other transports have not completed. */
  #pins = 0
  /** The buffer for the next read when it changes, else null. */
  #nextBuffer: Buffer | null = null
  #isPaused = false
  #isEnding = false
  #error: Error | undefined

  /** `handle`: an accepted TCP handle, or undefined for a socket that will connect. */
  constructor(owner: TransportOwner, handle?: unknown) {
    this.owner = owner
    const options: OnreadOptions = {
      ...(handle === undefined ? { noDelay: true } : { handle }),
      allowHalfOpen: true,
      onread: ONREAD
    }
    this.socket = new RelaySocket(options as SocketConstructorOpts)
    this.socket.transport = this
    this.socket.on('error', onError)
    this.socket.on('end', onEnd)
    this.socket.on('close', onClose)
    this.socket.on('drain', onDrain)
  }

  /** Node asks once when the handle is there, and after every read. */
  static nextBuffer(): Buffer {
    const transport = NetTransport.#reading
    NetTransport.#reading = null
    return transport === null ? SHARED_READ_BUFFER : transport.#takeNextBuffer()
  }

  failed(error: Error): void {
    this.#error = error
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
    // Node's own idle timers read the same place: a long write that goes on is not idle.
    return (this.socket as unknown as WithHandle)._handle?.writeQueueSize ?? 0
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
    // Behind a large piece a small one may be the last to leave, and Node announces no drain
    // below its own mark.
    if (this.#isBlocked) this.socket.write(text, 'latin1', () => this.unblock())
    else if (!this.socket.write(text, 'latin1') && this.socket.writableLength > 0) {
      this.#isBlocked = true
    }
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
    let pinned = source instanceof NetTransport && source.#owns(buffer) ? source : null
    this.socket.write(bytes, () => {
      if (pinned !== null) pinned.#pins--
      this.unblock()
    })
    // Node calls back later even when the kernel took all of it at once.
    if (this.socket.writableLength === 0) {
      pinned = null
      return
    }
    this.#isBlocked = true
    if (pinned !== null) pinned.#pins++
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
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.socket.writableLength === 0) {
      this.socket.end()
      return
    }
    // Not before what is pending has left: after a FIN no reset is possible any more, and a
    // peer that gets no further must not take what it has for the whole.
    this.#isBlocked = true
    this.socket.write('', 'latin1', () => this.unblock())
  }

  destroy(isReset = false): void {
    if (this.#isClosed) return
    // After a FIN of ours, or before the connection stands, libuv refuses to send RST and Node
    // then leaks the descriptor.
    const canReset = isReset && !this.socket.writableEnded && !this.socket.connecting
    if (canReset) this.socket.resetAndDestroy()
    else this.socket.destroy()
  }

  /** Reads of this transport may fill `buffer`, now or until the next switch. */
  #owns(buffer: Buffer): boolean {
    return this.#bulk === buffer || this.#retiring === buffer
  }

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

  /** Returns whether to go on reading. */
  arrived(length: number, buffer: Buffer): boolean {
    this.owner.bytesArrived(buffer, length)
    NetTransport.#reading = this
    return !this.#isPaused
  }

  unblock(): void {
    if (!this.#isBlocked || this.socket.writableLength > 0) return
    this.#isBlocked = false
    if (this.#isEnding) this.socket.end()
    this.owner.drained()
  }

  closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.owner.closed(this.#error)
  }
}

const ONREAD: OnreadOptions['onread'] = {
  buffer: () => NetTransport.nextBuffer(),
  callback(this: RelaySocket, length: number, buffer: Uint8Array): boolean {
    return this.transport.arrived(length, buffer as Buffer)
  }
}

function onError(this: RelaySocket, error: Error): void {
  this.transport.failed(error)
}

function onEnd(this: RelaySocket): void {
  this.transport.owner.peerEnded()
}

function onClose(this: RelaySocket): void {
  this.transport.closed()
}

function onDrain(this: RelaySocket): void {
  this.transport.unblock()
}
