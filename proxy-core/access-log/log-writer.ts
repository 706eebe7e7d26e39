/**
 * Collects lines and writes them in batches, off the event loop. Traffic never waits for
 * it: when the destination is slower than the traffic, memory stays bounded, lines are
 * dropped and their number is reported.
 */
import type { EventSink } from '../model/engine-event.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { LogDestination } from './log-destination.ts'

export interface LogLimits {
  /** A batch of this many bytes is written at once. */
  readonly batchBytes: number
  /** Lines wait at most this long for their batch. */
  readonly flushMs: number
  /** Lines that wait while a write runs; more are dropped. */
  readonly bufferBytes: number
  /** Dropped lines are reported together, at most once in this time. */
  readonly reportMs: number
  /** How long `close()` waits for the destination. */
  readonly closeMs: number
}

export const LOG_LIMITS: LogLimits = {
  batchBytes: 64 * 1024,
  flushMs: 200,
  bufferBytes: 4 * 1024 * 1024,
  reportMs: 10_000,
  closeMs: 1000
}

interface RunningWrite {
  readonly descriptor: number
  readonly bytes: Buffer
  readonly lines: number
  offset: number
}

const LINE_FEED = 0x0a
const FIRST_RETRY_MS = 1

export class LogWriter {
  readonly #destination: LogDestination
  readonly #clock: Clock
  readonly #emit: EventSink
  readonly #limits: LogLimits
  readonly #buffer: Buffer
  #descriptor: number
  #batch = ''
  #batchLines = 0
  #running: RunningWrite | null = null
  #flushTimer: Timer | null = null
  #retryTimer: Timer | null = null
  #retryMs = FIRST_RETRY_MS
  #reportTimer: Timer | null = null
  #dropped = 0
  #isFailing = false
  /** A write broke in the middle of a line: the next one begins a new line first. */
  #isTorn = false
  #deadline: Timer | null = null
  #finish: (() => void) | null = null
  #isClosed = false

  /** Throws ACCESS_LOG_UNWRITABLE. */
  constructor(
    destination: LogDestination,
    deps: { readonly clock: Clock; readonly emit: EventSink; readonly limits?: LogLimits }
  ) {
    this.#destination = destination
    this.#clock = deps.clock
    this.#emit = deps.emit
    this.#limits = deps.limits ?? LOG_LIMITS
    this.#buffer = Buffer.allocUnsafe(this.#limits.batchBytes * 2)
    this.#descriptor = destination.open()
  }

  /** `line`: ASCII with its line feed. After `close()` it is ignored: nobody wants it any more. */
  add(line: string): void {
    if (this.#isClosed) return
    if (this.#batch.length + line.length > this.#limits.bufferBytes) {
      this.#drop(1)
      return
    }
    this.#batch += line
    this.#batchLines++
    if (this.#running === null) this.#schedule()
  }

  /** For log rotation. A failure is reported and the old file stays in use. */
  reopen(): void {
    if (this.#isClosed) return
    const old = this.#descriptor
    try {
      this.#descriptor = this.#destination.open()
    } catch (error) {
      if (!(error instanceof SwitchyardError)) throw error
      this.#emit({
        kind: 'fault',
        code: error.code,
        reason: `${error.message} The old file stays in use.`
      })
      return
    }
    this.#isTorn = false
    // A running write owns its descriptor until it ends.
    const isInUse = old === this.#descriptor || old === this.#running?.descriptor
    if (!isInUse) this.#destination.close(old)
  }

  /** Writes what is left, for at most `closeMs`, and releases everything. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#flush()
    if (this.#running === null) this.#destination.close(this.#descriptor)
    else await this.#finished()
    this.#report()
  }

  async #finished(): Promise<void> {
    // The clock's timers keep no process alive, and a full pipe is waited for with nothing else.
    const hold = setInterval(() => {}, this.#limits.closeMs)
    await new Promise<void>((resolve) => {
      this.#finish = resolve
      this.#deadline = this.#clock.setTimeout(() => this.#giveUp(), this.#limits.closeMs)
    })
    clearInterval(hold)
  }

  /** A write that still runs lets the file go when it ends. */
  #giveUp(): void {
    const running = this.#running
    this.#drop((running?.lines ?? 0) + this.#batchLines)
    this.#batchLines = 0
    const finish = this.#finish
    this.#finish = null
    if (running !== null && this.#retryTimer !== null) {
      this.#retryTimer.cancel()
      this.#ended(running)
    }
    finish?.()
  }

