/** What all parts of one open store share. */
import type { Clock } from '../time/clock.ts'
import type { BlockCache } from './block-cache.ts'
import type { Disk } from './disk.ts'
import type { KeyHashes } from './entry-hash.ts'
import type { EntryIds } from './entry-ids.ts'
import type { OpenFiles } from './open-files.ts'
import type { StoreEventKind } from './store-event.ts'

export interface StoreContext {
  readonly disk: Disk
  readonly directory: string
  /** Hexadecimal; in every file of the store. */
  readonly storeId: string
  /** Of the checksums of its records. */
  readonly recordSeed: number
  readonly ids: EntryIds
  readonly keyHashes: KeyHashes
  readonly clock: Clock
  readonly files: OpenFiles
  readonly blocks: BlockCache
  readonly usage: DiskUsage
  readonly report: (kind: StoreEventKind, file: string, message: string) => void
}

export function pathOf(context: StoreContext, name: string): string {
  return `${context.directory}/${name}`
}

/** Octets in the files of the store, kept by those who write and remove them. */
export class DiskUsage {
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  add(bytes: number): void {
    this.#bytes += bytes
  }
}

/** For sentences: what the system said. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
