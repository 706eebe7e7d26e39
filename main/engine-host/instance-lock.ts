/**
 * One `run` per instance: a lock file with the pids of the control plane and its engine. A
 * lock whose owner is dead is taken over; its engine, which drains by itself when its
 * parent dies, is waited for, because it may hold the ports for a moment longer.
 */
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { readLockFile, takeLockFile, type LockTaking } from '../../proxy-core/process/lock-file.ts'
import {
  identityOf,
  isAlive,
  type ProcessIdentity
} from '../../proxy-core/process/process-identity.ts'
import { stateUnusable } from './state-directory.ts'

const identitySchema = z.strictObject({ pid: z.int(), startTicks: z.number().nullable() })

const lockSchema = z.strictObject({
  owner: identitySchema,
  engine: identitySchema.nullable(),
  config: z.string()
})

type LockRecord = z.infer<typeof lockSchema>

export class InstanceLock {
  readonly #file: string
  #record: LockRecord
  #isReleased = false
  /** One note after the other: they share a temporary file. */
  #noting: Promise<void> = Promise.resolve()
  /** The engine of a dead predecessor that still drains; null when there is none. */
  readonly orphan: ProcessIdentity | null

  private constructor(file: string, record: LockRecord, orphan: ProcessIdentity | null) {
    this.#file = file
    this.#record = record
    this.orphan = orphan
  }

  /** Throws INSTANCE_LOCKED while the owner lives, STATE_UNUSABLE when the file cannot be used. */
  static async acquire(stateDirectory: string, config: string): Promise<InstanceLock> {
    const file = join(stateDirectory, 'lock')
    const record: LockRecord = { owner: identityOf(process.pid), engine: null, config }
    const taking = await taken(file, JSON.stringify(record))
    if (taking.kind === 'contested') {
      throw stateUnusable(file, 'taken over', 'another process keeps changing it')
    }
    if (taking.kind === 'held') throw locked(parse(taking.content)!, stateDirectory)
    const orphans = taking.stale.map((text) => orphanOf(parse(text)))
    return new InstanceLock(file, record, orphans.findLast((orphan) => orphan !== null) ?? null)
  }

  /** Written whenever the engine process changes, so that a successor can wait for it. */
  noteEngine(pid: number): Promise<void> {
    const noted = this.#noting.then(() => this.#note(pid))
    this.#noting = noted.catch(() => undefined)
    return noted
  }

  async release(): Promise<void> {
    if (this.#isReleased) return
    this.#isReleased = true
    // A note on its way would bring the lock back.
    await this.#noting
    await rm(this.#file, { force: true })
  }

  async #note(pid: number): Promise<void> {
    if (this.#isReleased) return
    this.#record = { ...this.#record, engine: pid > 0 ? identityOf(pid) : null }
    const temporary = `${this.#file}.${process.pid}.tmp`
    try {
      await writeFile(temporary, JSON.stringify(this.#record), { mode: 0o600 })
      await rename(temporary, this.#file)
    } catch (error) {
      throw stateUnusable(this.#file, 'written', error)
    }
  }
}

/** Who runs the instance of this directory now; null: nobody. Throws STATE_UNUSABLE. */
export async function holderOf(
  stateDirectory: string
): Promise<{ readonly pid: number; readonly config: string } | null> {
  const text = await contentOf(join(stateDirectory, 'lock'))
  const held = text === null ? null : parse(text)
  return held && isAlive(held.owner) ? { pid: held.owner.pid, config: held.config } : null
}

/**
 * The engine that the holder of an instance has noted last; null: it noted none, or the lock is
 * gone or unreadable. Whoever takes the instance over forgets it.
 */
export async function notedEngine(stateDirectory: string): Promise<ProcessIdentity | null> {
  try {
    const text = await contentOf(join(stateDirectory, 'lock'))
    return text === null ? null : (parse(text)?.engine ?? null)
  } catch {
    // Only a question: who needs the lock is told what is wrong with it.
    return null
  }
}

function isHeld(text: string): boolean {
  const owner = parse(text)?.owner
  // In a container every run may have the same pid: a lock of our own pid is an old one.
  return owner !== undefined && owner.pid !== process.pid && isAlive(owner)
}

function orphanOf(held: LockRecord | null): ProcessIdentity | null {
  return held?.engine && isAlive(held.engine) ? held.engine : null
}

async function taken(file: string, content: string): Promise<LockTaking> {
  try {
    return await takeLockFile(file, content, isHeld)
  } catch (error) {
    throw stateUnusable(file, 'taken', error)
  }
}

async function contentOf(file: string): Promise<string | null> {
  try {
    return await readLockFile(file)
  } catch (error) {
    throw stateUnusable(file, 'read', error)
  }
}

/** null for a file that is no lock; it protects nobody. */
function parse(text: string): LockRecord | null {
  try {
    const parsed = lockSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function locked(held: LockRecord, stateDirectory: string): SwitchyardError {
  return new SwitchyardError(
    'INSTANCE_LOCKED',
    `Process ${held.owner.pid} already runs this instance with ${held.config} ` +
      `(state directory ${stateDirectory}).`,
    { pid: held.owner.pid }
  )
}
