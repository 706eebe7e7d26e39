/** The skeleton of a post-mortem: what the history knows, and headings for what only people know. */
import type { ConsoleEvent } from '../../../preload/contract/console-event.ts'
import type { AuditEntry } from '../../../preload/contract/methods/history-methods.ts'
import type { Incident } from '../../../preload/contract/incident.ts'

export interface PostMortemFacts {
  readonly incident: Incident
  /** Oldest first. */
  readonly events: readonly ConsoleEvent[]
  /** What operators did meanwhile, oldest first. */
  readonly actions: readonly AuditEntry[]
  readonly nowMs: number
}

export interface PostMortem {
  readonly fileName: string
  readonly markdown: string
}

/** Times are ISO 8601 in UTC, so that readers elsewhere can compare them. */
export function postMortem(facts: PostMortemFacts): PostMortem {
  const { incident } = facts
  const day = isoOf(incident.openedAtMs).slice(0, 10)
  const parts = [
    `# Incident ${incident.id}: ${incident.title}`,
    summary(facts),
    '## Time line',
    timeLine(facts.events, incident),
    '## What operators did',
    actions(facts.actions),
    '## Notes',
    incident.notes.trim() || 'No notes were taken.',
    '## What users noticed',
    '## Why it happened',
    '## What helped, and what was in the way',
    '## What will be changed, by whom and by when'
  ]
  return {
    fileName: `incident-${incident.id}-${day}.md`,
    markdown: `${parts.join('\n\n')}\n`
  }
}

function summary({ incident, nowMs }: PostMortemFacts): string {
  const { openedAtMs, closedAtMs, severity, pools, eventCount } = incident
  const over = closedAtMs === null ? 'it lasts' : isoOf(closedAtMs)
  return table(
    ['', ''],
    [
      ['Opened', isoOf(openedAtMs)],
      ['Over', over],
      ['Duration', exactDuration((closedAtMs ?? nowMs) - openedAtMs)],
      ['Severity', severity],
      ['Pools', pools.join(', ') || 'none'],
      ['Events', String(eventCount)]
    ]
  )
}

function timeLine(events: readonly ConsoleEvent[], { eventCount }: Incident): string {
  const rows = events.map(({ atMs, severity, actor, text }) => [isoOf(atMs), severity, actor, text])
  const lines = table(['Time', 'Severity', 'Seen by', 'What'], rows)
  const missing = eventCount - events.length
  if (missing <= 0) return lines
  return `${lines}\n\n${missing} further events are not listed: too many, or no longer kept.`
}

function actions(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return 'No operator changed anything through this console.'
  const rows = entries.map(({ atMs, actor, action, reason, outcome }) => {
    return [isoOf(atMs), actor, action, reason, outcome]
  })
  return table(['Time', 'Who', 'What', 'Reason', 'Outcome'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((cells) => cells.map(escaped))]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A cell is one line, and its text is no mark-up. */
function escaped(cell: string): string {
  return cell.replaceAll(/[\\|<>]/g, '\\$&').replaceAll(/\s*\n\s*/g, ' ')
}

/** "1h 4m 12s". */
function exactDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's']
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  const shown = first === -1 ? parts.slice(-1) : parts.slice(first)
  return shown.map(([count, unit]) => `${count}${unit}`).join(' ')
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString()
}
