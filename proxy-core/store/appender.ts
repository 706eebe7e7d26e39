/**
 * Writes groups of entries to the end of the newest segment. A segment on which a write or an
 * fsync failed is never written again, and what was not acknowledged in it is refused: after a
 * failed fsync nobody knows what the disk has, and a second one would say yes to anything.
 */
import type { Timer } from '../time/clock.ts'
import type { WaitingAppend } from './append-queue.ts'
import { systemCodeOf, writeFully, type DiskFile } from './disk.ts'
import { keyHashOf, routeHashOf } from './entry-hash.ts'
import { encodeRecord, tagOf } from './entry-record.ts'
import { EntryStates } from './entry-states.ts'
import { encodeHeader, HEADER_BYTES, type FileHeader } from './file-header.ts'
import type { IndexEntry } from './index-entry.ts'
import { OutcomeJournal } from './outcome-journal.ts'
import { MemoryIndex } from './segment-index.ts'
import type { SegmentList } from './segment-list.ts'
import { Segment } from './segment.ts'
import { reasonOf, type StoreContext } from './store-context.ts'
import { StoreRefusal } from './store-refusal.ts'

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 30_000
/** Codes that mean that there is no room, rather than that the disk fails. */
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** What comes next. Numbers and seqs are never used twice. */
export interface Numbering {
  nextNumber: number
  nextSeq: number
}

export interface AppenderHooks {
  /** A segment takes no more entries. */
  readonly onClosed: () => void
  readonly onAppended: () => void
  /** After a refusal: entries are taken again. */
  readonly onRecovered: () => void
}

interface Writing {
  readonly segment: Segment
  readonly file: DiskFile
  /** Behind the last octet that is known to be on the disk; 0: not even the header is. */
  end: number
}

interface Encoded {
  readonly waiting: WaitingAppend
  readonly seq: number
  readonly pieces: readonly Buffer[]
  readonly index: IndexEntry
}

export class Appender {
  readonly #context: StoreContext
  readonly #segments: SegmentList
  readonly #numbering: Numbering
  readonly #segmentBytes: number
  readonly #hooks: AppenderHooks
  #writing: Writing | null = null
  #refusal: StoreRefusal | null = null
  #retryMs = FIRST_RETRY_MS
  #retryTimer: Timer | null = null
  /** One after the other: groups, probes and closing write the same segment. */
  #running: Promise<void> = Promise.resolve()
  #isClosed = false
  #appended = 0
  #appendedBytes = 0
  #syncs = 0
  #syncFailures = 0
  #lastSyncMs = 0

  constructor(
    context: StoreContext,
    parts: {
      readonly segments: SegmentList
      readonly numbering: Numbering
      readonly segmentBytes: number
      readonly hooks: AppenderHooks
    }
  ) {
    this.#context = context
    this.#segments = parts.segments
    this.#numbering = parts.numbering
    this.#segmentBytes = parts.segmentBytes
    this.#hooks = parts.hooks
  }

  /** Why nothing is written now; null: it is. */
  get refusal(): StoreRefusal | null {
    return this.#refusal
  }

  get counts(): {
    readonly appended: number
    readonly appendedBytes: number
    readonly syncs: number
    readonly syncFailures: number
    readonly lastSyncMs: number
  } {
    return {
      appended: this.#appended,
      appendedBytes: this.#appendedBytes,
      syncs: this.#syncs,
      syncFailures: this.#syncFailures,
      lastSyncMs: this.#lastSyncMs
    }
  }

  /** Settles every append of the group; never rejects. */
  commit(group: readonly WaitingAppend[]): Promise<void> {
    return this.#serially(() => this.#commit(group))
  }

  /** Closes the newest segment. Nothing may be committed any more. */
  close(): Promise<void> {
    this.#isClosed = true
    this.#retryTimer?.cancel()
    return this.#serially(() => this.#closeSegment())
  }

  /** Closes the newest segment although it has room: so that it can be compacted. */
  roll(): Promise<void> {
    return this.#serially(() => this.#closeSegment())
  }

