/**
 * Marks the life of this console in the history: its start, that it is alive (with every write)
 * and its clean end. A predecessor without an end has crashed or was killed.
 */
import { z } from 'zod'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import { notedEngine } from '../../engine-host/instance-lock.ts'
import { isAlive, type ProcessIdentity } from '../../../proxy-core/process/process-identity.ts'
import type { HistoryStore } from './history-store.ts'
import {
  hasStagedChanges,
  lastEndSentence,
  readEngineEnd,
  type EngineFate,
  type LastEnd
} from './last-end.ts'

/** An engine that has lost its console drains first; its report is looked for so long. */
const LOOKS = 60
const LOOK_EVERY_MS = 1_000

const rowSchema = z.object({
  started_at_ms: z.number(),
  seen_at_ms: z.number(),
  ended_at_ms: z.number().nullable(),
  engine_directory: z.string().nullable()
})

type Predecessor = z.infer<typeof rowSchema>

export interface SessionRecordParts {
  readonly store: HistoryStore
  readonly clock: Clock
  /** The console's own. */
  readonly stateFolder: string
  readonly pid: number
  readonly version: string
}

export class SessionRecord {
  readonly #parts: SessionRecordParts
  readonly #id: number
  readonly #predecessor: Predecessor | null
  readonly #listeners = new Set<(lastEnd: LastEnd) => void>()
  /** Of the predecessor, as long as that is known. */
  #lastEngine: ProcessIdentity | null = null
  #engineDirectory: string | null = null
  #endedAtMs: number | null = null
  #lastEnd: LastEnd | null = null
  #hasStaged = false
  #look: Timer | null = null

  constructor(parts: SessionRecordParts) {
    this.#parts = parts
    const { store, clock, pid, version } = parts
    const sql = 'SELECT * FROM console_session ORDER BY id DESC LIMIT 1'
    const last = store.readNow(rowSchema, sql)[0]
    this.#predecessor = last?.ended_at_ms === null ? last : null
    this.#id = store.lastNumberOf('console_session') + 1
    const nowMs = clock.wallNow()
    store.write(
      `INSERT INTO console_session (id, pid, version, started_at_ms, seen_at_ms)
       VALUES (?, ?, ?, ?, ?)`,
      [this.#id, pid, version, nowMs, nowMs]
    )
    store.stamp(
      `UPDATE console_session SET seen_at_ms = ?, ended_at_ms = ?, engine_directory = ?
       WHERE id = ?`,
      () => [clock.wallNow(), this.#endedAtMs, this.#engineDirectory, this.#id]
    )
  }

  /** When the predecessor was last alive; null: it ended by a stop, or there was none. */
  get crashedAtMs(): number | null {
    return this.#predecessor?.seen_at_ms ?? null
  }

  /** null: the predecessor ended by a stop, there was none, or the operator has read it. */
  get current(): LastEnd | null {
    return this.#lastEnd
  }

  /** The operator has read it. */
  dismiss(): void {
    this.#look?.cancel()
    this.#lastEnd = null
  }

  /** The engine's report has come in after all. Returns the end of it. */
  onLastEnd(listener: (lastEnd: LastEnd) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Finds out what is known of the predecessor's end; looks again for a while where needed. */
  async investigate(): Promise<LastEnd | null> {
    const predecessor = this.#predecessor
    if (!predecessor) return null
    const { engine_directory: directory } = predecessor
    // Now: soon the workspace takes the instance over.
    this.#lastEngine = directory === null ? null : await notedEngine(directory)
    this.#hasStaged = await hasStagedChanges(this.#parts.stateFolder)
    const fate = await this.#fateOf(predecessor)
    this.#conclude(predecessor, fate)
    if (fate === 'unknown') this.#lookAgain(predecessor, LOOKS)
    return this.#lastEnd
  }

  /** Where the engine that now runs keeps its state; null: none runs. */
  noteEngine(stateDirectory: string | null): void {
    if (stateDirectory === this.#engineDirectory) return
    this.#engineDirectory = stateDirectory
    this.#touch()
  }

  /** The console ends by a stop. */
  end(): void {
    this.#look?.cancel()
    this.#listeners.clear()
    this.#endedAtMs = this.#parts.clock.wallNow()
    this.#touch()
  }

  /** The stamp goes with every transaction, and this makes one. */
  #touch(): void {
    const nowMs = this.#parts.clock.wallNow()
    this.#parts.store.write('UPDATE console_session SET seen_at_ms = ? WHERE id = ?', [
      nowMs,
      this.#id
    ])
  }

  async #fateOf(predecessor: Predecessor): Promise<EngineFate> {
    const { engine_directory: directory, started_at_ms: startedAtMs } = predecessor
    if (directory === null) return 'none'
    // Asked first, because it reports before it ends.
    const hasEnded = this.#lastEngine !== null && !isAlive(this.#lastEngine)
    const end = await readEngineEnd(directory, startedAtMs)
    return end ?? (hasEnded ? 'killed' : 'unknown')
  }

  #lookAgain(predecessor: Predecessor, looks: number): void {
    if (looks === 0 || this.#endedAtMs !== null) return
    this.#look = this.#parts.clock.setTimeout(() => {
      void this.#fateOf(predecessor).then((fate) => {
        if (fate === 'unknown') return this.#lookAgain(predecessor, looks - 1)
        const lastEnd = this.#conclude(predecessor, fate)
        for (const listener of this.#listeners) listener(lastEnd)
      })
    }, LOOK_EVERY_MS)
  }

  #conclude({ seen_at_ms: atMs }: Predecessor, fate: EngineFate): LastEnd {
    const nowMs = this.#parts.clock.wallNow()
    const sentence = lastEndSentence({ seenMs: atMs, nowMs, fate, hasStaged: this.#hasStaged })
    this.#lastEnd = { atMs, sentence }
    return this.#lastEnd
  }
}
