/**
 * Where sockets read to. One shared buffer serves every connection that exchanges short
 * messages: its octets are consumed or copied before the read callback returns, so no
 * write may ever keep a reference to it. Long bodies get a buffer of their own, which may
 * be written by reference because its socket is paused while a write of it is pending.
 */

const SHARED_BYTES = 64 * 1024
const BULK_BYTES = 256 * 1024
const MAX_FREE_BULK = 64

export const SHARED_READ_BUFFER: Buffer = Buffer.allocUnsafeSlow(SHARED_BYTES)

const freeBulk: Buffer[] = []

export function takeBulkBuffer(): Buffer {
  return freeBulk.pop() ?? Buffer.allocUnsafeSlow(BULK_BYTES)
}

/** Only after every write of its octets has completed. */
export function releaseBulkBuffer(buffer: Buffer): void {
  if (freeBulk.length < MAX_FREE_BULK) freeBulk.push(buffer)
}
