/**
 * A file that only one process may have, taken over when its owner is dead. Whoever takes it says
 * in it who it is; whether that one still lives is for the caller to judge.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'

export type LockTaking =
  /** `stale`: what dead owners had written, the last one last. */
  | { readonly kind: 'taken'; readonly stale: readonly string[] }
  | { readonly kind: 'held'; readonly content: string }
  /** Other processes kept changing it: the disk is odd. */
  | { readonly kind: 'contested' }

/** Enough for a take-over that meets another take-over. */
const ATTEMPTS = 5

/** Rejects with what the system says. */
export async function takeLockFile(
  file: string,
  content: string,
  isHeld: (content: string) => boolean
): Promise<LockTaking> {
  const stale: string[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await created(file, content)) return { kind: 'taken', stale }
    const found = await readLockFile(file)
    if (found === null) continue
    if (isHeld(found)) return { kind: 'held', content: found }
    if (await removed(file, found)) stale.push(found)
  }
  return { kind: 'contested' }
}

/** null: there is none. Rejects with what the system says. */
export async function readLockFile(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    // A file where a folder should be has no lock in it either.
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return null
    throw error
  }
}

/** By link, so that nobody ever reads a lock that is only half written. */
async function created(file: string, content: string): Promise<boolean> {
  const temporary = `${file}.${process.pid}.new`
  try {
    await writeFile(temporary, content, { mode: 0o600 })
    await link(temporary, file)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

/**
 * Moves the lock away before removing it and looks again: of two take-overs at the same
 * time, one would otherwise remove the lock that the other has just made.
 */
async function removed(file: string, judged: string): Promise<boolean> {
  const aside = `${file}.${process.pid}.stale`
  try {
    await rename(file, aside)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
  if ((await readLockFile(aside)) === judged) {
    await rm(aside, { force: true })
    return true
  }
  await rename(aside, file)
  return false
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
