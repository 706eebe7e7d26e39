/**
 * Where the entries of a segment are: in memory while the segment grows, then in a file that is
 * read by blocks, so that a buffer of any size needs little memory.
 */
import { readFully, replaceFile } from './disk.ts'
import { encodeHeader, HEADER_BYTES, type FileHeader } from './file-header.ts'
import { nameOf } from './file-names.ts'
import {
  BLOCK_BYTES,
  BLOCK_ENTRIES,
  blockSpan,
  decodeIndexEntry,
  encodeIndexEntry,
  INDEX_ENTRY_BYTES,
  openBlock,
  checksumOf,
  indexFileBytesOf,
  type IndexEntry
} from './index-entry.ts'
import { pathOf, type StoreContext } from './store-context.ts'

export interface SegmentIndex {
  readonly count: number
  /** Rejects with IndexDamage, or with what the system says. */
  entryAt(ordinal: number): IndexEntry | Promise<IndexEntry>
}

/** A block whose checksum does not hold: the index can be made anew from its segment. */
export class IndexDamage extends Error {
  override readonly name = 'IndexDamage'
}

export class MemoryIndex implements SegmentIndex {
  readonly #firstSeq: number
  readonly #blocks: Buffer[] = []
  #count = 0

  constructor(firstSeq: number) {
    this.#firstSeq = firstSeq
  }

  get count(): number {
    return this.#count
  }

  add(entry: IndexEntry): void {
    const place = this.#count % BLOCK_ENTRIES
    if (place === 0) this.#blocks.push(Buffer.alloc(BLOCK_BYTES))
    encodeIndexEntry(this.#blocks.at(-1)!, place, entry, this.#firstSeq)
    this.#count += 1
  }

  entryAt(ordinal: number): IndexEntry {
    const block = this.#blocks[Math.floor(ordinal / BLOCK_ENTRIES)]!
    return decodeIndexEntry(block, ordinal % BLOCK_ENTRIES, this.#firstSeq)
  }

  /** The octets of the file, behind its header, in pieces: no copy is made of them. */
  sealed(): readonly Buffer[] {
    return this.#blocks.flatMap((block, number) => {
      const entries = Math.min(BLOCK_ENTRIES, this.#count - number * BLOCK_ENTRIES)
      const used = block.subarray(0, entries * INDEX_ENTRY_BYTES)
      return [used, checksumOf(used)]
    })
  }
}

export class FileIndex implements SegmentIndex {
  readonly #context: StoreContext
  readonly #header: FileHeader
  readonly #path: string

  constructor(context: StoreContext, header: FileHeader) {
    this.#context = context
    this.#header = header
    this.#path = pathOf(context, nameOf(header))
  }

  get count(): number {
    return this.#header.count
  }

  entryAt(ordinal: number): IndexEntry | Promise<IndexEntry> {
    const number = Math.floor(ordinal / BLOCK_ENTRIES)
    const cached = this.#context.blocks.get(this.#path, number)
    if (cached !== undefined) return this.#decode(cached, ordinal)
    return this.#load(number).then((block) => this.#decode(block, ordinal))
  }

  #decode(block: Buffer, ordinal: number): IndexEntry {
    return decodeIndexEntry(block, ordinal % BLOCK_ENTRIES, this.#header.firstSeq)
  }

  async #load(number: number): Promise<Buffer> {
    const { offset, bytes } = blockSpan(number, this.#header.count)
    const octets = Buffer.allocUnsafe(bytes)
    const isThere = await this.#context.files.use(this.#path, (file) =>
      readFully(file, octets, HEADER_BYTES + offset)
    )
    const block = isThere ? openBlock(octets) : null
    if (block === null) throw new IndexDamage(`Block ${number} of ${this.#path} is damaged.`)
    this.#context.blocks.set(this.#path, number, block)
    return block
  }
}

/** After it the segment opens without being read. Rejects with what the system says. */
export async function writeIndex(
  context: StoreContext,
  index: MemoryIndex,
  header: FileHeader
): Promise<FileIndex> {
  const name = nameOf(header)
  await replaceFile(context.disk, context.directory, name, [
    encodeHeader(header),
    ...index.sealed()
  ])
  context.files.forget(pathOf(context, name))
  context.blocks.forget(pathOf(context, name))
  context.usage.add(indexFileBytesOf(index.count))
  return new FileIndex(context, header)
}
