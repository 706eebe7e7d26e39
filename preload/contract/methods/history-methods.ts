/** What happened: events, incidents, the audit of the operator's actions. */
import { z } from 'zod'
import { consoleEventSchema } from '../console-event.ts'
import { mutation, query } from '../definition.ts'
import { incidentDetailSchema } from '../incident.ts'

const incidentId = z.int().positive()

export const auditEntrySchema = z.strictObject({
  id: z.int().positive(),
  atMs: z.number(),
  actor: z.string(),
  /** "Drain 10.0.0.2:80 in api". */
  action: z.string(),
  reason: z.string(),
  /** "done", or why it failed. */
  outcome: z.string()
})

export const HISTORY_METHODS = {
  /** Oldest first. */
  'events.read': query(
    z.strictObject({ fromMs: z.number(), toMs: z.number(), limit: z.int().min(1).max(1000) }),
    z.array(consoleEventSchema)
  ),
  /** Errors: INCIDENT_UNKNOWN. */
  'incident.read': query(z.strictObject({ id: incidentId }), incidentDetailSchema),
  'incident.annotate': mutation(
    z.strictObject({ id: incidentId, notes: z.string().max(20_000) }),
    incidentDetailSchema
  ),
  /** A post-mortem skeleton in Markdown. */
  'incident.export': query(
    z.strictObject({ id: incidentId }),
    z.strictObject({ fileName: z.string(), markdown: z.string() })
  ),
  /** Newest first. */
  'audit.read': query(z.strictObject({ limit: z.int().min(1).max(500) }), z.array(auditEntrySchema))
}

export type AuditEntry = Readonly<z.infer<typeof auditEntrySchema>>
