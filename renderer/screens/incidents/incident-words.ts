/** How an incident reads in the list and over its time line. */
import type { EventActor } from '../../../preload/contract/console-event.ts'
import type { Incident } from '../../../preload/contract/incident.ts'
import { formatDuration, formatMoment } from '../../ui/duration.ts'
import { countOf } from '../../ui/format.ts'

const ACTORS: Readonly<Record<EventActor, string>> = {
  probe: 'health probe',
  traffic: 'traffic',
  operator: 'operator',
  engine: 'engine',
  console: 'console'
}

export function actorWord(actor: EventActor): string {
  return ACTORS[actor]
}

/** "Open for 4m 12s", "Lasted 1m 3s". */
export function lastingWords({ openedAtMs, closedAtMs }: Incident, nowMs: number): string {
  if (closedAtMs === null) return `Open for ${formatDuration(nowMs - openedAtMs)}`
  return `Lasted ${formatDuration(closedAtMs - openedAtMs)}`
}

/** "02:14:09 · 6 events · api, web". */
export function summaryWords(incident: Incident, nowMs: number): string {
  const parts = [formatMoment(incident.openedAtMs, nowMs), countOf(incident.eventCount, 'event')]
  if (incident.pools.length > 0) parts.push(incident.pools.join(', '))
  return parts.join(' · ')
}

/** Time from the beginning of the incident: "+0s", "+1m 3s"; before it: "before". */
export function offsetWords(atMs: number, openedAtMs: number): string {
  return atMs < openedAtMs ? 'before' : `+${formatDuration(atMs - openedAtMs)}`
}

/** Open ones first, then the others, newest first. */
export function inReadingOrder(
  open: readonly Incident[],
  recent: readonly Incident[]
): readonly Incident[] {
  const openIds = new Set(open.map(({ id }) => id))
  const newestFirst = (a: Incident, b: Incident): number => b.openedAtMs - a.openedAtMs
  return [
    ...open.toSorted(newestFirst),
    ...recent.filter(({ id }) => !openIds.has(id)).toSorted(newestFirst)
  ]
}
