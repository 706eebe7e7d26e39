/**
 * Group commit: entries that come while an fsync runs share the next one. When the disk is idle
 * a group waits for those who are likely to come at once (as many as the last time), but no longer
 * than half of what the last fsync took. So waiting pays where an fsync is slow; where it is fast,
 * it runs while the others are still on their way; and a client alone waits for nobody.
 */
import type { Clock, Timer } from '../time/clock.ts'
import type { NewEntry, Receipt } from './request-store.ts'

/** Octets that go out in one write. */
const GROUP_BYTES = 16 * 1024 * 1024
const GROUP_ENTRIES = 1024

export interface WaitingAppend {
  readonly entry: NewEntry
  /** Of its record. */
  readonly bytes: number
  resolve(receipt: Receipt): void
  reject(error: Error): void
}

/** The next group; the one before is on the disk, or refused. Empty: nothing waits. */
export type TakeGroup = () => readonly WaitingAppend[]

export interface QueueLimits {
  /** 0 = not at all. */
  readonly intervalMs: number
  readonly everyCount: number
}

export class AppendQueue {
  readonly #commit: (take: TakeGroup) => Promise<void>
  readonly #clock: Clock
  readonly #limits: QueueLimits
  #waiting: WaitingAppend[] = []
  #waitingBytes = 0
  #state: 'idle' | 'gathering' | 'committing' = 'idle'
  #timer: Timer | null = null
  #taken: readonly WaitingAppend[] = []
  #takenMs = 0
  #sinceMs = 0
  #lastCount = 1
  #lastMs = 0
  #whenIdle: (() => void)[] = []

  /** `commit` takes group after group until none is left, settles every append of them, never rejects. */
  constructor(commit: (take: TakeGroup) => Promise<void>, clock: Clock, limits: QueueLimits) {
    this.#commit = commit
    this.#clock = clock
    this.#limits = limits
  }

  /** Octets that wait or are being written. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  add(entry: NewEntry, bytes: number): Promise<Receipt> {
    return new Promise<Receipt>((resolve, reject) => {
      this.#waiting.push({ entry, bytes, resolve, reject })
      this.#waitingBytes += bytes
      if (this.#state === 'idle') this.#gather()
      else if (this.#timer !== null && this.#isDue()) this.#start()
    })
  }

  /** Resolves when everything that waits has been settled. */
  idle(): Promise<void> {
    if (this.#state === 'idle') return Promise.resolve()
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  /** Connections that are read in the same turn of the loop share a group. */
  #gather(): void {
    this.#state = 'gathering'
    this.#sinceMs = this.#clock.now()
    setImmediate(() => {
      const restMs = this.#sinceMs + this.#patienceMs() - this.#clock.now()
      // A timer is not finer than this.
      if (restMs < 1 || this.#isDue()) this.#start()
      else this.#timer = this.#clock.setTimeout(() => this.#start(), restMs)
    })
  }

  #isDue(): boolean {
    const { length } = this.#waiting
    if (length >= this.#lastCount || length >= this.#limits.everyCount) return true
    return this.#clock.now() - this.#sinceMs >= this.#patienceMs()
  }

  #patienceMs(): number {
    return Math.min(this.#limits.intervalMs, this.#lastMs / 2)
  }

  #start(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#state = 'committing'
    void this.#run()
  }

  async #run(): Promise<void> {
    do {
      await this.#commit(() => this.#take())
      this.#finish()
    } while (this.#waiting.length > 0)
    this.#state = 'idle'
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #take(): readonly WaitingAppend[] {
    this.#finish()
    this.#taken = this.#nextGroup()
    this.#takenMs = this.#clock.now()
    return this.#taken
  }

  /** The group that was taken last is settled. */
  #finish(): void {
    if (this.#taken.length === 0) return
    this.#lastMs = this.#clock.now() - this.#takenMs
    this.#lastCount = this.#taken.length
    for (const { bytes } of this.#taken) this.#waitingBytes -= bytes
    this.#taken = []
  }

  #nextGroup(): readonly WaitingAppend[] {
    let count = 0
    let bytes = 0
    for (const waiting of this.#waiting) {
      if (count > 0 && (bytes + waiting.bytes > GROUP_BYTES || count === GROUP_ENTRIES)) break
      count += 1
      bytes += waiting.bytes
    }
    return this.#waiting.splice(0, count)
  }
}
