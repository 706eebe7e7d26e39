/** What share of the traffic the list shows, in words: a sample must never look like everything. */
import { formatCount } from '../../ui/format.ts'

export interface SamplingNumbers {
  /** Per second. */
  readonly shownRps: number
  readonly seenRps: number
  readonly droppedNotable: number
}

/** A difference below this is the rounding of a rate. */
const WHOLE_SHARE = 0.98

export function samplingWords({ shownRps, seenRps }: SamplingNumbers): string {
  if (seenRps <= 0) return 'No requests in the last seconds.'
  const seen = rateText(seenRps)
  if (shownRps >= seenRps * WHOLE_SHARE) return `Showing every request, ${seen} req/s.`
  return `Showing ${rateText(shownRps)} of ~${seen} req/s (errors always kept).`
}

/** null when every notable request was kept. */
export function droppedWords({ droppedNotable }: SamplingNumbers): string | null {
  if (droppedNotable <= 0) return null
  const what =
    droppedNotable === 1 ? 'error, retry or slow request' : 'errors, retries or slow requests'
  return `${formatCount(droppedNotable)} ${what} did not fit.`
}

/** Whole numbers with a thin space between thousands: "1 204". */
function rateText(rps: number): string {
  if (rps < 10) return formatCount(rps < 0.05 ? 0 : Math.round(rps * 10) / 10)
  return Math.round(rps)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, '\u202f')
}
