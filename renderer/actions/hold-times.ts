/** How long an operator may let requests wait, as it is chosen or typed: "30s", "5m". */
import { MAX_HOLD_MS, MIN_HOLD_MS } from '../../preload/contract/plan.ts'
import { formatDuration, parseDuration } from '../../proxy-core/model/units.ts'

export const HOLD_TIMES = ['10s', '30s', '1m', '5m'] as const

/** Milliseconds; null where it is no such time. */
export function parseHoldTime(text: string): number | null {
  const ms = parseDuration(text.trim()) ?? 0
  return ms >= MIN_HOLD_MS && ms <= MAX_HOLD_MS ? ms : null
}

/** Why the text will not do; null when it will. */
export function holdTimeProblem(text: string): string | null {
  if (parseHoldTime(text) !== null) return null
  return `From ${formatDuration(MIN_HOLD_MS)} to ${formatDuration(MAX_HOLD_MS)}, as in 30s or 5m.`
}
