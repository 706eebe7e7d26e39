/**
 * Writes groups of entries to the end of the newest segment. A segment on which a write or an
 * fsync failed is never written again, and what was not acknowledged in it is refused: after a
 * failed fsync nobody knows what the disk has, and a second one would say yes to anything.
 */
import type { TakeGroup, WaitingAppend } from './append-queue.ts'
import { writeFully, type DiskFile } from './disk.ts'
import { EntryStates } from './entry-states.ts'
import { encodeHeader, HEADER_BYTES, type FileHeader } from './file-header.ts'
import { GroupBuffers } from './group-buffers.ts'
import { encodeGroup, type EncodedGroup, type GroupPlace } from './group-encoder.ts'
import type { IndexEntry } from './index-entry.ts'
import { OutcomeJournal } from './outcome-journal.ts'
import { MemoryIndex } from './segment-index.ts'
import type { SegmentList } from './segment-list.ts'
import { Segment } from './segment.ts'
import { reasonOf, type StoreContext } from './store-context.ts'
import type { StoreRefusal } from './store-refusal.ts'
import { isNoSpace, refusalOf, WriteRefusal } from './write-refusal.ts'

/** A group under this is not worth two writes. */
const MIN_SPLIT = 16

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

/** A group that was encoded before it was its turn. */
interface Ahead {
  readonly place: GroupPlace
  readonly encoded: EncodedGroup
}

