/**
 * A kernel whose send buffers are full: what chosen sockets of this process write stays
 * pending for a while. Real peers fill megabytes of buffers before that happens.
 */
import { Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { NetTransport } from '../net-transport.ts'
import { STREAM_INTERNALS, type StreamHandle, type WriteRequest } from '../stream-handle.ts'

export interface HeldWrites {
  /** Octets that are held back now. */
  readonly length: number
  /** Everything goes out in order, and nothing is held any more. */
  release(): void
}

/** Holds every write of these sockets until `release`. */
export function holdWrites(isHeld: (socket: Socket) => boolean): HeldWrites {
  const held: (() => void)[] = []
  let length = 0
  let isHolding = true
  interceptWrites((socket, count, go) => {
    if (!isHolding || !isHeld(socket)) return go()
    length += count
    held.push(go)
  })
  const release = (): void => {
    isHolding = false
    length = 0
    for (const go of held.splice(0)) go()
  }
  onTestFinished(release)
  return {
    get length() {
      return length
    },
    release
  }
}

/** Lets each write of these sockets wait for `delayMs()`; 0: not at all. */
export function delayWrites(isDelayed: (socket: Socket) => boolean, delayMs: () => number): void {
  interceptWrites((socket, _count, go) => {
    const delay = isDelayed(socket) ? delayMs() : 0
    if (delay > 0) setTimeout(go, delay)
    else go()
  })
}

/** The end of a connection that this process accepted on `port`. */
export function acceptedOn(port: number): (socket: Socket) => boolean {
  return (socket) => socket.localPort === port
}

/** The end of a connection that this process made to `port`. */
export function connectedTo(port: number): (socket: Socket) => boolean {
  return (socket) => socket.remotePort === port
}

/** Decides about a write: `go` hands it to the real kernel; the octets are only read then. */
type TakeWrite = (socket: Socket, count: number, go: () => void) => void

function interceptWrites(take: TakeWrite): void {
  interceptSocketWrites(take)
  interceptHandleWrites(take)
}

function interceptSocketWrites(take: TakeWrite): void {
  const { prototype } = Socket as { prototype: Required<Socket> }
  const { _write: write, _writev: writev } = prototype
  prototype._write = function (this: Socket, chunk: string | Buffer, encoding, taken) {
    take(this, chunk.length, () => write.call(this, chunk, encoding, taken))
  }
  prototype._writev = function (this: Socket, chunks, taken) {
    const count = chunks.reduce((sum, { chunk }) => sum + (chunk as string | Buffer).length, 0)
    take(this, count, () => writev.call(this, chunks, taken))
  }
  onTestFinished(() => {
    prototype._write = write
    prototype._writev = writev
  })
}

type Handle = StreamHandle<NetTransport>
type Request = WriteRequest<NetTransport>
type HandleWrite = (this: Handle, request: Request, data: string & Uint8Array) => number

const ECANCELED = -125

/** Writes of one handle leave in order: each waits for those before it. */
class HeldHandle {
  readonly #waiting: (() => void)[] = []

  /** Returns null when the write may be made at once. */
  hold(take: (go: () => void) => void, write: () => void): 0 | null {
    let isAtOnce = true
    let hasGone = false
    const offer = (): void =>
      take(() => {
        hasGone = true
        if (isAtOnce) return
        write()
        this.#waiting.shift()
        this.#waiting[0]?.()
      })
    if (this.#waiting.length === 0) {
      offer()
      if (hasGone) return null
    }
    isAtOnce = false
    this.#waiting.push(offer)
    return 0
  }
}

function interceptHandleWrites(take: TakeWrite): void {
  const { binding } = process as unknown as {
    binding(name: 'tcp_wrap'): { readonly TCP: { readonly prototype: Record<string, HandleWrite> } }
  }
  const { prototype } = binding('tcp_wrap').TCP
  const handles = new WeakMap<Handle, HeldHandle>()
  for (const name of ['writeLatin1String', 'writeBuffer'] as const) {
    const original = prototype[name]!
    prototype[name] = function (request, data) {
      const socket = this.relayOwner?.socket
      if (socket === undefined) return original.call(this, request, data)
      const held = handles.get(this) ?? new HeldHandle()
      handles.set(this, held)
      const write = (): void => writeLate(socket, request, (own) => original.call(this, own, data))
      const outcome = held.hold((go) => take(socket, data.length, go), write)
      if (outcome === null) return original.call(this, request, data)
      const { state, lastWriteWasAsync } = STREAM_INTERNALS!
      state[lastWriteWasAsync] = 1
      return 0
    }
    onTestFinished(() => void delete prototype[name])
  }
}

/** Makes the write with a request of its own and completes the one that was kept waiting. */
function writeLate(socket: Socket, request: Request, write: (own: Request) => number): void {
  const complete = (status: number): void => request.oncomplete?.call(request, status)
  if (socket.destroyed) return complete(ECANCELED)
  const { WriteWrap, state, lastWriteWasAsync } = STREAM_INTERNALS!
  const own: Request = new WriteWrap()
  const status = write(own)
  if (status === 0 && state[lastWriteWasAsync] === 1) own.oncomplete = complete
  else setImmediate(() => complete(socket.destroyed ? ECANCELED : status))
}
