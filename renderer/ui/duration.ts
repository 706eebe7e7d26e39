/** Spans and points of time as the console writes them. Clocks are local, 24 hours. */

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Two units at most: "42s", "4m 12s", "2h 5m", "3d 4h". Below a second "0s". */
export function formatDuration(ms: number): string {
  const span = Math.max(0, ms)
  if (span < MINUTE_MS) return `${Math.floor(span / SECOND_MS)}s`
  if (span < HOUR_MS) return twoUnits(span, MINUTE_MS, 'm', SECOND_MS, 's')
  if (span < DAY_MS) return twoUnits(span, HOUR_MS, 'h', MINUTE_MS, 'm')
  return twoUnits(span, DAY_MS, 'd', HOUR_MS, 'h')
}

function twoUnits(
  span: number,
  bigMs: number,
  bigUnit: string,
  smallMs: number,
  smallUnit: string
): string {
  const big = Math.floor(span / bigMs)
  const small = Math.floor((span % bigMs) / smallMs)
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit} ${small}${smallUnit}`
}

/** Age of data: "0.3 s" below ten seconds, then as `formatDuration`. */
export function formatAge(ms: number): string {
  const span = Math.max(0, ms)
  return span < 10 * SECOND_MS ? `${(span / SECOND_MS).toFixed(1)}\u00a0s` : formatDuration(span)
}

/** "02:14". */
export function formatClock(atMs: number): string {
  const at = new Date(atMs)
  return `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`
}

/** "02:14:09". */
export function formatClockSeconds(atMs: number): string {
  return `${formatClock(atMs)}:${twoDigits(new Date(atMs).getSeconds())}`
}

/** "21 Nov 02:14:09"; the time alone on the day of `nowMs`. */
export function formatMoment(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  if (at.toDateString() === new Date(nowMs).toDateString()) return formatClockSeconds(atMs)
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  return `${day} ${formatClockSeconds(atMs)}`
}

/** "just now", "12s ago", "4m 12s ago". */
export function formatAgo(atMs: number, nowMs: number): string {
  const span = nowMs - atMs
  return span < SECOND_MS ? 'just now' : `${formatDuration(span)} ago`
}

/** A countdown: "0:42", "12:05", "1:02:03". */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND_MS))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const rest = twoDigits(seconds % 60)
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${twoDigits(minutes)}:${rest}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
