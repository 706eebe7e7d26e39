/**
 * What is known about one host name, shared by every backend that uses it: the last good
 * set of addresses, the error if the latest look-up failed, and when to look again.
 */
import type { Clock, Timer } from '../time/clock.ts'
import { lookupTimeoutReason, type LookupListener, type LookupQueue } from './lookup-queue.ts'

export interface HostRecordDependencies {
  readonly clock: Clock
  readonly queue: LookupQueue
  readonly intervalMs: () => number
  /** The set or the error state changed; not called again for more of the same. */
  readonly changed: (record: HostRecord) => void
}

export class HostRecord implements LookupListener {
  readonly host: string
  /** Settles when the first look-up has succeeded, failed or timed out. */
  readonly firstResolution: Promise<void>

  readonly #deps: HostRecordDependencies
  readonly #hadFirstResolution: () => void
  #addresses: readonly string[] = []
  #error: string | null = null
  #timer: Timer | null = null
  #firstTimer: Timer | null = null
  #isClosed = false

  constructor(host: string, deps: HostRecordDependencies) {
    this.host = host
    this.#deps = deps
    const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers()
    this.firstResolution = promise
    this.#hadFirstResolution = resolve
  }

  /** The last good set; empty until the name has resolved once. */
  get addresses(): readonly string[] {
    return this.#addresses
  }
  /** null when the latest look-up succeeded or none has ended yet. */
  get error(): string | null {
    return this.#error
  }
  get isSettled(): boolean {
    return this.#addresses.length > 0 || this.#error !== null
  }

  /** `startLimitMs`: after this time `firstResolution` settles although the queue was too long. */
  start(startLimitMs: number): void {
    this.#firstTimer = this.#deps.clock.setTimeout(() => {
      if (!this.isSettled) this.lookupFailed(lookupTimeoutReason(this.host, startLimitMs))
    }, startLimitMs)
    this.#deps.queue.add(this)
  }

  /** The interval changed: the wait that is running starts anew. */
  rearm(): void {
    if (this.#timer !== null) this.#wait()
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = null
    this.#deps.queue.remove(this)
    this.#settleFirst()
  }

  lookupDone(addresses: readonly string[]): void {
    if (this.#isClosed) return
    const isNewSet = !isSameSet(this.#addresses, addresses)
    const hadError = this.#error !== null
    // The same set in another order (DNS round robin) is no change.
    if (isNewSet) this.#addresses = [...addresses]
    this.#error = null
    this.#settleFirst()
    if (isNewSet || hadError) this.#deps.changed(this)
  }

  lookupFailed(reason: string): void {
    if (this.#isClosed) return
    const hadError = this.#error !== null
    this.#error = reason
    this.#settleFirst()
    if (!hadError) this.#deps.changed(this)
  }

  lookupEnded(): void {
    if (!this.#isClosed) this.#wait()
  }

  #wait(): void {
    this.#timer?.cancel()
    this.#timer = this.#deps.clock.setTimeout(() => {
      this.#timer = null
      this.#deps.queue.add(this)
    }, this.#deps.intervalMs())
  }

  #settleFirst(): void {
    this.#firstTimer?.cancel()
    this.#firstTimer = null
    this.#hadFirstResolution()
  }
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  const known = new Set(left)
  return new Set(right).size === known.size && right.every((address) => known.has(address))
}
