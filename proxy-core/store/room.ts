/** Whether there is room for one more entry, and who waits for it: first in, first out. */
import { OUTCOME_BYTES } from './outcome-record.ts'
import { INDEX_ENTRY_BYTES } from './index-entry.ts'

/** What an entry takes beside its record: its place in the index, and its end in the journal. */
export const ENTRY_OVERHEAD_BYTES = INDEX_ENTRY_BYTES + OUTCOME_BYTES

interface Waiter {
  readonly bytes: number
  resolve(): void
  reject(error: unknown): void
}

export class Room {
  readonly #maxBytes: number
  /** Octets that are taken, or promised to entries that are there. */
  readonly #usedBytes: () => number
  /** Whether entries are written at all now. */
  readonly #isTaking: () => boolean
  #waiters: Waiter[] = []

  constructor(maxBytes: number, usedBytes: () => number, isTaking: () => boolean) {
    this.#maxBytes = maxBytes
    this.#usedBytes = usedBytes
    this.#isTaking = isTaking
  }

  get isWaitedFor(): boolean {
    return this.#waiters.length > 0
  }

  /** `bytes`: of the record. */
  has(bytes: number): boolean {
    return this.#usedBytes() + bytes + ENTRY_OVERHEAD_BYTES <= this.#maxBytes
  }

  /** Resolves when there is room; rejects with the signal's reason. */
  async wait(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#waiters.length === 0 && this.#isTaking() && this.has(bytes)) return
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters = this.#waiters.filter((one) => one !== waiter)
        waiter.reject(signal.reason)
      }
      const release = (): void => signal.removeEventListener('abort', onAbort)
      const waiter: Waiter = {
        bytes,
        resolve: () => {
          release()
          resolve()
        },
        reject: (error) => {
          release()
          reject(error as Error)
        }
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiters.push(waiter)
    })
  }

  /** Something was removed, or the disk is back: as many go as fit together. */
  offer(): void {
    let promisedBytes = 0
    while (this.#waiters.length > 0 && this.#isTaking()) {
      const [first] = this.#waiters
      if (!this.has(promisedBytes + first!.bytes)) return
      promisedBytes += first!.bytes + ENTRY_OVERHEAD_BYTES
      this.#waiters.shift()
      first!.resolve()
    }
  }

  /** Nobody is let in any more. */
  close(error: Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
  }
}
