/**
 * The log of what happened: numbers each event, gives it its incident, keeps the newest in
 * memory and all of them on the disk.
 */
import { z } from 'zod'
import {
  EVENT_ACTORS,
  EVENT_KINDS,
  EVENT_SEVERITIES,
  type ConsoleEvent
} from '../../../preload/contract/console-event.ts'
import { planRequestSchema, type PlanRequest } from '../../../preload/contract/plan.ts'
import type { TopicPayload } from '../../../preload/contract/topics.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { TopicSource } from '../../contract/topic-sources.ts'
import { NO_CHANGE } from './capacity.ts'
import type { EventBody } from './event-body.ts'
import type { HistoryStore } from './history-store.ts'
import type { IncidentTracker } from './incident-tracker.ts'

/** What a page that has just come gets at most; older ones it reads. */
const EVENTS_IN_MEMORY = 1_000
const EVENTS_PER_PAYLOAD = 200

const rowSchema = z
  .object({
    seq: z.int(),
    at_ms: z.number(),
    kind: z.enum(EVENT_KINDS),
    severity: z.enum(EVENT_SEVERITIES),
    actor: z.enum(EVENT_ACTORS),
    text: z.string(),
    pool: z.string().nullable(),
    backend: z.string().nullable(),
    code: z.string().nullable(),
    incident_id: z.int().nullable(),
    offer: z.string().nullable()
  })
  .transform(({ at_ms, incident_id, offer, ...same }): ConsoleEvent => {
    return { ...same, atMs: at_ms, incidentId: incident_id, offer: offerFrom(offer) }
  })

const INSERT = `INSERT INTO event
  (seq, at_ms, kind, severity, actor, text, pool, backend, code, incident_id, offer)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

type EventsPayload = TopicPayload<'events'>

export class EventLog {
  readonly #store: HistoryStore
  readonly #incidents: IncidentTracker
  readonly #clock: Clock
  readonly #listeners = new Set<(event: ConsoleEvent) => void>()
  /** The newest, oldest first, without a gap. */
  #recent: ConsoleEvent[]
  #lastSeq: number

  constructor(store: HistoryStore, incidents: IncidentTracker, clock: Clock) {
    this.#store = store
    this.#incidents = incidents
    this.#clock = clock
    const newestFirst = 'SELECT * FROM event ORDER BY seq DESC LIMIT ?'
    this.#recent = store.readNow(rowSchema, newestFirst, [EVENTS_IN_MEMORY]).toReversed()
    this.#lastSeq = store.lastNumberOf('event')
  }

  /** Number of the newest event; 0 = there never was one. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  append(body: EventBody): ConsoleEvent {
    const plain = {
      seq: ++this.#lastSeq,
      atMs: body.atMs ?? this.#clock.wallNow(),
      kind: body.kind,
      severity: body.severity,
      actor: body.actor,
      text: body.text,
      pool: body.pool ?? null,
      backend: body.backend ?? null,
      code: body.code ?? null
    }
    const offer = body.offer ?? null
    const incidentId = this.#incidents.take(plain, body.capacity ?? NO_CHANGE)
    const event: ConsoleEvent = { ...plain, incidentId, offer }
    this.#keep(event)
    for (const listener of this.#listeners) listener(event)
    return event
  }

  /** Of that time, oldest first; the newest `limit` where there are more. */
  async read(fromMs: number, toMs: number, limit: number): Promise<readonly ConsoleEvent[]> {
    const sql = 'SELECT * FROM event WHERE at_ms BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?'
    return (await this.#store.read(rowSchema, sql, [fromMs, toMs, limit])).toReversed()
  }

  /** The first `limit` events of an incident, oldest first. */
  ofIncident(id: number, limit: number): Promise<readonly ConsoleEvent[]> {
    const sql = 'SELECT * FROM event WHERE incident_id = ? ORDER BY seq LIMIT ?'
    return this.#store.read(rowSchema, sql, [id, limit])
  }

  /** Every event from now on; returns the end of it. */
  onEvent(listener: (event: ConsoleEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly topic: TopicSource<'events'> = {
    open: ({ since }, push) => {
      // A number beyond the newest comes from a history that was set aside.
      for (const payload of this.#payloadsSince(since > this.#lastSeq ? 0 : since)) push(payload)
      return this.onEvent((event) => push({ events: [event], gap: null }))
    }
  }

  #payloadsSince(since: number): readonly EventsPayload[] {
    const events = this.#recent.filter(({ seq }) => seq > since)
    const firstSeq = events[0]?.seq ?? this.#lastSeq + 1
    const gap = firstSeq > since + 1 ? { from: since + 1, to: firstSeq - 1 } : null
    const payloads: EventsPayload[] = []
    for (let from = 0; from < events.length || from === 0; from += EVENTS_PER_PAYLOAD) {
      const part = events.slice(from, from + EVENTS_PER_PAYLOAD)
      payloads.push({ events: part, gap: from === 0 ? gap : null })
    }
    return payloads
  }

  #keep(event: ConsoleEvent): void {
    this.#recent.push(event)
    if (this.#recent.length > EVENTS_IN_MEMORY) this.#recent.shift()
    const { seq, atMs, kind, severity, actor, text, pool, backend, code, incidentId } = event
    const place = [pool, backend, code, incidentId]
    const offer = event.offer === null ? null : JSON.stringify(event.offer)
    this.#store.write(INSERT, [seq, atMs, kind, severity, actor, text, ...place, offer])
  }
}

/** null also for a request that this version does not know: the event stands without it. */
function offerFrom(kept: string | null): PlanRequest | null {
  if (kept === null) return null
  try {
    return planRequestSchema.safeParse(JSON.parse(kept)).data ?? null
  } catch {
    return null
  }
}
