/**
 * Plain TCP into static read buffers, which saves one allocation and several stream events per
 * read (`docs/performance.md`). `net.Socket` opens, ends and closes the connection; octets go
 * straight through its handle where that can be had (`stream-handle.ts`), else through `onread`
 * and `write` of the socket.
 *
 * Invariant: a write never keeps a reference to octets that a later read may overwrite.
 * Small pieces are copied into strings; pieces of the shared buffer are copied; pieces of a
 * bulk buffer are written by reference, and `isBlocked` makes the caller pause the reader
 * until the write has completed.
 */
import { Socket, type SocketConstructorOpts } from 'node:net'
import { releaseBulkBuffer, SHARED_READ_BUFFER, takeBulkBuffer } from './read-buffer.ts'
import {
  isStreamHandle,
  STREAM_INTERNALS,
  writeError,
  type StreamHandle,
  type WriteRequest
} from './stream-handle.ts'
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

type RelayHandle = StreamHandle<NetTransport>

interface WithHandle {
  readonly _handle?: RelayHandle | null
}

export class NetTransport implements Transport {
  /** Whether new transports drive their handles themselves. */
  static isDirect = STREAM_INTERNALS !== null
  owner: TransportOwner
  readonly socket: RelaySocket
  /** Where octets go without the socket; null before the connection stands and after its end. */
  #handle: RelayHandle | null = null
  /** Writes through the handle that libuv has not completed. */
  #waitingWrites = 0
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
  /** What the handle reads into. */
  #filling = SHARED_READ_BUFFER
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
    if (handle === undefined) this.socket.once('connect', onConnect)
    else this.takeHandle()
  }

  /** From here on octets bypass the socket, if its handle is of the known kind. */
  takeHandle(): void {
    const handle = (this.socket as unknown as WithHandle)._handle
    if (!NetTransport.isDirect || !isStreamHandle<NetTransport>(handle)) return
    this.#handle = handle
    handle.relayOwner = this
    nodeOnread ??= handle.onread
    handle.onread = onRead
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
    return this.#waitingWrites > 0 || this.socket.writableLength > 0
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
    const handle = this.#handle
    if (handle !== null) {
      const request = idleRequest()
      this.#dispatched(request, handle.writeLatin1String(request, text), null)
    } else if (this.#isBlocked) {
      // Behind a large piece a small one may be the last to leave, and Node announces no drain
      // below its own mark.
      this.socket.write(text, 'latin1', () => this.unblock())
    } else if (!this.socket.write(text, 'latin1') && this.socket.writableLength > 0) {
      this.#isBlocked = true
    }
  }

  relay(source: Transport, buffer: Buffer, start: number, end: number): void {
    if (end - start <= SMALL_WRITE_BYTES) {
      this.write(buffer.toString('latin1', start, end))
      return
    }
    const pinned = source instanceof NetTransport && source.#owns(buffer) ? source : null
    if (this.#handle !== null) {
      this.#relayDirectly(this.#handle, pinned, buffer, start, end)
      return
    }
    const bytes = lastingBytes(buffer, start, end)
    let isPinned = pinned !== null
    this.socket.write(bytes, () => {
      if (isPinned) pinned!.#pins--
      this.unblock()
    })
    // Node calls back later even when the kernel took all of it at once.
    if (this.socket.writableLength === 0) {
      isPinned = false
      return
    }
    this.#isBlocked = true
    if (isPinned) pinned!.#pins++
  }

  #relayDirectly(
    handle: RelayHandle,
    pinned: NetTransport | null,
    buffer: Buffer,
    start: number,
    end: number
  ): void {
    const bytes = lastingBytes(buffer, start, end)
    const request = idleRequest()
    const status = handle.writeBuffer(request, bytes)
    if (this.#dispatched(request, status, bytes) && pinned !== null) {
      pinned.#pins++
      request.written = () => pinned.#pins--
    }
  }

  /** Whether the write waits in libuv: then its request is in use until it completes. */
  #dispatched(
    request: WriteRequest<NetTransport>,
    status: number,
    bytes: Uint8Array | null
  ): boolean {
    if (status !== 0) {
      this.#handle = null
      this.socket.destroy(writeError(status))
      return false
    }
    const { state, lastWriteWasAsync } = STREAM_INTERNALS!
    if (state[lastWriteWasAsync] === 0) return false
    spareRequest = null
    request.relayOwner = this
    request.oncomplete = onWritten
    if (bytes !== null) request.buffer = bytes
    this.#waitingWrites++
    this.#isBlocked = true
    return true
  }

  /** libuv has written a piece that had to wait, or gave it up. */
  written(status: number): void {
    this.#waitingWrites--
    if (this.socket.destroyed) return
    if (status < 0) this.socket.destroy(writeError(status))
    else this.unblock()
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
    if (!this.hasPendingWrites) {
      this.socket.end()
      return
    }
    // Not before what is pending has left: after a FIN no reset is possible any more, and a
    // peer that gets no further must not take what it has for the whole.
    this.#isBlocked = true
    if (this.#waitingWrites === 0) this.socket.write('', 'latin1', () => this.unblock())
  }

  destroy(isReset = false): void {
    if (this.#isClosed) return
    // After a FIN of ours, or before the connection stands, libuv refuses to send RST and Node
    // then leaks the descriptor.
    this.#handle = null
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

  /** `length` octets came straight from the handle; returns the buffer for the next ones if it changes. */
  received(length: number): Buffer | undefined {
    this.owner.bytesArrived(this.#filling, length)
    const next = this.#nextBuffer
    if (next === null || this.#handle === null) return undefined
    this.#filling = next
    this.#switchBuffer()
    return next
  }

  /** Returns whether to go on reading. */
  arrived(length: number, buffer: Buffer): boolean {
    this.owner.bytesArrived(buffer, length)
    NetTransport.#reading = this
    return !this.#isPaused
  }

  unblock(): void {
    if (!this.#isBlocked || this.hasPendingWrites) return
    this.#isBlocked = false
    if (this.#isEnding) this.socket.end()
    this.owner.drained()
  }

  closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#handle = null
    this.owner.closed(this.#error)
  }
}

const ONREAD: OnreadOptions['onread'] = {
  buffer: () => NetTransport.nextBuffer(),
  callback(this: RelaySocket, length: number, buffer: Uint8Array): boolean {
    return this.transport.arrived(length, buffer as Buffer)
  }
}

/** Node's own, for the end of a stream and its errors. */
let nodeOnread: RelayHandle['onread'] | null = null

function onRead(this: RelayHandle, arrayBuffer: ArrayBuffer | undefined): unknown {
  const { state, readBytesOrError } = STREAM_INTERNALS!
  const length = state[readBytesOrError]!
  if (length > 0) return this.relayOwner!.received(length)
  return nodeOnread!.call(this, arrayBuffer)
}

/** One request serves all writes that the kernel takes at once: libuv does not look at it then. */
let spareRequest: WriteRequest<NetTransport> | null = null

function idleRequest(): WriteRequest<NetTransport> {
  return (spareRequest ??= new STREAM_INTERNALS!.WriteWrap())
}

function onWritten(this: WriteRequest<NetTransport>, status: number): void {
  this.written?.()
  this.relayOwner!.written(status)
}

/** Octets of the shared buffer are overwritten by the next read of anybody. */
function lastingBytes(buffer: Buffer, start: number, end: number): Uint8Array {
  const bytes = buffer.subarray(start, end)
  return buffer === SHARED_READ_BUFFER ? Buffer.from(bytes) : bytes
}

function onConnect(this: RelaySocket): void {
  this.transport.takeHandle()
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
