/**
 * The generic JSON of webhooks. Its schema is published as `resources/notification.schema.json` and
 * described in docs/reference/notifications.md. Members are added within a version; one that goes
 * or changes its meaning makes the next version.
 */
import { z } from 'zod'
import { EVENT_SEVERITIES } from '../../../preload/contract/console-event.ts'
import { OCCASIONS } from '../../../proxy-core/model/notification-settings.ts'
import {
  kindOf,
  MESSAGE_KINDS,
  severityOf,
  type MessageIncident,
  type NotificationMessage
} from '../message.ts'
import { inOneLine, wordsOf } from '../message-text.ts'
import type { NotificationSource } from '../notification-source.ts'

export const NOTIFICATION_VERSION = 1

const moment = z.iso.datetime().describe('UTC, in ISO 8601.')
const severity = z
  .enum(EVENT_SEVERITIES)
  .describe(
    '`critical`: users may notice. `warning`: capacity or safety is reduced. `notice`, `info`: good to know.'
  )
const pool = z.string().nullable().describe('null: it is about the engine as a whole.')

const incidentSchema = z.strictObject({
  id: z.string().describe('The same in every message about one incident, and unique for ever.'),
  state: z
    .enum(['open', 'closed', 'none'])
    .describe('`none`: nothing that lasts, such as a test or a change by an operator.'),
  pool,
  severity: severity.describe('Of the worst that happened in it so far.'),
  headline: z.string().describe('In few words, without the pool.'),
  openedAt: moment,
  closedAt: moment.nullable().describe('null unless `state` is `closed`.'),
  durationSeconds: z.number().nonnegative().nullable().describe('null unless `state` is `closed`.')
})

export const notificationDocumentSchema = z
  .strictObject({
    version: z.literal(NOTIFICATION_VERSION),
    kind: z
      .enum(MESSAGE_KINDS)
      .describe(
        '`opened`, `updated`, `closed`: the first, a further, the last word about an incident. `notice`: something that does not last. `digest`: several incidents that had to wait. `test`: asked for by an operator.'
      ),
    severity,
    title: z.string().describe('One line for people.'),
    summary: z.string().describe('A sentence for people.'),
    pool: pool.describe('Of the incident; null in a digest, and where it is about the engine.'),
    incident: incidentSchema.nullable().describe('null in a digest.'),
    incidents: z.array(incidentSchema).min(1).describe('Every incident that the message tells of.'),
    events: z
      .array(
        z.strictObject({
          at: moment,
          occasion: z.enum(OCCASIONS),
          pool,
          backend: z.string().nullable(),
          severity,
          text: z.string().describe('A sentence for people.')
        })
      )
      .describe('The time line, oldest first: at most 20.'),
    omittedEvents: z.int().nonnegative().describe('Events that are left out after the fifth.'),
    heldBackMessages: z
      .int()
      .nonnegative()
      .describe('Messages that had to wait and are part of this one.'),
    droppedMessages: z
      .int()
      .nonnegative()
      .describe('Messages before this one that were never delivered.'),
    source: z.strictObject({
      product: z.literal('Switchyard'),
      version: z.string(),
      instance: z.string(),
      host: z.string()
    })
  })
  .describe('What a Switchyard webhook of the format json posts.')

export type NotificationDocument = z.infer<typeof notificationDocumentSchema>

export function notificationDocument(
  message: NotificationMessage,
  source: NotificationSource
): NotificationDocument {
  const { incidents, lines, heldBack, dropped } = message
  const { title, summary } = wordsOf(message, source)
  const described = incidents.map(describeIncident)
  const single = described.length === 1 ? described[0]! : null
  return {
    version: NOTIFICATION_VERSION,
    kind: kindOf(message),
    severity: severityOf(message),
    title,
    summary,
    pool: single?.pool ?? null,
    incident: single,
    incidents: described,
    events: lines.shown.map(({ atMs, text, ...event }) => ({
      ...{ at: iso(atMs), occasion: event.occasion, pool: event.pool, backend: event.backend },
      ...{ severity: event.severity, text: inOneLine(text) }
    })),
    omittedEvents: lines.omitted,
    heldBackMessages: heldBack,
    droppedMessages: dropped,
    source: {
      product: 'Switchyard',
      version: source.version,
      instance: source.instance,
      host: source.host
    }
  }
}

function describeIncident(incident: MessageIncident): NotificationDocument['incidents'][number] {
  const { id, kind, pool: whose, headline, openedAtMs, closedAtMs } = incident
  const isOver = kind === 'closed' && closedAtMs !== null
  return {
    id,
    state: isOver ? 'closed' : kind === 'opened' || kind === 'updated' ? 'open' : 'none',
    pool: whose,
    severity: incident.severity,
    headline,
    openedAt: iso(openedAtMs),
    closedAt: isOver ? iso(closedAtMs) : null,
    durationSeconds: isOver ? Math.max(0, closedAtMs - openedAtMs) / 1000 : null
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}
