/** The machine's file system. Files 0600, directories 0700: a request may carry secrets. */
import { chmod, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import type { Disk, DiskEntry, DiskFile, DirectoryLock, OpenMode } from './disk.ts'
import { StoreLock } from './store-lock.ts'

const FLAGS: Readonly<Record<OpenMode, string>> = { create: 'wx+', write: 'r+', read: 'r' }

class NodeFile implements DiskFile {
  readonly #handle: FileHandle

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async writeAt(buffers: readonly Buffer[], position: number): Promise<number> {
    const { bytesWritten } = await this.#handle.writev([...buffers], position)
    return bytesWritten
  }

  async readAt(into: Buffer, position: number): Promise<number> {
    const { bytesRead } = await this.#handle.read(into, 0, into.length, position)
    return bytesRead
  }

  dataSync(): Promise<void> {
    return this.#handle.datasync()
  }

  truncate(bytes: number): Promise<void> {
    return this.#handle.truncate(bytes)
  }

  async size(): Promise<number> {
    const { size } = await this.#handle.stat()
    return size
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

export const nodeDisk: Disk = {
  async open(path, mode): Promise<DiskFile> {
    return new NodeFile(await open(path, FLAGS[mode], 0o600))
  },
  rename: (from, to) => rename(from, to),
  unlink: (path) => rm(path, { force: true }),
  async readDirectory(path): Promise<readonly DiskEntry[]> {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
  },
  async makeDirectory(path): Promise<void> {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await chmod(path, 0o700)
  },
  async syncDirectory(path): Promise<void> {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  lock: (directory): Promise<DirectoryLock> => StoreLock.acquire(directory)
}