  /** None of the actions rejects. */
  #serially(action: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(action)
    return this.#running
  }

  async #commit(group: readonly WaitingAppend[]): Promise<void> {
    let rest = group
    while (rest.length > 0) {
      const refusal = this.#refusal
      if (refusal !== null) {
        for (const waiting of rest) waiting.reject(refusal)
        return
      }
      rest = rest.slice(await this.#writeSome(rest))
    }
  }

  /** As many as fit into one segment; how many that were. */
  async #writeSome(rest: readonly WaitingAppend[]): Promise<number> {
    let writing: Writing
    try {
      writing = await this.#writingFor(rest[0]!.bytes)
    } catch (error) {
      this.#refuse(error)
      return 0
    }
    const encoded = this.#encode(rest, writing)
    try {
      await this.#write(
        writing,
        encoded.flatMap(({ pieces }) => pieces)
      )
    } catch (error) {
      await this.#fail(writing, encoded, error)
      return encoded.length
    }
    this.#publish(writing.segment, encoded)
    return encoded.length
  }

  #encode(rest: readonly WaitingAppend[], { end }: Writing): readonly Encoded[] {
    const encoded: Encoded[] = []
    const { storeId, ids } = this.#context
    let offset = end || HEADER_BYTES
    for (const waiting of rest) {
      const { entry, bytes } = waiting
      if (encoded.length > 0 && offset + bytes > this.#segmentBytes) break
      const seq = this.#numbering.nextSeq + encoded.length
      const keyHash = keyHashOf(storeId, entry.key)
      const routeHash = routeHashOf(entry.route)
      const numbers = { seq, keyHash, routeHash, drawTag: ids.drawTag.bind(ids) }
      const pieces = encodeRecord(entry, numbers)
      const { receivedAtMs, expiresAtMs } = entry
      const index = {
        ...{ seq, tag: tagOf(pieces[0]!), offset, bytes, routeHash, keyHash },
        ...{ bodyBytes: entry.body.length, receivedAtMs, expiresAtMs }
      }
      encoded.push({ waiting, seq, pieces, index })
      offset += bytes
    }
    return encoded
  }

  async #write(writing: Writing, pieces: readonly Buffer[]): Promise<void> {
    const { segment, file, end } = writing
    const isFirst = end === 0
    const buffers = isFirst ? [encodeHeader(segment.header), ...pieces] : pieces
    const startedMs = this.#context.clock.now()
    const written = await writeFully(file, buffers, end)
    this.#grow(segment, written)
    await file.dataSync()
    // Octets in a file that is in no directory are not there after a crash.
    if (isFirst) await this.#context.disk.syncDirectory(this.#context.directory)
    this.#lastSyncMs = this.#context.clock.now() - startedMs
    this.#syncs += 1
    writing.end = end + written
    segment.dataBytes = writing.end
  }

  #grow(segment: Segment, bytes: number): void {
    segment.fileBytes += bytes
    this.#context.usage.add(bytes)
  }

  #publish(segment: Segment, encoded: readonly Encoded[]): void {
    this.#retryMs = FIRST_RETRY_MS
    for (const { waiting, seq, index } of encoded) {
      segment.add(index)
      this.#numbering.nextSeq = seq + 1
      this.#appended += 1
      this.#appendedBytes += index.bytes
      waiting.resolve({ seq, id: this.#context.ids.idOf(seq, index.tag) })
    }
    this.#hooks.onAppended()
  }

  async #fail(writing: Writing, encoded: readonly Encoded[], error: unknown): Promise<void> {
    const isFresh = writing.end <= HEADER_BYTES
    const isNoSpace = NO_SPACE.has(systemCodeOf(error))
    this.#syncFailures += 1
    if (isFresh || isNoSpace) this.#refuse(error)
    else this.#tell(writing.segment, error)
    const refusal = refusalOf(error)
    for (const { waiting } of encoded) waiting.reject(refusal)
    await this.#cut(writing)
    await this.#closeSegment()
  }

  #tell({ name }: Segment, error: unknown): void {
    const message =
      `Segment ${name} could not be written (${reasonOf(error)}) and is closed for ever; ` +
      'what was not acknowledged is refused, and the next request begins a new segment.'
    this.#context.report('disk_failed', name, message)
  }

  async #writingFor(bytes: number): Promise<Writing> {
    const { end = 0 } = this.#writing ?? {}
    if (this.#writing !== null && (end <= HEADER_BYTES || end + bytes <= this.#segmentBytes)) {
      return this.#writing
    }
    await this.#closeSegment()
    return this.#begin()
  }

  async #begin(): Promise<Writing> {
    const { nextNumber, nextSeq } = this.#numbering
    this.#numbering.nextNumber += 1
    const header: FileHeader = {
      ...{ kind: 'segment', storeId: this.#context.storeId, number: nextNumber },
      ...{ lastNumber: nextNumber, generation: 1, part: 0, firstSeq: nextSeq },
      ...{ endSeq: 0, count: 0, dataBytes: 0, recordBytes: 0 }
    }
    const index = new MemoryIndex(nextSeq)
    const segment = new Segment({
      ...{ context: this.#context, header, index, growing: index, isOpen: true },
      ...{ states: new EntryStates(nextSeq, 0, null), endSeq: nextSeq, dataBytes: 0, fileBytes: 0 },
      journal: OutcomeJournal.empty(this.#context, header)
    })
    const file = await this.#context.disk.open(segment.path, 'create')
    this.#writing = { segment, file, end: 0 }
    this.#segments.push(segment)
    return this.#writing
  }

  async #closeSegment(): Promise<void> {
    const writing = this.#writing
    if (writing === null) return
    this.#writing = null
    const { segment, file } = writing
    segment.isOpen = false
    await file.close().catch(() => undefined)
    if (segment.states.count === 0) await this.#discard(segment)
    else this.#hooks.onClosed()
  }

  /**
   * Cuts off what a failure left behind the last good record. Where it stays, it is behind the
   * first seq of the next segment, and every start ignores it.
   */
  async #cut({ segment, file, end }: Writing): Promise<void> {
    try {
      await file.truncate(end)
      this.#grow(segment, end - segment.fileBytes)
    } catch {
      // The failure that led here was told already.
    }
  }

  async #discard(segment: Segment): Promise<void> {
    this.#segments.remove(segment)
    this.#grow(segment, -segment.fileBytes)
    // A file without an entry does no harm: the next start removes it.
    await this.#context.disk.unlink(segment.path).catch(() => undefined)
  }

  #refuse(error: unknown): void {
    const refusal = refusalOf(error)
    if (this.#refusal === null) {
      const message = `The buffer takes no requests: ${reasonOf(error)}. It is tried again by itself.`
      this.#context.report('disk_failed', '', message)
    }
    this.#refusal = refusal
    this.#retryTimer?.cancel()
    if (this.#isClosed) return
    this.#retryTimer = this.#context.clock.setTimeout(() => {
      this.#retryTimer = null
      void this.#serially(() => this.#probe())
    }, this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
  }

  /** A header of a new segment, synced: what an entry would need. */
  async #probe(): Promise<void> {
    if (this.#isClosed) return
    try {
      const writing = this.#writing ?? (await this.#begin())
      await this.#write(writing, [])
    } catch (error) {
      if (this.#writing !== null) await this.#cut(this.#writing)
      await this.#closeSegment()
      return this.#refuse(error)
    }
    this.#refusal = null
    this.#context.report('disk_recovered', '', 'The buffer takes requests again.')
    this.#hooks.onRecovered()
  }
}

function refusalOf(error: unknown): StoreRefusal {
  const isNoSpace = NO_SPACE.has(systemCodeOf(error))
  const message = `The buffer could not be written: ${reasonOf(error)}.`
  return new StoreRefusal(isNoSpace ? 'no_space' : 'disk', message, { cause: error })
}
