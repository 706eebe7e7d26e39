/** Configurations that were applied, for the list of the Config screen and for going back to one. */
import { z } from 'zod'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { KeptConfigVersion, NewConfigVersion, VersionLog } from '../workspace/version-log.ts'
import type { HistoryStore } from './history-store.ts'
import { CONFIG_VERSIONS } from './retention.ts'

type VersionFacts = Omit<KeptConfigVersion, 'text'>

const factsSchema = z
  .object({
    id: z.int(),
    file: z.string(),
    at_ms: z.number(),
    actor: z.string(),
    reason: z.string(),
    summary: z.string(),
    hash: z.string()
  })
  .transform(({ at_ms, ...same }): VersionFacts => ({ ...same, atMs: at_ms }))

const textSchema = z.object({ text: z.string() })

export class ConfigVersions implements VersionLog {
  readonly #store: HistoryStore
  readonly #clock: Clock
  /** Newest first; as many as are kept. */
  #facts: readonly VersionFacts[]
  /** Texts that are not on the disk yet. */
  readonly #unwritten = new Map<number, string>()
  #lastId: number

  constructor(store: HistoryStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
    const sql = `SELECT id, file, at_ms, actor, reason, summary, hash FROM config_version
      ORDER BY id DESC LIMIT ?`
    this.#facts = store.readNow(factsSchema, sql, [CONFIG_VERSIONS])
    this.#lastId = store.lastNumberOf('config_version')
  }

  add(version: NewConfigVersion): number {
    const { file, actor, reason, summary, hash, text } = version
    const facts: VersionFacts = {
      ...{ file, actor, reason, summary, hash },
      id: ++this.#lastId,
      atMs: this.#clock.wallNow()
    }
    const { id, atMs } = facts
    this.#facts = [facts, ...this.#facts].slice(0, CONFIG_VERSIONS)
    this.#unwritten.set(id, text)
    this.#store.write(
      `INSERT INTO config_version (id, file, at_ms, actor, reason, summary, hash, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, file, atMs, actor, reason, summary, hash, text],
      () => this.#unwritten.delete(id)
    )
    return id
  }

  list(file: string, limit: number): readonly VersionFacts[] {
    return this.#facts.filter((facts) => facts.file === file).slice(0, limit)
  }

  read(id: number): KeptConfigVersion | null {
    const facts = this.#facts.find((one) => one.id === id)
    const text = this.#unwritten.get(id) ?? this.#textOf(id)
    return facts && text !== undefined ? { ...facts, text } : null
  }

  #textOf(id: number): string | undefined {
    const sql = 'SELECT text FROM config_version WHERE id = ?'
    return this.#store.readNow(textSchema, sql, [id])[0]?.text
  }
}
