/** Looks into the index of a segment; one that is damaged is made anew from the segment itself. */
import { TAG_BYTES } from './entry-ids.ts'
import type { RecordFixed } from './entry-record.ts'
import { HEADER_BYTES } from './file-header.ts'
import type { IndexEntry } from './index-entry.ts'
import { IndexDamage, MemoryIndex } from './segment-index.ts'
import { scanSegment } from './segment-scan.ts'
import type { Segment } from './segment.ts'
import type { StoreContext } from './store-context.ts'

export class IndexReader {
  readonly #context: StoreContext
  readonly #repairs = new Map<Segment, Promise<void>>()

  constructor(context: StoreContext) {
    this.#context = context
  }

  /** Rejects with what the system says. */
  entryOf(segment: Segment, ordinal: number): IndexEntry | Promise<IndexEntry> {
    const entry = segment.index.entryAt(ordinal)
    if (!(entry instanceof Promise)) return entry
    return entry.catch(async (error: unknown) => {
      if (!(error instanceof IndexDamage)) throw error
      await this.#repaired(segment)
      return segment.index.entryAt(ordinal)
    })
  }

  #repaired(segment: Segment): Promise<void> {
    if (segment.growing !== null) return Promise.resolve()
    const running = this.#repairs.get(segment)
    if (running !== undefined) return running
    const repair = this.#repair(segment).finally(() => this.#repairs.delete(segment))
    this.#repairs.set(segment, repair)
    return repair
  }

  async #repair(segment: Segment): Promise<void> {
    const found = new Map<number, IndexEntry>()
    await this.#context.files.use(segment.path, (file) =>
      scanSegment(
        file,
        { from: HEADER_BYTES, to: segment.dataBytes, seed: this.#context.recordSeed },
        {
          onRecord: (fixed, offset) => void found.set(fixed.seq, indexEntryOf(fixed, offset)),
          onDamage: () => {}
        }
      )
    )
    const index = new MemoryIndex(segment.firstSeq)
    for (let ordinal = 0; ordinal < segment.states.count; ordinal++) {
      const seq = segment.states.seqAt(ordinal)
      index.add(found.get(seq) ?? unreadableEntry(seq))
    }
    segment.index = index
    segment.growing = index
    const message = `The index of segment ${segment.name} was damaged and was made anew from it.`
    this.#context.report('rebuilt', segment.name, message)
  }
}

/** Of an entry whose record cannot be found: reading it fails its checks. */
export function unreadableEntry(seq: number): IndexEntry {
  return {
    ...{ seq, tag: Buffer.alloc(TAG_BYTES), offset: 0, bytes: 0, routeHash: 0, keyHash: 0 },
    ...{ bodyBytes: 0, receivedAtMs: 0, expiresAtMs: Infinity }
  }
}

export function indexEntryOf(fixed: RecordFixed, offset: number): IndexEntry {
  const { seq, tag, bytes, routeHash, keyHash, bodyBytes, receivedAtMs, expiresAtMs } = fixed
  return { seq, tag, offset, bytes, routeHash, keyHash, bodyBytes, receivedAtMs, expiresAtMs }
}
