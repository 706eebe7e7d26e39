/** Every action of an operator: who did what, why, and how it ended. */
import { z } from 'zod'
import type { AuditEntry } from '../../../preload/contract/methods/history-methods.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { HistoryStore } from './history-store.ts'

export type AuditBody = Omit<AuditEntry, 'id' | 'atMs'>

const rowSchema = z
  .object({
    id: z.int(),
    at_ms: z.number(),
    actor: z.string(),
    action: z.string(),
    reason: z.string(),
    outcome: z.string()
  })
  .transform(({ at_ms, ...same }): AuditEntry => ({ ...same, atMs: at_ms }))

export class AuditLog {
  readonly #store: HistoryStore
  readonly #clock: Clock
  #lastId: number

  constructor(store: HistoryStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#lastId = store.lastNumberOf('audit')
  }

  /** Returns the number of the entry. Secrets must not be in any of its words. */
  record({ actor, action, reason, outcome }: AuditBody): number {
    const id = ++this.#lastId
    this.#store.write(
      'INSERT INTO audit (id, at_ms, actor, action, reason, outcome) VALUES (?, ?, ?, ?, ?, ?)',
      [id, this.#clock.wallNow(), actor, action, reason, outcome]
    )
    return id
  }

  /** Newest first. */
  newest(limit: number): Promise<readonly AuditEntry[]> {
    return this.#store.read(rowSchema, 'SELECT * FROM audit ORDER BY id DESC LIMIT ?', [limit])
  }

  /** Of that time, oldest first. */
  between(fromMs: number, toMs: number, limit: number): Promise<readonly AuditEntry[]> {
    const sql = 'SELECT * FROM audit WHERE at_ms BETWEEN ? AND ? ORDER BY id LIMIT ?'
    return this.#store.read(rowSchema, sql, [fromMs, toMs, limit])
  }
}
