/**
 * A run of entries in one file: their states in memory, their places in an index, what became of
 * them in a journal beside it.
 */
import { isLive, STATE, type EntryStates, type StateCode } from './entry-states.ts'
import type { FileHeader } from './file-header.ts'
import { nameOf } from './file-names.ts'
import type { IndexEntry } from './index-entry.ts'
import type { OutcomeJournal } from './outcome-journal.ts'
import type { MemoryIndex, SegmentIndex } from './segment-index.ts'
import { pathOf, type StoreContext } from './store-context.ts'

export class Segment {
  readonly header: FileHeader
  readonly path: string
  readonly states: EntryStates
  journal: OutcomeJournal
  index: SegmentIndex
  /** While it has no index file: that one must be written before it is sealed. */
  growing: MemoryIndex | null
  /** How far its records are good and acknowledged. */
  dataBytes: number
  /** Octets of the file, with what is behind `dataBytes`. */
  fileBytes: number
  /** Octets of the index file; 0 while there is none. */
  indexBytes = 0
  /** Octets of the records that were never settled, about: outcomes are subtracted as they are written. */
  liveBytes = 0
  pendingCount = 0
  deadCount = 0
  /** Since when a good part of it is garbage; null: it is not. */
  lightSinceMs: number | null = null
  /** Whether entries may still be added. */
  isOpen: boolean
  /** Set when its file is removed or replaced: who reads it looks again. */
  isGone = false
  /** One behind the last seq that it has or had. */
  endSeq: number

  constructor(parts: {
    readonly context: StoreContext
    readonly header: FileHeader
    readonly states: EntryStates
    journal: OutcomeJournal
    readonly index: SegmentIndex
    readonly growing: MemoryIndex | null
    readonly isOpen: boolean
    readonly endSeq: number
    readonly dataBytes: number
    readonly fileBytes: number
  }) {
    this.header = parts.header
    this.path = pathOf(parts.context, nameOf(parts.header))
    this.states = parts.states
    this.journal = parts.journal
    this.index = parts.index
    this.growing = parts.growing
    this.isOpen = parts.isOpen
    this.endSeq = parts.endSeq
    this.dataBytes = parts.dataBytes
    this.fileBytes = parts.fileBytes
  }

  get number(): number {
    return this.header.number
  }

  /** Its name in the directory. */
  get name(): string {
    return nameOf(this.header)
  }

  get indexName(): string {
    return nameOf({ ...this.header, kind: 'index' })
  }

  get firstSeq(): number {
    return this.header.firstSeq
  }

  /** Entries whose octets are still wanted. */
  get liveCount(): number {
    return this.pendingCount + this.deadCount
  }

  /** After it the entry is visible. */
  add(entry: IndexEntry): void {
    this.growing!.add(entry)
    this.states.append()
    this.pendingCount += 1
    this.liveBytes += entry.bytes
    this.endSeq = entry.seq + 1
  }

  /** Keeps the counts; the octets follow when the outcome is written. */
  changeState(ordinal: number, to: StateCode): void {
    const from = this.states.stateAt(ordinal)
    this.states.setState(ordinal, to)
    if (from === STATE.pending) this.pendingCount -= 1
    if (from === STATE.dead) this.deadCount -= 1
    if (to === STATE.dead) this.deadCount += 1
  }

  /** After the states were read from outcomes. */
  recount(recordBytes: number, settledBytes: number): void {
    this.pendingCount = 0
    this.deadCount = 0
    for (let ordinal = 0; ordinal < this.states.count; ordinal++) {
      const state = this.states.stateAt(ordinal)
      if (state === STATE.pending) this.pendingCount += 1
      if (state === STATE.dead) this.deadCount += 1
    }
    this.liveBytes = this.liveCount === 0 ? 0 : Math.max(0, recordBytes - settledBytes)
  }

  /** A record's octets are no longer wanted. */
  release(bytes: number): void {
    this.liveBytes = Math.max(0, this.liveBytes - bytes)
    if (this.liveCount === 0) this.liveBytes = 0
  }

  isLiveAt(ordinal: number): boolean {
    return isLive(this.states.stateAt(ordinal))
  }
}
