/**
 * Opens the history file, sets a damaged one aside, and falls back to memory where the disk
 * cannot be used: a console without a history is better than none.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { migrate } from './history-schema.ts'
import type { HistoryTrouble } from './history-store.ts'
import { failureOf } from './sqlite-failure.ts'

/** Long enough for a predecessor that is closing; the event loop stands still meanwhile. */
const LOCK_WAIT_MS = 200

export interface OpenedHistory {
  readonly database: DatabaseSync
  /** null: in memory. */
  readonly file: string | null
  readonly trouble: HistoryTrouble | null
}

/** Never throws. `wallMs` goes into the name of a file that is set aside. */
export function openHistoryFile(file: string, wallMs: number): OpenedHistory {
  try {
    return { database: connect(file), file, trouble: null }
  } catch (error) {
    if (failureOf(error) !== 'damaged') return inMemory(sentenceOf(file, error))
  }
  try {
    const aside = setAside(file, wallMs)
    const message = `The history file ${file} is damaged. It was set aside as ${basename(aside)}, and a new one was begun.`
    return { database: connect(file), file, trouble: { message } }
  } catch (error) {
    return inMemory(sentenceOf(file, error))
  }
}

function connect(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // SQLite gives its -wal file the mode of the database.
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  const database = new DatabaseSync(file, { timeout: LOCK_WAIT_MS })
  try {
    // Set before the first access: one console owns the file, and numbers are given in memory.
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = NORMAL')
    assertSound(database)
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function assertSound(database: DatabaseSync): void {
  const result = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (result === 'ok') return
  throw Object.assign(new Error(String(result)), { errcode: 11 })
}

/** With the parts that belong to it: a log of a damaged file must not meet a new one. */
function setAside(file: string, wallMs: number): string {
  const stamp = new Date(wallMs).toISOString().replaceAll(':', '-')
  const aside = `${file}.damaged-${stamp}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${aside}${suffix}`)
  }
  return aside
}

function inMemory(message: string): OpenedHistory {
  const database = new DatabaseSync(':memory:')
  migrate(database)
  return { database, file: null, trouble: { message } }
}

function sentenceOf(file: string, error: unknown): string {
  const kept = 'What happens is kept only until the console ends.'
  if (failureOf(error) === 'busy') {
    return `The history file ${file} is in use by another process. ${kept}`
  }
  const reason = error instanceof Error ? error.message : String(error)
  if (error instanceof SwitchyardError) return `${reason} ${file} was left as it is. ${kept}`
  return `The history file ${file} cannot be used: ${reason}. ${kept}`
}
