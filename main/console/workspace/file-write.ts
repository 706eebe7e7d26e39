/**
 * Writes a file so that a reader, and a machine that loses its power, sees the old text or the
 * new one and never a part. Mode and owner stay; where they cannot, nothing is written.
 */
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

interface Ownership {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * Replaces the file, or what a link of that name leads to. `fresh` is the mode of a file that is
 * not there yet. Rejects with the system's error, and then the old text is still there.
 */
export async function replaceFile(file: string, text: string, fresh = 0o600): Promise<void> {
  const target = await realpath(file).catch(() => file)
  const was = await ownershipOf(target)
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
  try {
    await writeNew(temporary, text, was ?? { mode: fresh, uid: -1, gid: -1 })
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(target))
}

async function ownershipOf(file: string): Promise<Ownership | null> {
  try {
    const { mode, uid, gid } = await stat(file)
    return { mode: mode & 0o7777, uid, gid }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

async function writeNew(file: string, text: string, owner: Ownership): Promise<void> {
  // What an interrupted write has left, or somebody has put here to lead the text elsewhere.
  await rm(file, { force: true })
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await keepOwner(handle, owner)
    await handle.chmod(owner.mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Only root may give files away; for anybody else the owner must be themselves already. */
async function keepOwner(handle: FileHandle, { uid, gid }: Ownership): Promise<void> {
  if (uid === -1) return
  const now = await handle.stat()
  if (now.uid !== uid || now.gid !== gid) await handle.chown(uid, gid)
}

/** The rename itself must survive, too. Some systems cannot sync a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  try {
    await handle?.sync()
  } catch {
    // The rename is done; without a sync it may be lost with the power, and nothing worse.
  } finally {
    await handle?.close()
  }
}
