/**
 * Copies of what was damaged, for who wants to look at it. Bounded: when there is no room for one
 * more it is only counted.
 */
import { systemCodeOf, writeFully, type DiskFile } from './disk.ts'
import { QUARANTINE_NAME } from './file-names.ts'
import { pathOf, type StoreContext } from './store-context.ts'

const CHUNK_BYTES = 256 * 1024

export interface SegmentSpan {
  /** Its name. */
  readonly segment: string
  readonly offset: number
  readonly bytes: number
}

export class Quarantine {
  readonly #context: StoreContext
  readonly #maxBytes: number
  #bytes = 0
  #count = 0

  constructor(context: StoreContext, maxBytes: number) {
    this.#context = context
    this.#maxBytes = maxBytes
  }

  /** Damaged records that were found since the start. */
  get count(): number {
    return this.#count
  }

  /** What earlier starts left counts against the limit. */
  async open(): Promise<void> {
    const { disk } = this.#context
    const folder = pathOf(this.#context, QUARANTINE_NAME)
    let names
    try {
      names = await disk.readDirectory(folder)
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return
      throw error
    }
    for (const { name, isDirectory } of names) {
      if (isDirectory) continue
      const file = await disk.open(`${folder}/${name}`, 'read')
      this.#add(await file.size())
      await file.close()
    }
  }

  /** Copies a damaged record and tells of it. Never rejects. */
  async keep(source: DiskFile | null, span: SegmentSpan, what: string): Promise<void> {
    this.#count += 1
    const copy = source === null ? null : await this.copy(source, span)
    const where = `${span.bytes} octets at ${span.offset} of segment ${span.segment}`
    this.#context.report('quarantined', span.segment, `${what}: ${where}; ${keptAs(copy)}.`)
  }

  /** Where the copy is; null: there is no room for one. Never rejects. */
  async copy(source: DiskFile, { segment, offset, bytes }: SegmentSpan): Promise<string | null> {
    if (this.#bytes + bytes > this.#maxBytes) return null
    const { disk } = this.#context
    const name = `${QUARANTINE_NAME}/${segment}-${offset}.record`
    try {
      await disk.makeDirectory(pathOf(this.#context, QUARANTINE_NAME))
      const target = await disk.open(pathOf(this.#context, name), 'create')
      try {
        await copySpan(source, target, offset, bytes)
      } finally {
        await target.close()
      }
      this.#add(bytes)
      return name
    } catch (error) {
      // Of a start that found the same damage before.
      return systemCodeOf(error) === 'EEXIST' ? name : null
    }
  }

  #add(bytes: number): void {
    this.#bytes += bytes
    this.#context.usage.add(bytes)
  }
}

/** Half a sentence. */
export function keptAs(copy: string | null): string {
  return copy === null ? 'no copy was kept' : `a copy is in ${copy}`
}

async function copySpan(
  source: DiskFile,
  target: DiskFile,
  offset: number,
  bytes: number
): Promise<void> {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, bytes))
  for (let done = 0; done < bytes;) {
    const count = await source.readAt(chunk.subarray(0, bytes - done), offset + done)
    if (count === 0) return
    await writeFully(target, [chunk.subarray(0, count)], done)
    done += count
  }
}
