/**
 * An incident groups the events between the first loss of capacity (or rise of errors) and the
 * end of it: see docs/reference/console.md for the rule.
 */
import { z } from 'zod'
import { consoleEventSchema, EVENT_SEVERITIES } from './console-event.ts'

export const incidentSchema = z.strictObject({
  id: z.int().positive(),
  /** "api: 10.0.0.2:80 down", from the event that opened it. */
  title: z.string(),
  openedAtMs: z.number(),
  /** When it was over; null while it lasts. */
  closedAtMs: z.number().nullable(),
  /** The worst of its events. */
  severity: z.enum(EVENT_SEVERITIES),
  pools: z.array(z.string()),
  eventCount: z.int().nonnegative(),
  /** The operator's notes, Markdown. */
  notes: z.string().max(20_000)
})

export const incidentBoardSchema = z.strictObject({
  open: z.array(incidentSchema),
  /** Newest first, at most 50. */
  recent: z.array(incidentSchema)
})

export const incidentDetailSchema = z.strictObject({
  incident: incidentSchema,
  /** Oldest first, at most 1 000. */
  events: z.array(consoleEventSchema)
})

export type Incident = Readonly<z.infer<typeof incidentSchema>>
export type IncidentBoard = Readonly<z.infer<typeof incidentBoardSchema>>
export type IncidentDetail = Readonly<z.infer<typeof incidentDetailSchema>>
