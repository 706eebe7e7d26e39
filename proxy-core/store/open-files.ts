/** Files that are open for reading: a bounded number, the least recently used one is closed. */
import type { Disk, DiskFile } from './disk.ts'

const MAX_OPEN = 32

interface OpenFile {
  readonly opened: Promise<DiskFile>
  users: number
  isForgotten: boolean
}

export class OpenFiles {
  readonly #disk: Disk
  readonly #files = new Map<string, OpenFile>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** The file stays open for as long as `action` runs. */
  async use<T>(path: string, action: (file: DiskFile) => Promise<T>): Promise<T> {
    const entry = this.#entryOf(path)
    entry.users += 1
    try {
      return await action(await entry.opened)
    } catch (error) {
      // A handle of a disk that failed is not worth keeping.
      this.forget(path)
      throw error
    } finally {
      entry.users -= 1
      if (entry.isForgotten) await closeUnused(entry)
      await this.#shrink()
    }
  }

  /** Of a file that was removed or replaced. */
  forget(path: string): void {
    const entry = this.#files.get(path)
    if (entry === undefined) return
    this.#files.delete(path)
    entry.isForgotten = true
    void closeUnused(entry)
  }

  async close(): Promise<void> {
    const entries = [...this.#files.values()]
    this.#files.clear()
    for (const entry of entries) {
      entry.isForgotten = true
      await closeUnused(entry)
    }
  }

  #entryOf(path: string): OpenFile {
    const known = this.#files.get(path)
    const entry = known ?? { opened: this.#disk.open(path, 'read'), users: 0, isForgotten: false }
    this.#files.delete(path)
    this.#files.set(path, entry)
    return entry
  }

  async #shrink(): Promise<void> {
    if (this.#files.size <= MAX_OPEN) return
    const idle = [...this.#files].find(([, { users }]) => users === 0)
    if (idle === undefined) return
    this.#files.delete(idle[0])
    idle[1].isForgotten = true
    await closeUnused(idle[1])
  }
}

/** Closing a file that was only read tells nothing: its errors are none of anybody's business. */
async function closeUnused(entry: OpenFile): Promise<void> {
  if (entry.users > 0) return
  const file = await entry.opened.catch(() => null)
  if (entry.users === 0) await file?.close().catch(() => undefined)
}
