/**
 * A kernel whose send buffer is full: what chosen sockets of this process write stays pending
 * until the test lets it go. Real peers fill megabytes of buffers before that happens.
 */
import { Socket } from 'node:net'
import { onTestFinished, vi } from 'vitest'

export interface HeldWrites {
  /** Octets that are held back now. */
  readonly length: number
  /** Everything goes out in order, and nothing is held any more. */
  release(): void
}

export function holdWrites(isHeld: (socket: Socket) => boolean): HeldWrites {
  const held: (() => void)[] = []
  let length = 0
  let isHolding = true
  const { _write: write, _writev: writev } = Socket.prototype
  const writeSpy = vi.spyOn(Socket.prototype, '_write')
  writeSpy.mockImplementation(function (this: Socket, chunk: string | Buffer, encoding, taken) {
    const go = (): void => write.call(this, chunk, encoding, taken)
    if (!isHolding || !isHeld(this)) return go()
    length += chunk.length
    held.push(go)
  })
  const writevSpy = vi.spyOn(Socket.prototype as Required<Socket>, '_writev')
  writevSpy.mockImplementation(function (this: Socket, chunks, taken) {
    const go = (): void => writev!.call(this, chunks, taken)
    if (!isHolding || !isHeld(this)) return go()
    for (const { chunk } of chunks as { chunk: string | Buffer }[]) length += chunk.length
    held.push(go)
  })
  const release = (): void => {
    isHolding = false
    length = 0
    for (const go of held.splice(0)) go()
  }
  onTestFinished(() => {
    release()
    writeSpy.mockRestore()
    writevSpy.mockRestore()
  })
  return {
    get length() {
      return length
    },
    release
  }
}

/** The end of a connection that this process accepted on `port`. */
export function acceptedOn(port: number): (socket: Socket) => boolean {
  return (socket) => socket.localPort === port
}

/** The end of a connection that this process made to `port`. */
export function connectedTo(port: number): (socket: Socket) => boolean {
  return (socket) => socket.remotePort === port
}
