/**
 * The request store on files: an append-only log in segments with a checksum per record, group
 * commit, journals of outcomes, and a memory of about one octet per entry. What is on the disk,
 * and what happens in each kind of damage, is in docs/reference/buffer-files.md.
 */
import type { Clock } from '../time/clock.ts'
import { AppendQueue } from './append-queue.ts'
import { Appender } from './appender.ts'
import { Compaction } from './compaction.ts'
import type { Disk, DirectoryLock } from './disk.ts'
import { EntryFinder } from './entry-finder.ts'
import { EntryReader } from './entry-reader.ts'
import { FIXED_BYTES, recordBytesOf } from './entry-record.ts'
import { isLive, mayBecome, STATE, type StateCode } from './entry-states.ts'
import { HEADER_BYTES } from './file-header.ts'
import { Housekeeping } from './housekeeping.ts'
import { INDEX_ENTRY_BYTES } from './index-entry.ts'
import { IndexReader } from './index-reader.ts'
import { nodeDisk } from './node-disk.ts'
import { OUTCOME_BYTES } from './outcome-record.ts'
import { OutcomeQueue } from './outcome-queue.ts'
import type {
  Attempt,
  Entry,
  EntryHead,
  EntryQuery,
  NewEntry,
  Outcome,
  PendingEntry,
  Receipt,
  RequestStore,
  StoreStats
} from './request-store.ts'
import { Room } from './room.ts'
import type { SegmentList } from './segment-list.ts'
import type { StoreContext } from './store-context.ts'
import { openDirectory, type OpenedStore } from './store-opening.ts'
import type { StoreOptions } from './store-options.ts'
import { StoreRefusal } from './store-refusal.ts'

const MIN_MAX_BYTES = 1_000_000
const MIN_SEGMENT_BYTES = 64 * 1024
const MAX_SEGMENT_BYTES = 64 * 1024 * 1024
/** A buffer has at least so many segments, so that it can give octets back while it is full. */
const SEGMENTS = 8
/** Bodies in memory that wait for the disk. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
const MAX_QUARANTINE_BYTES = 64 * 1024 * 1024

/** How large a segment may become. An entry cannot be larger. */
export function segmentBytesOf(maxBytes: number): number {
  const part = Math.floor(Math.max(maxBytes, MIN_MAX_BYTES) / SEGMENTS)
  return Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, part))
}

export class RequestLog implements RequestStore {
  readonly #maxBytes: number
  readonly #segmentBytes: number
  readonly #clock: Clock
  readonly #context: StoreContext
  readonly #lock: DirectoryLock
  readonly #segments: SegmentList
  readonly #opened: OpenedStore
  readonly #outcomes: OutcomeQueue
  readonly #reader: EntryReader
  readonly #finder: EntryFinder
  readonly #appender: Appender
  readonly #queue: AppendQueue
  readonly #housekeeping: Housekeeping
  readonly #room: Room
  readonly #replays = new Map<number, Promise<Receipt | null>>()
  readonly #counts = { delivered: 0, expired: 0, deleted: 0 }
  /** The last entry that was refused for want of room: nothing was appended since. */
  #refusedBytes: number | null = null
  /** Of one record. */
  readonly #mostBytes: number
  #promisedBytes = 0
  #closing: Promise<void> | null = null
  onAppended: (() => void) | null = null

  /** Rejects with BUFFER_LOCKED, BUFFER_FORMAT or BUFFER_UNUSABLE; then nothing is held. */
  static async open(options: StoreOptions, disk: Disk = nodeDisk): Promise<RequestLog> {
    const maxBytes = Math.max(options.maxBytes, MIN_MAX_BYTES)
    const quarantineBytes = Math.min(MAX_QUARANTINE_BYTES, Math.floor(maxBytes / SEGMENTS))
    const opened = await openDirectory(options, disk, quarantineBytes)
    return new RequestLog(options, maxBytes, opened)
  }

