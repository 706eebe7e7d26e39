/**
 * What a channel is given to deliver: one incident with its time line, or several at once where
 * they had to wait. Two messages that wait are made one, so that nothing is said twice and
 * nothing is lost.
 */
import { EVENT_SEVERITIES, type EventSeverity } from '../../preload/contract/console-event.ts'
import type { Occurrence } from './occurrence.ts'
import { joinLines, type LineList } from './line-list.ts'

/**
 * `opened`, `updated`, `closed`: the first, a further, the last word about an incident. `notice`:
 * something that does not last. `digest`: several incidents in one message. `test`: asked for.
 */
export const MESSAGE_KINDS = ['opened', 'updated', 'closed', 'notice', 'digest', 'test'] as const

export type MessageKind = (typeof MESSAGE_KINDS)[number]
type SingleKind = Exclude<MessageKind, 'digest'>

export type MessageLine = Pick<
  Occurrence,
  'atMs' | 'occasion' | 'pool' | 'backend' | 'severity' | 'text'
>

export interface MessageIncident {
  /** Unique for ever: "9f2c61d0a4b7-3". */
  readonly id: string
  readonly kind: SingleKind
  /** null: the engine as a whole. */
  readonly pool: string | null
  /** Of the worst that happened in it so far. */
  readonly severity: EventSeverity
  readonly openedAtMs: number
  /** null while something is wrong. */
  readonly closedAtMs: number | null
  /** In few words, without the pool: what is news in this message, or what it was about. */
  readonly headline: string
}

export interface NotificationMessage {
  /** One; several make a digest. */
  readonly incidents: readonly MessageIncident[]
  readonly lines: LineList<MessageLine>
  /** Messages that had to wait and are part of this one. */
  readonly heldBack: number
  /** Messages that were thrown away since the one before. */
  readonly dropped: number
}

export function kindOf({ incidents }: NotificationMessage): MessageKind {
  return incidents.length === 1 ? incidents[0]!.kind : 'digest'
}

export function severityOf({ incidents }: NotificationMessage): EventSeverity {
  return incidents.map(({ severity }) => severity).reduce(worse, 'info')
}

export function worse(one: EventSeverity, other: EventSeverity): EventSeverity {
  return isWorse(other, one) ? other : one
}

export function isWorse(one: EventSeverity, than: EventSeverity): boolean {
  return EVENT_SEVERITIES.indexOf(one) > EVENT_SEVERITIES.indexOf(than)
}

/** `later` was made after `earlier`, which has not left yet. */
export function combined(
  earlier: NotificationMessage,
  later: NotificationMessage
): NotificationMessage {
  const incidents = new Map(earlier.incidents.map((incident) => [incident.id, incident]))
  for (const incident of later.incidents) {
    const before = incidents.get(incident.id)
    incidents.set(incident.id, before ? continued(before, incident) : incident)
  }
  return {
    incidents: [...incidents.values()],
    lines: joinLines(earlier.lines, later.lines, (one, other) => one.atMs - other.atMs),
    heldBack: earlier.heldBack + later.heldBack + 1,
    dropped: earlier.dropped + later.dropped
  }
}

/** The first word was not spoken yet: what comes now is the first, unless it is the last. */
function continued(before: MessageIncident, now: MessageIncident): MessageIncident {
  const kind = before.kind === 'opened' && now.kind === 'updated' ? 'opened' : now.kind
  const isNews = isWorse(before.severity, now.severity) ? before : now
  return {
    ...now,
    kind,
    severity: worse(before.severity, now.severity),
    headline: kind === 'closed' ? now.headline : isNews.headline,
    openedAtMs: Math.min(before.openedAtMs, now.openedAtMs)
  }
}
