/** How long drain and maintenance last. Every one has an end, unless the operator says otherwise. */
import { formatDuration, formatMoment } from '../../ui/duration.ts'

export interface AdminDuration {
  /** For the choice: "15m", "no end". */
  readonly value: string
  readonly label: string
  /** null = until an operator ends it. */
  readonly forMs: number | null
}

const MINUTE_MS = 60_000
const OFFERED_MS = [15 * MINUTE_MS, 60 * MINUTE_MS, 240 * MINUTE_MS]

const UNTIL_ENDED: AdminDuration = { value: 'no end', label: 'Until I end it', forMs: null }

/** The operator's own default is among them, and they rise. */
export function adminDurations(preferredMs: number): readonly AdminDuration[] {
  const spans = [...new Set([...OFFERED_MS, preferredMs])].sort((one, other) => one - other)
  return [
    ...spans.map((forMs) => ({
      value: formatDuration(forMs),
      label: formatDuration(forMs),
      forMs
    })),
    UNTIL_ENDED
  ]
}

/** "Ends at 03:14:00." */
export function endSentence(forMs: number | null, nowMs: number): string {
  if (forMs === null) return 'It does not end by itself. The console keeps reminding you.'
  return `Ends by itself at ${formatMoment(nowMs + forMs, nowMs)}.`
}
