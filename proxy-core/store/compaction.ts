/**
 * Writes what is still wanted of neighbouring segments into one new segment: a single entry that
 * waits must not keep 64 MiB of delivered ones on the disk, and a million small files must not
 * slow the next start. Order, seqs and ids stay. The new file is complete and synced before it
 * gets its name; from then on it stands for all that it was made of.
 */
import { readFully, writeFully, type DiskFile } from './disk.ts'
import { decodeBody, decodeFixed, decodeTexts } from './entry-record.ts'
import type { EntryReader } from './entry-reader.ts'
import { EntryStates, isLive } from './entry-states.ts'
import { encodeHeader, HEADER_BYTES, type FileHeader } from './file-header.ts'
import { nameOf } from './file-names.ts'
import { indexFileBytesOf, type IndexEntry } from './index-entry.ts'
import type { IndexReader } from './index-reader.ts'
import { OutcomeJournal } from './outcome-journal.ts'
import type { OutcomeQueue } from './outcome-queue.ts'
import { MemoryIndex, writeIndex } from './segment-index.ts'
import type { Place, SegmentList } from './segment-list.ts'
import { Segment } from './segment.ts'
import { pathOf, type StoreContext } from './store-context.ts'

/** Octets that are copied at once: the traffic goes on between. */
const CHUNK_BYTES = 512 * 1024

interface Carried {
  readonly place: Place
  readonly index: IndexEntry
}

export class Compaction {
  readonly #context: StoreContext
  readonly #segments: SegmentList
  readonly #index: IndexReader
  readonly #reader: EntryReader
  readonly #outcomes: OutcomeQueue

  constructor(parts: {
    readonly context: StoreContext
    readonly segments: SegmentList
    readonly index: IndexReader
    readonly reader: EntryReader
    readonly outcomes: OutcomeQueue
  }) {
    this.#context = parts.context
    this.#segments = parts.segments
    this.#index = parts.index
    this.#reader = parts.reader
    this.#outcomes = parts.outcomes
  }