export class Appender {
  readonly #context: StoreContext
  readonly #segments: SegmentList
  readonly #numbering: Numbering
  readonly #segmentBytes: number
  readonly #hooks: AppenderHooks
  #writing: Writing | null = null
  readonly #refusal: WriteRefusal
  readonly #buffers = new GroupBuffers()
  /** One after the other: groups, probes and closing write the same segment. */
  #running: Promise<void> = Promise.resolve()
  #isClosed = false
  #appended = 0
  #appendedBytes = 0
  #syncs = 0
  #syncFailures = 0
  #lastSyncMs = 0
  /** Of one entry, the last time. */
  #encodeMs = 0
  /** To appends that are on the disk. */
  readonly #answers: (() => void)[] = []

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
    this.#refusal = new WriteRefusal(context.clock, () => {
      void this.#serially(() => this.#probe())
    })
  }

  /** Why nothing is written now; null: it is. */
  get refusal(): StoreRefusal | null {
    return this.#refusal.current
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

  /** Settles every append of every group that there is; never rejects. */
  commit(take: TakeGroup): Promise<void> {
    return this.#serially(async () => {
      let group: readonly WaitingAppend[] = []
      const next = (): readonly WaitingAppend[] => (group = take())
      try {
        await this.#commit(next)
      } catch (error) {
        // An entry that cannot be encoded is a defect; whoever was settled before stays so.
        for (const waiting of group) waiting.reject(refusalOf(error))
      } finally {
        this.#answer()
      }
    })
  }

  /** Closes the newest segment. Nothing may be committed any more. */
  close(): Promise<void> {
    this.#isClosed = true
    this.#refusal.close()
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

  async #commit(take: TakeGroup): Promise<void> {
    let rest = take()
    let ahead: Ahead | null = null
    while (rest.length > 0) {
      const writing = this.refusal === null ? await this.#writingFor(rest[0]!.bytes) : null
      if (writing === null) {
        for (const waiting of rest) waiting.reject(this.refusal!)
        rest = take()
        continue
      }
      const place: GroupPlace = this.#placeIn(writing)
      const encoded: EncodedGroup = isAt(ahead, place)
        ? ahead.encoded
        : this.#encode(rest.slice(0, this.#firstPart(rest.length)), place)
      const now = rest.slice(0, encoded.entries.length)
      rest = rest.slice(now.length)
      const written = this.#written(writing, now, encoded)
      // Only now: what those who are answered do next shall not keep the disk waiting.
      this.#answer()
      ahead = rest.length === 0 ? null : this.#encodeAhead(rest, place, encoded)
      await written
      if (rest.length === 0) rest = take()
    }
  }

  #answer(): void {
    for (const answer of this.#answers.splice(0)) answer()
  }

  /**
   * Of a large group on a fast disk the first half is written while the second is encoded, and
   * its clients are answered while the second is written.
   */
  #firstPart(count: number): number {
    const encodeMs = count * this.#encodeMs
    return count >= MIN_SPLIT && encodeMs > this.#lastSyncMs / 2 ? Math.ceil(count / 2) : count
  }

  #placeIn({ end }: Writing): GroupPlace {
    const firstSeq = this.#numbering.nextSeq
    return { firstSeq, offset: end || HEADER_BYTES, limit: this.#segmentBytes }
  }

  #encode(waiting: readonly WaitingAppend[], place: GroupPlace): EncodedGroup {
    const startedMs = this.#context.clock.now()
    const encoded = encodeGroup(this.#context, waiting, place, this.#buffers)
    this.#encodeMs = (this.#context.clock.now() - startedMs) / encoded.entries.length
    return encoded
  }

  /** As if the write that runs ended well, and only where the same segment goes on. */
  #encodeAhead(
    rest: readonly WaitingAppend[],
    place: GroupPlace,
    { entries }: EncodedGroup
  ): Ahead | null {
    const { offset, bytes } = entries.at(-1)!
    const next = { ...place, firstSeq: place.firstSeq + entries.length, offset: offset + bytes }
    if (next.offset + rest[0]!.bytes > next.limit) return null
    return { place: next, encoded: this.#encode(rest, next) }
  }

  /** Settles these appends; never rejects. */
  async #written(
    writing: Writing,
    group: readonly WaitingAppend[],
    { octets, pieces, entries }: EncodedGroup
  ): Promise<void> {
    try {
      await this.#write(writing, pieces)
      this.#buffers.giveBack(octets)
      this.#publish(writing.segment, group, entries)
    } catch (error) {
      await this.#fail(writing, group, error)
    }
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

  #publish(
    segment: Segment,
    group: readonly WaitingAppend[],
    entries: readonly IndexEntry[]
  ): void {
    this.#refusal.prove()
    const ids = this.#context.ids.idsOf(entries)
    for (const [index, entry] of entries.entries()) {
      segment.add(entry)
      this.#appendedBytes += entry.bytes
      this.#answers.push(() => group[index]!.resolve({ seq: entry.seq, id: ids[index]! }))
    }
    this.#numbering.nextSeq += entries.length
    this.#appended += entries.length
    this.#hooks.onAppended()
  }

  async #fail(writing: Writing, group: readonly WaitingAppend[], error: unknown): Promise<void> {
    const isFresh = writing.end <= HEADER_BYTES
    this.#syncFailures += 1
    if (isFresh || isNoSpace(error)) this.#refuse(error)
    else this.#tell(writing.segment, error)
    const refusal = refusalOf(error)
    for (const waiting of group) waiting.reject(refusal)
    await this.#cut(writing)
    await this.#closeSegment()
  }

  #tell({ name }: Segment, error: unknown): void {
    const message =
      `Segment ${name} could not be written (${reasonOf(error)}) and is closed for ever; ` +
      'what was not acknowledged is refused, and the next request begins a new segment.'
    this.#context.report('disk_failed', name, message)
  }

  /** null: it cannot be had, and entries are refused now. */
  async #writingFor(bytes: number): Promise<Writing | null> {
    const { end = 0 } = this.#writing ?? {}
    if (this.#writing !== null && (end <= HEADER_BYTES || end + bytes <= this.#segmentBytes)) {
      return this.#writing
    }
    await this.#closeSegment()
    try {
      return await this.#begin()
    } catch (error) {
      this.#refuse(error)
      return null
    }
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
    if (!this.#refusal.begin(error)) return
    const message = `The buffer takes no requests: ${reasonOf(error)}. It is tried again by itself.`
    this.#context.report('disk_failed', '', message)
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
    this.#refusal.end()
    this.#context.report('disk_recovered', '', 'The buffer takes requests again.')
    this.#hooks.onRecovered()
  }
}

function isAt(ahead: Ahead | null, { firstSeq, offset }: GroupPlace): ahead is Ahead {
  return ahead?.place.firstSeq === firstSeq && ahead.place.offset === offset
}
