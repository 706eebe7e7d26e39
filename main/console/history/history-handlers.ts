/** Calls of the contract about the history. */
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import type { IncidentDetail } from '../../../preload/contract/incident.ts'
import type { AuditLog } from './audit-log.ts'
import type { EventLog } from './event-log.ts'
import type { IncidentTracker } from './incident-tracker.ts'
import { postMortem } from './post-mortem.ts'

const EVENTS_OF_INCIDENT = 1_000
const ACTIONS_OF_INCIDENT = 500

export type HistoryMethods =
  'events.read' | 'incident.read' | 'incident.annotate' | 'incident.export' | 'audit.read'

export interface HistoryDesk {
  readonly events: EventLog
  readonly incidents: IncidentTracker
  readonly audit: AuditLog
  readonly clock: Clock
}

export function historyHandlers(desk: HistoryDesk): Pick<MethodHandlers, HistoryMethods> {
  const { events, incidents, audit } = desk
  return {
    'events.read': async ({ fromMs, toMs, limit }) => [...(await events.read(fromMs, toMs, limit))],
    'incident.read': ({ id }) => detailOf(desk, id),
    'incident.annotate': async ({ id, notes }) => {
      await incidents.annotate(id, notes)
      return detailOf(desk, id)
    },
    'incident.export': ({ id }) => exported(desk, id),
    'audit.read': async ({ limit }) => [...(await audit.newest(limit))]
  }
}

async function detailOf({ events, incidents }: HistoryDesk, id: number): Promise<IncidentDetail> {
  const incident = await incidents.read(id)
  return { incident, events: [...(await events.ofIncident(id, EVENTS_OF_INCIDENT))] }
}

async function exported(
  desk: HistoryDesk,
  id: number
): Promise<{ fileName: string; markdown: string }> {
  const { incident, events } = await detailOf(desk, id)
  const nowMs = desk.clock.wallNow()
  const { openedAtMs, closedAtMs } = incident
  const actions = await desk.audit.between(openedAtMs, closedAtMs ?? nowMs, ACTIONS_OF_INCIDENT)
  return postMortem({ incident, events, actions, nowMs })
}