  /**
   * false: nothing was live any more, and all is as it was. `onReplaced` is called when the new
   * segment has taken the place of the run, whose files are the caller's to remove.
   */
  async run(run: readonly Segment[], onReplaced: () => void): Promise<boolean> {
    const { disk } = this.#context
    const header = mergedHeader(run)
    const temporary = pathOf(this.#context, `${nameOf(header)}.tmp`)
    await disk.unlink(temporary)
    const file = await disk.open(temporary, 'create')
    let carried: readonly Carried[]
    try {
      carried = await this.#copy(run, file, header)
      await file.dataSync()
    } catch (error) {
      await disk.unlink(temporary).catch(() => undefined)
      throw error
    } finally {
      await file.close().catch(() => undefined)
    }
    if (carried.length === 0) {
      await disk.unlink(temporary)
      return false
    }
    const merged = await this.#segmentOf(run, header, carried)
    try {
      await this.#outcomes.exclusively(async () => {
        await this.#swap(run, merged, carried, temporary)
        onReplaced()
      })
      return true
    } catch (error) {
      await this.#undo(merged, temporary)
      throw error
    }
  }

  /** Without its segment nobody looks at them: what stays goes with the next start. */
  async #undo(merged: Segment, temporary: string): Promise<void> {
    const { disk, usage } = this.#context
    await merged.journal.remove()
    usage.add(-merged.indexBytes)
    for (const path of [temporary, pathOf(this.#context, merged.indexName)]) {
      await disk.unlink(path).catch(() => undefined)
    }
  }

  async #copy(
    run: readonly Segment[],
    target: DiskFile,
    header: FileHeader
  ): Promise<readonly Carried[]> {
    const carried: Carried[] = []
    let chunk: Buffer[] = [encodeHeader(header)]
    let chunkBytes = HEADER_BYTES
    let offset = HEADER_BYTES
    let writtenBytes = 0
    const flush = async (): Promise<void> => {
      writtenBytes += await writeFully(target, chunk, writtenBytes)
      chunk = []
      chunkBytes = 0
    }
    for (const place of livePlaces(run)) {
      const index = await this.#index.entryOf(place.segment, place.ordinal)
      const octets = await this.#verified(place, index)
      if (octets === null) continue
      carried.push({ place, index: { ...index, offset } })
      chunk.push(octets)
      offset += octets.length
      chunkBytes += octets.length
      if (chunkBytes >= CHUNK_BYTES) await flush()
    }
    await flush()
    return carried
  }

  /** null: damaged, and set aside. */
  async #verified(place: Place, index: IndexEntry): Promise<Buffer | null> {
    const octets = Buffer.allocUnsafe(index.bytes)
    const isThere = await this.#context.files.use(place.segment.path, (file) =>
      readFully(file, octets, index.offset)
    )
    const fixed = isThere ? decodeFixed(octets, this.#context.recordSeed) : null
    if (
      fixed?.seq === index.seq &&
      fixed.tag.equals(index.tag) &&
      decodeTexts(octets, fixed) !== null &&
      decodeBody(octets, fixed) !== null
    ) {
      return octets
    }
    await this.#reader.setAside(place, index)
    return null
  }

  /** With its index on the disk, which nobody looks for until the segment has its name. */
  async #segmentOf(
    run: readonly Segment[],
    header: FileHeader,
    carried: readonly Carried[]
  ): Promise<Segment> {
    const memory = new MemoryIndex(header.firstSeq)
    for (const { index } of carried) memory.add(index)
    const recordBytes = carried.reduce((sum, { index }) => sum + index.bytes, 0)
    const dataBytes = HEADER_BYTES + recordBytes
    const endSeq = run.at(-1)!.endSeq
    const offsets = Uint32Array.from(carried, ({ index }) => index.seq - header.firstSeq)
    const indexHeader = indexHeaderOf(header, {
      endSeq,
      count: carried.length,
      dataBytes,
      recordBytes
    })
    const index = await writeIndex(this.#context, memory, indexHeader)
    const segment = new Segment({
      ...{ context: this.#context, header, index, growing: null, isOpen: false, endSeq },
      ...{ dataBytes, fileBytes: dataBytes },
      states: new EntryStates(header.firstSeq, carried.length, offsets),
      journal: OutcomeJournal.empty(this.#context, header)
    })
    segment.indexBytes = indexFileBytesOf(memory.count)
    return segment
  }

  /** Nothing is written into journals meanwhile; states may change in memory all the same. */
  async #swap(
    run: readonly Segment[],
    merged: Segment,
    carried: readonly Carried[],
    temporary: string
  ): Promise<void> {
    const { disk, directory, usage } = this.#context
    const seqs = new Set(carried.map(({ index }) => index.seq))
    const words = []
    for (const segment of run) {
      const all = await this.#outcomes.allWords(segment, [])
      words.push(...all.filter(({ seq }) => seqs.has(seq)))
    }
    const written = words.length === 0 ? [] : await merged.journal.rewrite(words)
    await disk.rename(temporary, merged.path)
    await disk.syncDirectory(directory)
    usage.add(merged.fileBytes)
    this.#takeStates(merged, carried)
    for (const { outcome, offset } of written) {
      merged.states.setOutcomeAt(merged.states.ordinalOf(outcome.seq), offset)
    }
    this.#segments.replace(run, merged)
  }

  #takeStates(merged: Segment, carried: readonly Carried[]): void {
    let releasedBytes = 0
    for (const [ordinal, { place, index }] of carried.entries()) {
      const state = place.segment.states.stateAt(place.ordinal)
      merged.states.setState(ordinal, state)
      merged.states.setAttempts(ordinal, place.segment.states.attemptsAt(place.ordinal))
      // Of a word that still waits the octets are released when it is written.
      if (!isLive(state) && this.#outcomes.wordOf(index.seq) === undefined) {
        releasedBytes += index.bytes
      }
    }
    merged.recount(merged.dataBytes - HEADER_BYTES, releasedBytes)
  }
}

/** What an index says of its segment. */
export function indexHeaderOf(
  segment: FileHeader,
  known: Pick<FileHeader, 'endSeq' | 'count' | 'dataBytes' | 'recordBytes'>
): FileHeader {
  return { ...segment, ...known, kind: 'index', part: 0 }
}

function mergedHeader(run: readonly Segment[]): FileHeader {
  const { header } = run[0]!
  const generation = 1 + run.reduce((most, one) => Math.max(most, one.header.generation), 0)
  return { ...header, generation, lastNumber: run.at(-1)!.header.lastNumber }
}

function* livePlaces(run: readonly Segment[]): Generator<Place> {
  for (const segment of run) {
    for (let ordinal = 0; ordinal < segment.states.count; ordinal++) {
      if (segment.isLiveAt(ordinal)) yield { segment, ordinal }
    }
  }
}
