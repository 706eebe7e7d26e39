/**
 * Memory for groups on their way to the disk, used again and again: fresh memory for each would
 * lift the resident size far above what is in use.
 */

/** Larger groups get memory of their own. */
const KEPT_BYTES = 1024 * 1024
/** One group is written while the next one is encoded. */
const MAX_FREE = 2

export class GroupBuffers {
  readonly #free: Buffer[] = []

  /** At least so many octets, with anything in them. */
  take(bytes: number): Buffer {
    if (bytes > KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes)
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(KEPT_BYTES)
  }

  /** When nothing reads it any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length === KEPT_BYTES && this.#free.length < MAX_FREE) this.#free.push(buffer)
  }
}