  #schedule(): void {
    if (this.#batch.length >= this.#limits.batchBytes) this.#flush()
    else this.#flushTimer ??= this.#clock.setTimeout(() => this.#flush(), this.#limits.flushMs)
  }

  #flush(): void {
    this.#flushTimer?.cancel()
    this.#flushTimer = null
    if (this.#running !== null || this.#batchLines === 0) return
    const bytes = this.#encode(this.#isTorn ? `\n${this.#batch}` : this.#batch)
    const running = { descriptor: this.#descriptor, bytes, lines: this.#batchLines, offset: 0 }
    this.#batch = ''
    this.#batchLines = 0
    this.#running = running
    this.#write(running)
  }

  /** One write runs at a time, so batches of the usual size share one buffer. */
  #encode(text: string): Buffer {
    if (text.length > this.#buffer.length) return Buffer.from(text, 'latin1')
    return this.#buffer.subarray(0, this.#buffer.write(text, 'latin1'))
  }

  #write(running: RunningWrite): void {
    const { descriptor, bytes, offset } = running
    this.#destination.write(descriptor, bytes, offset, (error, written) => {
      if (error === null) running.offset += written
      if (written > 0) this.#retryMs = FIRST_RETRY_MS
      if (running.offset === bytes.length) this.#written(running)
      else if (error === null && written > 0) this.#write(running)
      else if (error !== null && error.code !== 'EAGAIN') this.#failed(running, error)
      else if (this.#isAbandoned) this.#ended(running)
      else this.#writeLater(running)
    })
  }

  /** A pipe is full: asked again soon, as a reader empties it, and ever less if none does. */
  #writeLater(running: RunningWrite): void {
    this.#retryTimer = this.#clock.setTimeout(() => {
      this.#retryTimer = null
      this.#write(running)
    }, this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, this.#limits.flushMs)
  }

  #written(running: RunningWrite): void {
    this.#isFailing = false
    this.#isTorn = false
    this.#ended(running)
  }

  #failed(running: RunningWrite, error: NodeJS.ErrnoException): void {
    const { bytes, offset } = running
    const isCurrent = running.descriptor === this.#descriptor
    if (offset > 0 && isCurrent) this.#isTorn = bytes[offset - 1] !== LINE_FEED
    if (!this.#isFailing) {
      const reason = `The access log ${this.#destination.name} cannot be written: ${error.message}.`
      this.#emit({ kind: 'fault', code: 'ACCESS_LOG_UNWRITABLE', reason })
    }
    this.#isFailing = true
    this.#drop(running.lines)
    this.#ended(running)
  }

  #ended(running: RunningWrite): void {
    this.#running = null
    if (running.descriptor !== this.#descriptor) this.#destination.close(running.descriptor)
    if (!this.#isClosed) {
      if (this.#batchLines > 0) this.#schedule()
    } else if (this.#batchLines > 0) {
      this.#flush()
    } else {
      this.#deadline?.cancel()
      this.#destination.close(this.#descriptor)
      this.#finish?.()
    }
  }

  /** Closed, and `close()` waits no more: what was left is already counted as dropped. */
  get #isAbandoned(): boolean {
    return this.#isClosed && this.#finish === null
  }

  #drop(lines: number): void {
    this.#dropped += lines
    if (this.#isClosed) return
    this.#reportTimer ??= this.#clock.setTimeout(() => this.#report(), this.#limits.reportMs)
  }

  #report(): void {
    this.#reportTimer?.cancel()
    this.#reportTimer = null
    if (this.#dropped === 0) return
    const reason = `${this.#dropped} lines of the access log ${this.#destination.name} were dropped.`
    this.#dropped = 0
    this.#emit({ kind: 'fault', code: 'ACCESS_LOG_DROPPED', reason })
  }
}
