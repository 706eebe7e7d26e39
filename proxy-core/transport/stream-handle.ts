/**
 * What lies under a `net.Socket`: libuv's stream, as Node's own streams drive it. Writing to it
 * directly leaves out a queue that the kernel's buffer makes superfluous, and reading from it the
 * stream's events: together about a tenth of a small request (`docs/performance.md`).
 *
 * It is reached through `process.binding`, which Node calls deprecated (DEP0111) without a date
 * for its end. So it is looked at before it is used: where it has another shape, or where
 * SWITCHYARD_PUBLIC_SOCKETS is set, the public interface of `net` serves alone.
 */
import { getSystemErrorName } from 'node:util'

/** A TCP handle of Node's; `Owner` is what its user has put there. */
export interface StreamHandle<Owner> {
  relayOwner?: Owner
  /**
   * The length or error stands in `StreamInternals.state`. Under `onread` of `net.Socket` the
   * octets are in its buffer, and a buffer that is returned takes the place of that one.
   */
  onread: (this: StreamHandle<Owner>, arrayBuffer: ArrayBuffer | undefined) => unknown
  /** Octets in libuv's queue. */
  readonly writeQueueSize: number
  /** Returns 0 or a negative errno; what the kernel does not take at once waits in libuv. */
  writeLatin1String(request: WriteRequest<Owner>, text: string): number
  writeBuffer(request: WriteRequest<Owner>, bytes: Uint8Array): number
}

/** One write that waits. libuv touches it only then, so one that did not can be used again. */
export interface WriteRequest<Owner> {
  oncomplete?: (this: WriteRequest<Owner>, status: number) => void
  relayOwner?: Owner
  /** Keeps the octets alive. */
  buffer?: Uint8Array
  /** Called when the octets have left, or never will. */
  written?: (() => void) | null
}

interface StreamInternals {
  readonly WriteWrap: new <Owner>() => WriteRequest<Owner>
  /** Results of the last operation of any stream. */
  readonly state: Int32Array
  readonly readBytesOrError: number
  readonly lastWriteWasAsync: number
}

/** null: only the public interface is there. */
export const STREAM_INTERNALS: StreamInternals | null = findInternals()

function findInternals(): StreamInternals | null {
  if (process.env['SWITCHYARD_PUBLIC_SOCKETS'] !== undefined) return null
  try {
    const { binding } = process as unknown as { binding(name: string): Record<string, unknown> }
    const { WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } =
      binding('stream_wrap')
    const isKnown =
      typeof WriteWrap === 'function' &&
      streamBaseState instanceof Int32Array &&
      isIndex(kReadBytesOrError, streamBaseState) &&
      isIndex(kLastWriteWasAsync, streamBaseState)
    if (!isKnown) return null
    return {
      WriteWrap: WriteWrap as StreamInternals['WriteWrap'],
      state: streamBaseState,
      readBytesOrError: kReadBytesOrError,
      lastWriteWasAsync: kLastWriteWasAsync
    }
  } catch {
    // Node took it away, or a policy forbids it: the public interface is as good, if slower.
    return null
  }
}

function isIndex(value: unknown, array: Int32Array): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < array.length
}

/** Whether a handle can be driven directly. */
export function isStreamHandle<Owner>(handle: unknown): handle is StreamHandle<Owner> {
  if (STREAM_INTERNALS === null || typeof handle !== 'object' || handle === null) return false
  const { onread, writeLatin1String, writeBuffer } = handle as Record<string, unknown>
  return [onread, writeLatin1String, writeBuffer].every((member) => typeof member === 'function')
}

/** As Node reports a failed write. */
export function writeError(errno: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(errno)
  return Object.assign(new Error(`write ${code}`), { errno, code, syscall: 'write' })
}
