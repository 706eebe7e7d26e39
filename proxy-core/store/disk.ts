/**
 * All that the store asks of a file system. Tests put one in its place that loses what was not
 * synced, writes short or fails, call by call.
 */

/**
 * create: must not exist, read and written. write: must exist, read and written. read: must
 * exist.
 */
export type OpenMode = 'create' | 'write' | 'read'

/** Every method rejects with what the system says, with its `code`. */
export interface DiskFile {
  /** Octets written, which may be fewer than were given. */
  writeAt(buffers: readonly Buffer[], position: number): Promise<number>
  /** Octets read: fewer than `into` holds only at the end of the file. */
  readAt(into: Buffer, position: number): Promise<number>
  /** After it the octets, and the length of the file, survive a loss of power. */
  dataSync(): Promise<void>
  truncate(bytes: number): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

export interface DiskEntry {
  readonly name: string
  readonly isDirectory: boolean
}

export interface DirectoryLock {
  release(): Promise<void>
}

export interface Disk {
  open(path: string, mode: OpenMode): Promise<DiskFile>
  rename(from: string, to: string): Promise<void>
  /** A file that is not there is no error. */
  unlink(path: string): Promise<void>
  readDirectory(path: string): Promise<readonly DiskEntry[]>
  /** With its parents; one that is there is no error, and becomes 0700. */
  makeDirectory(path: string): Promise<void>
  /** After it what was made, renamed or removed in the directory survives a loss of power. */
  syncDirectory(path: string): Promise<void>
  /** Rejects with BUFFER_LOCKED while a living process has it. */
  lock(directory: string): Promise<DirectoryLock>
}

/** Why the system refused: 'ENOSPC', 'EIO', …; '' when it does not say. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : ''
}

/** Writes everything or rejects; a write may be short without being a failure. */
export async function writeFully(
  file: DiskFile,
  buffers: readonly Buffer[],
  position: number
): Promise<number> {
  let rest = buffers
  let at = position
  for (;;) {
    const total = rest.reduce((sum, buffer) => sum + buffer.length, 0)
    if (total === 0) return at - position
    const written = await file.writeAt(rest, at)
    if (written <= 0) throw Object.assign(new Error('The disk took nothing.'), { code: 'EIO' })
    at += written
    if (written === total) return at - position
    rest = behind(rest, written)
  }
}

/** Reads exactly `into`, or says that the file is shorter. */
export async function readFully(file: DiskFile, into: Buffer, position: number): Promise<boolean> {
  let filled = 0
  while (filled < into.length) {
    const count = await file.readAt(into.subarray(filled), position + filled)
    if (count === 0) return false
    filled += count
  }
  return true
}

/** Of small files: reads the whole. */
export async function readWhole(disk: Disk, path: string): Promise<Buffer> {
  const file = await disk.open(path, 'read')
  try {
    const content = Buffer.alloc(await file.size())
    await readFully(file, content, 0)
    return content
  } finally {
    await file.close()
  }
}

/** Replaces a file so that a crash leaves either the old or the new one, never half. */
export async function replaceFile(
  disk: Disk,
  directory: string,
  name: string,
  content: readonly Buffer[]
): Promise<void> {
  const temporary = `${directory}/${name}.tmp`
  await disk.unlink(temporary)
  const file = await disk.open(temporary, 'create')
  try {
    await writeFully(file, content, 0)
    await file.dataSync()
  } finally {
    await file.close()
  }
  await disk.rename(temporary, `${directory}/${name}`)
  await disk.syncDirectory(directory)
}

function behind(buffers: readonly Buffer[], count: number): readonly Buffer[] {
  let skipped = count
  const rest: Buffer[] = []
  for (const buffer of buffers) {
    if (skipped < buffer.length) rest.push(buffer.subarray(skipped))
    skipped = Math.max(0, skipped - buffer.length)
  }
  return rest
}
