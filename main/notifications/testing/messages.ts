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

const EXAMPLE_POOL = 'app-principal-pool'

function exampleLine(afterMs: number, changes: Partial<Occurrence>): Occurrence {
  const line = { pool: EXAMPLE_POOL, occasion: 'failover', severity: 'notice' } as const
  return occurrence({ ...line, atMs: BEGAN_MS + afterMs, ...changes })
}

const EXAMPLE_INCIDENT = incident({
  ...{ pool: EXAMPLE_POOL, severity: 'warning' },
  headline: 'served by the backups of level 1'
})

/** The first message of the guide: the primary of seed 004 has died. */
export const EXAMPLE_OPENED = message({
  incidents: [EXAMPLE_INCIDENT],
  lines: linesOf(
    exampleLine(0, {
      ...{ backend: 'servidor-principal:80', occasion: 'backend_down', severity: 'warning' },
      text: 'Pool app-principal-pool: servidor-principal:80 is down, was up (2 probes in a row failed, L4CON: servidor-principal:80 refused the connection).'
    }),
    exampleLine(1, {
      severity: 'warning',
      text: 'Pool app-principal-pool: the failover is active, was normal, traffic goes from the primaries to the backups of level 1 (level 0 has 0 of 1 eligible backends and needs 1; level 1 has 1 of 1 eligible backends).'
    })
  )
})

/** Its last one: it is back. */
export const EXAMPLE_CLOSED = message({
  incidents: [{ ...EXAMPLE_INCIDENT, kind: 'closed', closedAtMs: BEGAN_MS + 252_000 }],
  lines: linesOf(
    exampleLine(232_000, {
      ...{ backend: 'servidor-principal:80', occasion: 'backend_up' },
      text: 'Pool app-principal-pool: servidor-principal:80 is up, was down (2 probes in a row passed, L7OK: 200).'
    }),
    exampleLine(232_000, {
      text: 'Pool app-principal-pool: the failover is recovering, was active, traffic stays with the backups of level 1 (level 0 has 1 of 1 eligible backends; traffic returns after 10s without a break).'
    }),
    exampleLine(242_000, {
      text: 'Pool app-principal-pool: the failover is still recovering, traffic goes from the backups of level 1 to the primaries (level 0 has 1 of 1 eligible backends, healthy for 10s without a break; its share grows over 10s).'
    }),
    exampleLine(252_000, {
      text: 'Pool app-principal-pool: the failover is normal, was recovering, traffic stays with the primaries (the ramp of 10s is over).'
    })
  )
})
