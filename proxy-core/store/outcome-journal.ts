/**
 * What became of the entries of one segment, on disk. Words are appended; a file that an earlier
 * process wrote, on which a write or fsync failed, or which has grown far beyond its entries, is
 * never continued: the last words are written into a new part, which takes its place by rename.
 */
import { readWhole, replaceFile, writeFully, type DiskFile } from './disk.ts'
import { encodeHeader, HEADER_BYTES, type FileHeader } from './file-header.ts'
import { nameOf } from './file-names.ts'
import {
  decodeOutcome,
  encodeOutcomes,
  OUTCOME_BYTES,
  type OutcomeRecord
} from './outcome-record.ts'
import { pathOf, type StoreContext } from './store-context.ts'

/** A journal under this size is not worth writing anew. */
const SMALL_BYTES = 64 * 1024
/** How many times larger than needed a journal may grow, by attempts. */
const MAX_GROWTH = 4

/** Where a word was written. */
export interface Written {
  readonly outcome: OutcomeRecord
  readonly offset: number
}

export class OutcomeJournal {
  readonly #context: StoreContext
  /** Of the part that is read, and written while it may be continued. */
  #header: FileHeader
  #bytes: number
  #words: number
  /** Also of a part that could not be written: no name is tried twice. */
  #lastPart: number
  #isContinuable = false
  #file: DiskFile | null = null
  /** Parts that are left of a crash; gone with the next new part. */
  #older: readonly { readonly name: string; readonly bytes: number }[]

  /** `found`: what an earlier process left; part 0 of `header`: nothing yet. */
  constructor(
    context: StoreContext,
    header: FileHeader,
    found: {
      readonly bytes: number
      readonly words: number
      readonly older: readonly { readonly name: string; readonly bytes: number }[]
    }
  ) {
    this.#context = context
    this.#header = header
    this.#bytes = found.bytes
    this.#words = found.words
    this.#lastPart = header.part
    this.#older = found.older
  }

  static empty(context: StoreContext, segment: FileHeader): OutcomeJournal {
    const header: FileHeader = { ...segment, kind: 'outcomes', part: 0 }
    return new OutcomeJournal(context, header, { bytes: 0, words: 0, older: [] })
  }

  /** Whether words can be appended; else they go into a new part, with all others. */
  takesWords(distinctWords: number): boolean {
    if (!this.#isContinuable) return false
    const needed = Math.max(SMALL_BYTES, distinctWords * OUTCOME_BYTES * MAX_GROWTH)
    return this.#bytes < needed
  }

  /** null: nothing was ever written. */
  get name(): string | null {
    return this.#header.part === 0 ? null : nameOf(this.#header)
  }

  get bytes(): number {
    return this.#bytes
  }

  get words(): number {
    return this.#words
  }

  /** Durable when it resolves. After a failure the part is closed for ever. */
  async append(outcomes: readonly OutcomeRecord[]): Promise<readonly Written[]> {
    try {
      this.#file ??= await this.#context.disk.open(pathOf(this.#context, this.name!), 'write')
      const { octets, offsets } = encodeOutcomes(outcomes)
      const start = this.#bytes
      const count = await writeFully(this.#file, [octets], start)
      this.#grow(count, outcomes.length)
      await this.#file.dataSync()
      return placed(outcomes, offsets, start)
    } catch (error) {
      // What the disk has after a failed fsync is unknown, and a second one would lie.
      this.#isContinuable = false
      await this.releaseFile()
      throw error
    }
  }

  /** Replaces all parts by one with these words. Durable when it resolves. */
  async rewrite(outcomes: readonly OutcomeRecord[]): Promise<readonly Written[]> {
    this.#isContinuable = false
    await this.releaseFile()
    this.#lastPart += 1
    const header = { ...this.#header, part: this.#lastPart }
    const name = nameOf(header)
    const { octets, offsets } = encodeOutcomes(outcomes)
    const written = { name, bytes: HEADER_BYTES + octets.length }
    this.#context.usage.add(written.bytes)
    try {
      await replaceFile(this.#context.disk, this.#context.directory, name, [
        encodeHeader(header),
        octets
      ])
    } catch (error) {
      // It may be there or not; the one before it holds still.
      this.#older = [...this.#older, written]
      throw error
    }
    this.#older = [...this.#older, ...this.#current()]
    this.#header = header
    this.#bytes = written.bytes
    this.#words = outcomes.length
    this.#isContinuable = true
    await this.#removeOlder()
    return placed(outcomes, offsets, HEADER_BYTES)
  }

  /** null: the file does not give it (any more). */
  async read(offset: number): Promise<OutcomeRecord | null> {
    const { name } = this
    if (name === null || offset === 0) return null
    try {
      const length = Math.min(OUTCOME_BYTES + 512, this.#bytes - offset)
      const octets = Buffer.alloc(Math.max(0, length))
      const count = await this.#context.files.use(pathOf(this.#context, name), (file) =>
        file.readAt(octets, offset)
      )
      return decodeOutcome(octets.subarray(0, count), 0)?.outcome ?? null
    } catch {
      // It only tells times and reasons; the state itself is in memory.
      return null
    }
  }

  /** The whole part, for words by their offset; empty when it cannot be read. */
  async content(): Promise<Buffer> {
    const { name } = this
    if (name === null) return Buffer.alloc(0)
    return readWhole(this.#context.disk, pathOf(this.#context, name)).catch(() => Buffer.alloc(0))
  }

  async remove(): Promise<void> {
    this.#isContinuable = false
    await this.releaseFile()
    this.#older = [...this.#older, ...this.#current()]
    this.#header = { ...this.#header, part: 0 }
    this.#bytes = 0
    await this.#removeOlder()
  }

  /** The part may still be continued: it is opened again then. */
  async releaseFile(): Promise<void> {
    const file = this.#file
    this.#file = null
    await file?.close().catch(() => undefined)
  }

  #grow(bytes: number, words: number): void {
    this.#bytes += bytes
    this.#words += words
    this.#context.usage.add(bytes)
  }

  #current(): readonly { readonly name: string; readonly bytes: number }[] {
    return this.name === null ? [] : [{ name: this.name, bytes: this.#bytes }]
  }

  /** What stays because of an error is superseded; it is tried again with the next part. */
  async #removeOlder(): Promise<void> {
    const { disk, files, usage } = this.#context
    const older = this.#older
    this.#older = []
    for (const part of older) {
      files.forget(pathOf(this.#context, part.name))
      try {
        await disk.unlink(pathOf(this.#context, part.name))
        usage.add(-part.bytes)
      } catch {
        this.#older = [...this.#older, part]
      }
    }
  }
}

function placed(
  outcomes: readonly OutcomeRecord[],
  offsets: readonly number[],
  start: number
): readonly Written[] {
  return outcomes.map((outcome, index) => ({ outcome, offset: start + offsets[index]! }))
}
