/**
 * The history on `node:sqlite`, in the control plane's process: no request of a client ever
 * waits for it. What is written within a quarter of a second goes to the disk as one
 * transaction, so the disk sees at most four a second, whatever happens.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { z } from 'zod'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import { openHistoryFile } from './history-file.ts'
import type { HistoryStore, HistoryTrouble, NumberedTable, StoredValue } from './history-store.ts'
import { failureOf } from './sqlite-failure.ts'

/** A little more than a quarter of a second: timers may fire a millisecond early. */
export const FLUSH_INTERVAL_MS = 260
/** Minutes of a busy day; a disk that does not come back costs the oldest of them. */
export const QUEUE_LIMIT = 10_000
const LONGEST_PAUSE_MS = 30_000

interface QueuedWrite {
  readonly sql: string
  readonly values: readonly StoredValue[]
  readonly onWritten: ((changes: number) => void) | undefined
}

interface Stamp {
  readonly sql: string
  readonly values: () => readonly StoredValue[]
}

export interface SqliteHistoryParts {
  /** Absolute path of the database file. */
  readonly file: string
  readonly clock: Clock
  /** Something is wrong that was well before; `trouble` keeps it. */
  readonly onTrouble: (trouble: HistoryTrouble) => void
  /** Default `QUEUE_LIMIT`. */
  readonly queueLimit?: number
}

export class SqliteHistory implements HistoryStore {
  readonly #parts: SqliteHistoryParts
  readonly #queueLimit: number
  #database: DatabaseSync
  #file: string | null
  #trouble: HistoryTrouble | null
  readonly #statements = new Map<string, StatementSync>()
  #queue: QueuedWrite[] = []
  readonly #stamps: Stamp[] = []
  #waiters: (() => void)[] = []
  #timer: Timer | null = null
  #pauseMs = FLUSH_INTERVAL_MS
  #isClosed = false
  #transactionsTotal = 0
  #droppedTotal = 0

  /** Opens or makes the file. Never throws: where there is no file, it keeps to memory. */
  constructor(parts: SqliteHistoryParts) {
    this.#parts = parts
    this.#queueLimit = parts.queueLimit ?? QUEUE_LIMIT
    const { database, file, trouble } = openHistoryFile(parts.file, parts.clock.wallNow())
    this.#database = database
    this.#file = file
    this.#trouble = trouble
    if (trouble) parts.onTrouble(trouble)
  }

  get file(): string | null {
    return this.#file
  }
  get transactionsTotal(): number {
    return this.#transactionsTotal
  }
  get droppedTotal(): number {
    return this.#droppedTotal
  }
  get trouble(): HistoryTrouble | null {
    return this.#trouble
  }

  write(sql: string, values: readonly StoredValue[], onWritten?: (changes: number) => void): void {
    if (this.#isClosed) {
      this.#droppedTotal++
      return
    }
    if (this.#queue.length >= this.#queueLimit) this.#dropOldest()
    this.#queue.push({ sql, values, onWritten })
    this.#schedule()
  }

  stamp(sql: string, values: () => readonly StoredValue[]): void {
    this.#stamps.push({ sql, values })
  }

  readNow<Row>(
    row: z.ZodType<Row>,
    sql: string,
    values: readonly StoredValue[] = []
  ): readonly Row[] {
    if (this.#isClosed) throw unusable('The history is closed.')
    try {
      const found = this.#statement(sql).all(...values)
      return found.map((one) => row.parse(one))
    } catch (error) {
      if (failureOf(error) === 'damaged') this.#replaceDamaged()
      const reason = error instanceof Error ? error.message : String(error)
      throw unusable(`The history cannot be read: ${reason}.`)
    }
  }

  async read<Row>(
    row: z.ZodType<Row>,
    sql: string,
    values: readonly StoredValue[] = []
  ): Promise<readonly Row[]> {
    // A disk that fails is not waited for: the file says what it can.
    const isDueSoon = this.#queue.length > 0 && this.#pauseMs === FLUSH_INTERVAL_MS
    if (isDueSoon) await new Promise<void>((resolve) => this.#waiters.push(resolve))
    return this.readNow(row, sql, values)
  }

  lastNumberOf(table: NumberedTable): number {
    const sql = 'SELECT seq FROM sqlite_sequence WHERE name = ?'
    return Number(this.#statement(sql).get(table)?.['seq'] ?? 0)
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    this.#timer?.cancel()
    this.#flush()
    this.#isClosed = true
    this.#timer?.cancel()
    this.#statements.clear()
    this.#database.close()
    return Promise.resolve()
  }

  #schedule(): void {
    this.#timer ??= this.#parts.clock.setTimeout(() => {
      this.#timer = null
      this.#flush()
      if (this.#queue.length > 0) this.#schedule()
    }, this.#pauseMs)
  }

  #flush(): void {
    if (this.#queue.length > 0) this.#flushQueue()
    const waiters = this.#waiters
    this.#waiters = []
    for (const settle of waiters) settle()
  }

  #flushQueue(): void {
    const batch = this.#queue
    this.#queue = []
    try {
      const changes = this.#commit(batch)
      this.#pauseMs = FLUSH_INTERVAL_MS
      if (this.#file !== null) this.#trouble = null
      batch.forEach(({ onWritten }, index) => onWritten?.(changes[index]!))
    } catch (error) {
      this.#queue = batch.slice(-this.#queueLimit)
      this.#droppedTotal += batch.length - this.#queue.length
      this.#takeFailure(error)
    }
  }

  /** Returns the changed rows of each write; a statement that SQLite refuses is dropped alone. */
  #commit(batch: readonly QueuedWrite[]): readonly number[] {
    this.#transactionsTotal++
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const changes = batch.map((write) => this.#run(write))
      for (const { sql, values } of this.#stamps) this.#statement(sql).run(...values())
      this.#database.exec('COMMIT')
      return changes
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #run({ sql, values }: QueuedWrite): number {
    try {
      return Number(this.#statement(sql).run(...values).changes)
    } catch (error) {
      if (failureOf(error) !== 'statement') throw error
      this.#droppedTotal++
      const reason = error instanceof Error ? error.message : String(error)
      this.#tell(`A row of the history was refused and is lost: ${reason}.`)
      return 0
    }
  }

  #takeFailure(error: unknown): void {
    const failure = failureOf(error)
    if (failure === 'damaged') return this.#replaceDamaged()
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
    const reason = error instanceof Error ? error.message : String(error)
    const what = `The history file ${this.#parts.file} cannot be written: ${reason}.`
    this.#tell(`${what} What happens is kept in memory and written when that is possible again.`)
  }

  /** What is queued goes into the new file; numbers go on from where they are. */
  #replaceDamaged(): void {
    this.#statements.clear()
    this.#database.close()
    const { database, file, trouble } = openHistoryFile(
      this.#parts.file,
      this.#parts.clock.wallNow()
    )
    this.#database = database
    this.#file = file
    this.#tell(
      trouble?.message ??
        `The history file ${this.#parts.file} was damaged for a moment; it was opened again.`
    )
  }

  #dropOldest(): void {
    this.#queue.shift()
    this.#droppedTotal++
    this.#tell(
      `More happened than the history can take: the oldest of ${this.#queueLimit} waiting rows were given up.`
    )
  }

  /** The same thing is told once, until a transaction has gone well. */
  #tell(message: string): void {
    const isNew = this.#trouble?.message !== message
    this.#trouble = { message }
    if (isNew) this.#parts.onTrouble(this.#trouble)
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

function unusable(message: string): SwitchyardError {
  return new SwitchyardError('HISTORY_UNUSABLE', message)
}
