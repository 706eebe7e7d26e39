/** Messages as the threads make them, for tests of what carries them. */
import { NO_LINES, withLine, type LineList } from '../line-list.ts'
import type { MessageIncident, MessageLine, NotificationMessage } from '../message.ts'
import type { NotificationSource } from '../notification-source.ts'
import type { Occurrence } from '../occurrence.ts'

/** 2026-11-29T14:05:09.250Z. */
export const BEGAN_MS = Date.UTC(2026, 10, 29, 14, 5, 9, 250)

export const SOURCE: NotificationSource = {
  instance: 'web-1a2b3c4d',
  host: 'lb1.example.com',
  version: '0.1.0'
}

export function occurrence(changes: Partial<Occurrence> = {}): Occurrence {
  return {
    ...{ atMs: BEGAN_MS, occasion: 'pool_lost', pool: 'api', backend: null },
    ...{ severity: 'critical', headline: 'no backend left, its requests fail' },
    text: 'Pool api has no backend left, its requests fail (10.0.0.1:80 is down).',
    ...{ begins: { key: 'pool', occasion: 'pool_lost' }, ends: [] },
    ...changes
  }
}

export function incident(changes: Partial<MessageIncident> = {}): MessageIncident {
  return {
    ...{ id: 'a1b2c3d4e5f6-1', kind: 'opened', pool: 'api', severity: 'critical' },
    ...{ openedAtMs: BEGAN_MS, closedAtMs: null, headline: 'no backend left, its requests fail' },
    ...changes
  }
}

export function linesOf(...lines: readonly MessageLine[]): LineList<MessageLine> {
  return lines.reduce<LineList<MessageLine>>((list, line) => withLine(list, line), NO_LINES)
}

export function message(changes: Partial<NotificationMessage> = {}): NotificationMessage {
  return {
    incidents: [incident()],
    lines: linesOf(occurrence()),
    ...{ heldBack: 0, dropped: 0 },
    ...changes
  }
}

const EXAMPLE_LINES = linesOf(
  occurrence({
    ...{ pool: 'app-principal-pool', backend: 'servidor-principal:80' },
    ...{ occasion: 'backend_down', severity: 'warning' },
    text: 'Pool app-principal-pool: servidor-principal:80 is down, was up (2 probes in a row failed, L4CON: servidor-principal:80 refused the connection).'
  }),
  occurrence({
    ...{ pool: 'app-principal-pool', occasion: 'failover', severity: 'warning' },
    ...{ atMs: BEGAN_MS + 1 },
    text: 'Pool app-principal-pool: traffic goes to the backups of level 1, went to the primaries (servidor-principal:80 is down).'
  })
)

const EXAMPLE_INCIDENT = incident({
  ...{ pool: 'app-principal-pool', severity: 'warning' },
  headline: 'served by the backups of level 1'
})

/** The first message of the guide: the primary of seed 004 has died. */
export const EXAMPLE_OPENED = message({ incidents: [EXAMPLE_INCIDENT], lines: EXAMPLE_LINES })

/** Its last one: it is back. */
export const EXAMPLE_CLOSED = message({
  incidents: [{ ...EXAMPLE_INCIDENT, kind: 'closed', closedAtMs: BEGAN_MS + 252_000 }],
  lines: linesOf(
    occurrence({
      ...{ pool: 'app-principal-pool', occasion: 'failover', severity: 'notice' },
      ...{ atMs: BEGAN_MS + 252_000 },
      text: 'Pool app-principal-pool: traffic goes to the primaries, went to the backups of level 1 (servidor-principal:80 is up).'
    })
  )
})
