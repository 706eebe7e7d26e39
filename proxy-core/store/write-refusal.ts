/**
 * While the disk does not take anything: why, and when it is tried again. A disk that fails is
 * asked less and less often.
 */
import type { Clock, Timer } from '../time/clock.ts'
import { systemCodeOf } from './disk.ts'
import { reasonOf } from './store-context.ts'
import { StoreRefusal } from './store-refusal.ts'

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 30_000
/** Codes that mean that there is no room, rather than that the disk fails. */
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

export class WriteRefusal {
  readonly #clock: Clock
  /** Writes something; calls `end()` when it succeeded, `begin()` when not. */
  readonly #retry: () => void
  #current: StoreRefusal | null = null
  #retryMs = FIRST_RETRY_MS
  #timer: Timer | null = null
  #isClosed = false

  constructor(clock: Clock, retry: () => void) {
    this.#clock = clock
    this.#retry = retry
  }

  /** null: entries are taken. */
  get current(): StoreRefusal | null {
    return this.#current
  }

  /** true: they were taken until now. */
  begin(error: unknown): boolean {
    const isNew = this.#current === null
    this.#current = refusalOf(error)
    this.#timer?.cancel()
    this.#timer = null
    if (this.#isClosed) return isNew
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null
      this.#retry()
    }, this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
    return isNew
  }

  /** The next failure waits as long again as the last one: only an entry proves the disk. */
  end(): void {
    this.#current = null
  }

  /** An entry is on the disk. */
  prove(): void {
    this.#retryMs = FIRST_RETRY_MS
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = null
  }
}

export function isNoSpace(error: unknown): boolean {
  return NO_SPACE.has(systemCodeOf(error))
}

export function refusalOf(error: unknown): StoreRefusal {
  const message = `The buffer could not be written: ${reasonOf(error)}.`
  return new StoreRefusal(isNoSpace(error) ? 'no_space' : 'disk', message, { cause: error })
}
