/**
 * A kernel whose send buffers are full: what chosen sockets of this process write stays
 * pending for a while. Real peers fill megabytes of buffers before that happens.
 */
import { Socket } from 'node:net'
import { onTestFinished } from 'vitest'

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

/** `go` hands the write to the real kernel; the octets are only read then. */
function interceptWrites(take: (socket: Socket, count: number, go: () => void) => void): void {
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
