/**
 * The rule by which events form incidents, as a pure state machine: `none → open → quiet → none`.
 * Its table is in docs/reference/console.md. At most one incident is open, so that pools which
 * lose things at the same time are seen as one thing that happened.
 */
import {
  EVENT_SEVERITIES,
  type ConsoleEvent,
  type EventSeverity
} from '../../../preload/contract/console-event.ts'
import type { Incident } from '../../../preload/contract/incident.ts'
import { lostAfter, NO_CHANGE, type Capacity, type CapacityChange } from './capacity.ts'
import { incidentTitle } from './incident-title.ts'

/** How long everything has to be back before an incident is over. */
export const QUIET_MS = 120_000
/** Names that an incident carries; a machine room that fails has more, and its title says enough. */
const POOLS_NAMED = 50

export type IncidentEvent = Omit<ConsoleEvent, 'incidentId' | 'offer'>

/** Monotonic for durations, so that a clock that is set changes no rule; wall for people. */
export interface Moment {
  readonly nowMs: number
  readonly wallMs: number
}

export interface OngoingIncident {
  readonly incident: Incident
  /** Empty in the phase `quiet`. */
  readonly lost: readonly Capacity[]
  /** When the last thing came back; null in the phase `open`. */
  readonly quietSince: Moment | null
}

/** null is the phase `none`. */
export type IncidentState = OngoingIncident | null

/** `nextId` is used when the event opens an incident. */
export function withEvent(
  state: IncidentState,
  event: IncidentEvent,
  change: CapacityChange,
  moment: Moment,
  nextId: number
): IncidentState {
  if (state === null && change.lost.length === 0) return null
  const before = state ?? begun(event, nextId)
  const incident = joined(before.incident, event)
  return settled({ ...before, incident }, change, moment)
}

/** What a look at the running engine shows: things that are gone from it are not missed. */
export function withSurvey(
  state: IncidentState,
  isStillLost: (capacity: Capacity) => boolean,
  moment: Moment
): IncidentState {
  if (state === null || state.lost.length === 0) return state
  const back = state.lost.filter((one) => !isStillLost(one))
  return back.length === 0 ? state : settled(state, { lost: [], back }, moment)
}

/** The incident that is over by now, with its end; null: none is. */
export function overBy(state: IncidentState, moment: Moment): Incident | null {
  if (!state?.quietSince) return null
  const { nowMs, wallMs } = state.quietSince
  return moment.nowMs - nowMs >= QUIET_MS ? ended(state.incident, wallMs) : null
}

/** The incident as it stands when nobody can watch it any further. */
export function cutOff(state: OngoingIncident, wallMs: number): Incident {
  return ended(state.incident, state.quietSince?.wallMs ?? wallMs)
}

function begun(event: IncidentEvent, id: number): OngoingIncident {
  const incident: Incident = {
    id,
    title: incidentTitle(event),
    openedAtMs: event.atMs,
    closedAtMs: null,
    severity: event.severity,
    pools: [],
    eventCount: 0,
    notes: ''
  }
  return { incident, lost: [], quietSince: null }
}

function joined(incident: Incident, event: IncidentEvent): Incident {
  const { pool } = event
  const isNewPool =
    pool !== null && !incident.pools.includes(pool) && incident.pools.length < POOLS_NAMED
  return {
    ...incident,
    eventCount: incident.eventCount + 1,
    severity: worse(incident.severity, event.severity),
    pools: isNewPool ? [...incident.pools, pool] : incident.pools
  }
}

function settled(
  state: OngoingIncident,
  change: CapacityChange = NO_CHANGE,
  moment: Moment
): OngoingIncident {
  const lost = lostAfter(state.lost, change)
  const quietSince = lost.length > 0 ? null : (state.quietSince ?? moment)
  return { ...state, lost, quietSince }
}

/** A clock that was set back must not end an incident before it began. */
function ended(incident: Incident, wallMs: number): Incident {
  return { ...incident, closedAtMs: Math.max(incident.openedAtMs, wallMs) }
}

function worse(one: EventSeverity, other: EventSeverity): EventSeverity {
  return EVENT_SEVERITIES.indexOf(one) >= EVENT_SEVERITIES.indexOf(other) ? one : other
}
