/** Incidents on the disk. */
import { z } from 'zod'
import { EVENT_SEVERITIES } from '../../../preload/contract/console-event.ts'
import type { Incident } from '../../../preload/contract/incident.ts'
import type { HistoryStore } from './history-store.ts'

/** An incident that has no end yet. */
export interface LeftOpen {
  readonly incident: Incident
  /** Wall-clock milliseconds since which nothing is lost any more; null = something is. */
  readonly backAtMs: number | null
}

const poolsSchema = z.array(z.string())

const columnsSchema = z.object({
  id: z.int(),
  title: z.string(),
  opened_at_ms: z.number(),
  closed_at_ms: z.number().nullable(),
  back_at_ms: z.number().nullable(),
  severity: z.enum(EVENT_SEVERITIES),
  pools: z.string(),
  event_count: z.int(),
  notes: z.string()
})

const incidentRowSchema = columnsSchema.transform(incidentOf)

const leftOpenSchema = columnsSchema.transform((row): LeftOpen => ({
  incident: incidentOf(row),
  backAtMs: row.back_at_ms
}))

function incidentOf(row: z.infer<typeof columnsSchema>): Incident {
  return {
    id: row.id,
    title: row.title,
    openedAtMs: row.opened_at_ms,
    closedAtMs: row.closed_at_ms,
    severity: row.severity,
    pools: poolsSchema.parse(JSON.parse(row.pools)),
    eventCount: row.event_count,
    notes: row.notes
  }
}

const SAVE = `INSERT INTO incident
  (id, title, opened_at_ms, closed_at_ms, back_at_ms, severity, pools, event_count, notes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET closed_at_ms = excluded.closed_at_ms,
    back_at_ms = excluded.back_at_ms, severity = excluded.severity, pools = excluded.pools, event_count = excluded.event_count,
    notes = excluded.notes`

export class IncidentBook {
  readonly #store: HistoryStore

  constructor(store: HistoryStore) {
    this.#store = store
  }

  get lastId(): number {
    return this.#store.lastNumberOf('incident')
  }

  /** `backAtMs`: wall-clock milliseconds since which nothing is lost; null = something is. */
  save(incident: Incident, backAtMs: number | null): void {
    const { id, title, openedAtMs, closedAtMs, severity, pools, eventCount, notes } = incident
    const times = [openedAtMs, closedAtMs, backAtMs]
    const rest = [severity, JSON.stringify(pools), eventCount, notes]
    this.#store.write(SAVE, [id, title, ...times, ...rest])
  }

  /** What a console that ended has left open. */
  leftOpen(): readonly LeftOpen[] {
    const sql = 'SELECT * FROM incident WHERE closed_at_ms IS NULL'
    return this.#store.readNow(leftOpenSchema, sql)
  }

  /** Newest first. */
  recent(limit: number): readonly Incident[] {
    const sql = 'SELECT * FROM incident WHERE closed_at_ms IS NOT NULL ORDER BY id DESC LIMIT ?'
    return this.#store.readNow(incidentRowSchema, sql, [limit])
  }

  async read(id: number): Promise<Incident | null> {
    const sql = 'SELECT * FROM incident WHERE id = ?'
    const found = await this.#store.read(incidentRowSchema, sql, [id])
    return found[0] ?? null
  }
}
