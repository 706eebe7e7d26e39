/**
 * One process per directory: two would write into each other's segments. The lock of a process
 * that crashed is free, also when its pid has been given to another one.
 */
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SwitchyardError } from '../model/error-catalogue.ts'
import { takeLockFile } from '../process/lock-file.ts'
import { identityOf, isAlive, type ProcessIdentity } from '../process/process-identity.ts'
import type { DirectoryLock } from './disk.ts'
import { LOCK_NAME } from './file-names.ts'

/**
 * Of this process. A lock with our own pid that is not here is an old one: in a container every
 * run may have the same pid.
 */
const HELD_HERE = new Set<string>()

export class StoreLock implements DirectoryLock {
  readonly #file: string

  private constructor(file: string) {
    this.#file = file
  }

  /** Rejects with BUFFER_LOCKED while a living process has it, else with what the system says. */
  static async acquire(directory: string): Promise<StoreLock> {
    const file = resolve(join(directory, LOCK_NAME))
    if (HELD_HERE.has(file)) throw locked(directory, process.pid)
    HELD_HERE.add(file)
    try {
      const content = JSON.stringify(identityOf(process.pid))
      const taking = await takeLockFile(file, content, isHeld)
      if (taking.kind === 'taken') return new StoreLock(file)
      const owner = taking.kind === 'held' ? ownerIn(taking.content) : null
      throw locked(directory, owner?.pid ?? null)
    } catch (error) {
      HELD_HERE.delete(file)
      throw error
    }
  }

  async release(): Promise<void> {
    if (!HELD_HERE.delete(this.#file)) return
    await rm(this.#file, { force: true })
  }
}

function isHeld(content: string): boolean {
  const owner = ownerIn(content)
  return owner !== null && owner.pid !== process.pid && isAlive(owner)
}

/** null: the file is no lock, and protects nobody. */
function ownerIn(content: string): ProcessIdentity | null {
  try {
    const { pid, startTicks } = JSON.parse(content) as Partial<ProcessIdentity>
    if (typeof pid !== 'number') return null
    return { pid, startTicks: typeof startTicks === 'number' ? startTicks : null }
  } catch {
    return null
  }
}

function locked(directory: string, pid: number | null): SwitchyardError {
  const who = pid === null ? 'Another process' : `Process ${pid}`
  return new SwitchyardError('BUFFER_LOCKED', `${who} already uses the buffer ${directory}.`, {
    pid,
    directory
  })
}
