/** Where the events of the last hour stand on the strip: near ones share a place. */
import type { ConsoleEvent, EventSeverity } from '../../preload/contract/console-event.ts'
import { EVENT_SEVERITIES } from '../../preload/contract/console-event.ts'

export const STRIP_SPAN_MS = 60 * 60_000

export interface StripBin {
  /** Number of its oldest event: it stays the same while the bin grows. */
  readonly key: number
  /** 0 = an hour ago, 1 = now. */
  readonly at: number
  /** Oldest first. */
  readonly events: readonly ConsoleEvent[]
  /** The worst of them, the newest of those: it gives the glyph. */
  readonly worst: ConsoleEvent
}

/**
 * @param minGap smallest distance of two places, as a share of the strip: targets must not overlap
 */
export function stripBins(
  events: readonly ConsoleEvent[],
  nowMs: number,
  minGap: number
): readonly StripBin[] {
  const shown = events.filter(({ atMs }) => atMs > nowMs - STRIP_SPAN_MS)
  const groups: { at: number; events: ConsoleEvent[] }[] = []
  for (const event of shown) {
    const at = Math.min(1, 1 - (nowMs - event.atMs) / STRIP_SPAN_MS)
    const last = groups.at(-1)
    if (last !== undefined && at - last.at < minGap) last.events.push(event)
    else groups.push({ at, events: [event] })
  }
  return groups.map(({ at, events: grouped }) => {
    const newest = grouped.at(-1)!
    const worst = grouped.findLast(({ severity }) => severity === worstOf(grouped)) ?? newest
    return { key: grouped[0]!.seq, at, events: grouped, worst }
  })
}

function worstOf(events: readonly ConsoleEvent[]): EventSeverity {
  const rank = Math.max(...events.map(({ severity }) => EVENT_SEVERITIES.indexOf(severity)))
  return EVENT_SEVERITIES[rank] ?? 'info'
}