  private constructor(options: StoreOptions, maxBytes: number, opened: OpenedStore) {
    const { context, segments, statuses, numbering, quarantine } = opened
    this.#maxBytes = maxBytes
    this.#segmentBytes = segmentBytesOf(maxBytes)
    this.#mostBytes = this.#segmentBytes - HEADER_BYTES
    this.#clock = options.clock
    this.#context = context
    this.#lock = opened.lock
    this.#segments = segments
    this.#opened = opened
    const index = new IndexReader(context)
    const [clock, intervalMs] = [options.clock, options.fsyncIntervalMs]
    const onWritten = (): void => this.#housekeeping.wake()
    this.#outcomes = new OutcomeQueue({ context, segments, index, intervalMs, onWritten })
    const outcomes = this.#outcomes
    this.#reader = new EntryReader({ context, segments, index, outcomes, quarantine })
    const reader = this.#reader
    this.#finder = new EntryFinder({ context, segments, index, reader, statuses })
    this.#appender = this.#appenderOf(numbering)
    const limits = { intervalMs, everyCount: options.fsyncEveryCount }
    this.#queue = new AppendQueue((take) => this.#appender.commit(take), clock, limits)
    this.#room = new Room(
      maxBytes,
      () => this.#usedBytes(),
      () => this.#appender.refusal === null
    )
    this.#housekeeping = new Housekeeping({
      ...{ context, segments, outcomes, statuses, numbering, segmentBytes: this.#segmentBytes },
      compaction: new Compaction({ context, segments, index, reader, outcomes }),
      isPressed: () => this.#isPressed(),
      roll: () => this.#appender.roll(),
      onFreed: () => {
        this.#promise()
        this.#room.offer()
      }
    })
    this.#promise()
    this.#housekeeping.wake()
  }

  append(entry: NewEntry): Promise<Receipt> {
    const bytes = recordBytesOf(entry)
    const refusal = this.#refusalOf(bytes)
    return refusal === null ? this.#queue.add(entry, bytes) : Promise.reject(refusal)
  }

  async roomFor(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#closing !== null) throw closing()
    const recordBytes = bytes + FIXED_BYTES
    if (recordBytes > this.#mostBytes) throw tooLarge(recordBytes, this.#mostBytes)
    const waiting = this.#room.wait(recordBytes, signal)
    this.#housekeeping.wake()
    await waiting
  }

  pendingAfter(seq: number, limit: number): Promise<readonly PendingEntry[]> {
    return this.#finder.pendingAfter(seq, limit)
  }

  read(seq: number): Promise<Entry | null> {
    const place = this.#segments.placeOf(seq)
    if (place === null || !place.segment.isLiveAt(place.ordinal)) return Promise.resolve(null)
    return this.#reader.entry(seq)
  }

  attempted(seq: number, attempt: Attempt): void {
    const place = this.#segments.placeOf(seq)
    if (place === null) return
    const { states } = place.segment
    if (states.stateAt(place.ordinal) !== STATE.pending) return
    states.setAttempts(place.ordinal, attempt.attempts)
    const atMs = this.#clock.wallNow()
    this.#outcomes.add(seq, { ...attempt, state: STATE.pending, atMs, replayedAs: null })
  }

  settle(seq: number, outcome: Outcome): void {
    const status = 'status' in outcome ? outcome.status : 0
    const reason = 'reason' in outcome ? outcome.reason : ''
    const isNew = this.#become(seq, STATE[outcome.kind], { status, reason, replayedAs: null })
    if (isNew && outcome.kind !== 'dead') this.#counts[outcome.kind] += 1
  }

  settled(): Promise<void> {
    return this.#outcomes.flush()
  }

  replay(seq: number): Promise<Receipt | null> {
    const running = this.#replays.get(seq)
    if (running !== undefined) return running
    const replay = this.#replay(seq).finally(() => this.#replays.delete(seq))
    this.#replays.set(seq, replay)
    return replay
  }

  find(id: string): Promise<EntryHead | null> {
    return this.#finder.find(id)
  }

  list(query: EntryQuery): Promise<readonly EntryHead[]> {
    return this.#finder.list(query)
  }

  stats(): StoreStats {
    const { all } = this.#segments
    const pending = this.#segments.sum(({ pendingCount }) => pendingCount)
    const dead = this.#segments.sum(({ deadCount }) => deadCount)
    const liveBytes = this.#segments.sum((segment) => segment.liveBytes)
    return {
      ...{ pending, dead, segments: all.length },
      pendingBytes: pending === 0 ? 0 : Math.round((liveBytes * pending) / (pending + dead)),
      ...{ diskBytes: this.#context.usage.bytes, maxBytes: this.#maxBytes },
      oldestPendingAtMs: pending === 0 ? null : this.#finder.oldestPendingAtMs(),
      ...this.#appender.counts,
      ...this.#counts,
      quarantined: this.#opened.quarantine.count,
      refusal: this.#refusalText()
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#room.close(closing())
    await this.#queue.idle()
    await this.#appender.close()
    await this.#housekeeping.close()
    await this.#outcomes.close()
    await this.#context.files.close()
    // What cannot be removed now is taken over by the next process.
    await this.#lock.release().catch(() => undefined)
  }

  #appenderOf(numbering: OpenedStore['numbering']): Appender {
    return new Appender(this.#context, {
      ...{ segments: this.#segments, numbering, segmentBytes: this.#segmentBytes },
      hooks: {
        onClosed: () => this.#housekeeping.wake(),
        onAppended: () => {
          this.#promise()
          this.#refusedBytes = null
          this.onAppended?.()
        },
        onRecovered: () => this.#room.offer()
      }
    })
  }

  async #replay(seq: number): Promise<Receipt | null> {
    const entry = await this.read(seq)
    if (entry?.state !== 'dead') return null
    // It lives as long again as it was given at first; it is as old as it is.
    const expiresAtMs = this.#clock.wallNow() + (entry.expiresAtMs - entry.receivedAtMs)
    const receipt = await this.append({ ...entry, expiresAtMs })
    this.#become(seq, STATE.replayed, { status: 0, reason: '', replayedAs: receipt.seq })
    await this.#outcomes.flush()
    return receipt
  }

  /** false: it was settled before, or never known. */
  #become(
    seq: number,
    state: StateCode,
    word: { readonly status: number; readonly reason: string; readonly replayedAs: number | null }
  ): boolean {
    const place = this.#segments.placeOf(seq)
    if (place === null) return false
    const { segment, ordinal } = place
    if (!mayBecome(segment.states.stateAt(ordinal), state)) return false
    segment.changeState(ordinal, state)
    const attempts = segment.states.attemptsAt(ordinal)
    this.#outcomes.add(seq, { ...word, state, attempts, atMs: this.#clock.wallNow() })
    if (!isLive(state)) this.#housekeeping.wake()
    return true
  }

  #refusalOf(bytes: number): StoreRefusal | null {
    if (this.#closing !== null) return closing()
    if (bytes > this.#mostBytes) return tooLarge(bytes, this.#mostBytes)
    if (this.#appender.refusal !== null) return this.#appender.refusal
    const isSlow =
      this.#queue.waitingBytes > 0 && this.#queue.waitingBytes + bytes > MAX_WAITING_BYTES
    if (!isSlow && this.#room.has(bytes)) return null
    this.#refusedBytes = bytes
    this.#housekeeping.wake()
    const why = isSlow
      ? `${this.#queue.waitingBytes} octets wait for the disk already`
      : `its ${this.#maxBytes} octets are used`
    return new StoreRefusal('full', `The buffer is full: ${why}.`)
  }

  #usedBytes(): number {
    return this.#context.usage.bytes + this.#promisedBytes + this.#queue.waitingBytes
  }

  /** What entries that are there will still need; looked at once per group, not per entry. */
  #promise(): void {
    this.#promisedBytes = this.#segments.sum(
      ({ liveCount, growing }) =>
        liveCount * OUTCOME_BYTES + (growing?.count ?? 0) * INDEX_ENTRY_BYTES
    )
  }

  /** Before anybody is refused: as soon as less than a segment is free. */
  #isPressed(): boolean {
    return this.#room.isWaitedFor || !this.#room.has(this.#segmentBytes)
  }

  #refusalText(): string | null {
    if (this.#closing !== null) return 'the store is closing'
    const { refusal } = this.#appender
    if (refusal !== null) return refusal.kind === 'no_space' ? 'the disk is full' : 'the disk fails'
    const isFull = this.#refusedBytes !== null && !this.#room.has(this.#refusedBytes)
    return isFull || this.#room.isWaitedFor ? 'the buffer is full' : null
  }
}

function tooLarge(bytes: number, mostBytes: number): StoreRefusal {
  const message = `The request has ${bytes} octets; the buffer takes at most ${mostBytes}.`
  return new StoreRefusal('too_large', message)
}

function closing(): StoreRefusal {
  return new StoreRefusal('closing', 'The buffer is closing and takes no requests.')
}
