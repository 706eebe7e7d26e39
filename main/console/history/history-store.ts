/**
 * What the books of the history ask of the file that they share. Writes are queued and go to the
 * disk together; no caller waits for them.
 */
import type { z } from 'zod'

export type StoredValue = string | number | null

/** What is wrong with the history, as a sentence for the operator. */
export interface HistoryTrouble {
  readonly message: string
}

export interface HistoryStore {
  /** Absolute path; null: what happens is kept only until the console ends. */
  readonly file: string | null
  /** Transactions since the opening; at most four a second. */
  readonly transactionsTotal: number
  /** Queued writes that were given up because the queue was full or the row was refused. */
  readonly droppedTotal: number
  /** What is wrong now; null: nothing. */
  readonly trouble: HistoryTrouble | null
  /**
   * Queues one statement. `onWritten` hears the number of changed rows once they are on the disk;
   * a write that is dropped never calls it.
   */
  write(sql: string, values: readonly StoredValue[], onWritten?: (changes: number) => void): void
  /** A statement at the end of every transaction, with the values of that moment. */
  stamp(sql: string, values: () => readonly StoredValue[]): void
  /** What the file holds now, without what is still queued. */
  readNow<Row>(row: z.ZodType<Row>, sql: string, values?: readonly StoredValue[]): readonly Row[]
  /** As `readNow`, after everything that is queued now had its turn, a quarter of a second at most. */
  read<Row>(
    row: z.ZodType<Row>,
    sql: string,
    values?: readonly StoredValue[]
  ): Promise<readonly Row[]>
  /** The highest number that a table ever gave, also when its row is gone; 0 = none. */
  lastNumberOf(table: NumberedTable): number
  /** Writes what is queued and closes the file. Idempotent; what comes later is dropped. */
  close(): Promise<void>
}

export type NumberedTable = 'event' | 'incident' | 'audit' | 'config_version' | 'console_session'
