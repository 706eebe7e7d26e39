/** Times as operators type them after ":" in the palette. */

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

/**
 * "14:02" and "14:02:30" (the last time that it was so), "10m", "-2h", "90s ago", or an ISO date.
 * Wall-clock milliseconds in the past; null when it is no time, or lies in the future.
 */
export function parseMoment(text: string, nowMs: number): number | null {
  const typed = text.trim().toLowerCase()
  const ago = /^-?(\d{1,4})\s*([smhd])(?:\s*ago)?$/.exec(typed)
  if (ago !== null) return nowMs - Number(ago[1]) * (UNITS_MS[ago[2] ?? ''] ?? 0)
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(typed)
  if (clock !== null)
    return lastTimeAt(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), nowMs)
  if (!/^\d{4}-\d{2}-\d{2}/.test(typed)) return null
  const at = Date.parse(text.trim())
  return Number.isFinite(at) && at <= nowMs ? at : null
}

function lastTimeAt(hours: number, minutes: number, seconds: number, nowMs: number): number | null {
  if (hours > 23 || minutes > 59 || seconds > 59) return null
  const at = new Date(nowMs)
  at.setHours(hours, minutes, seconds, 0)
  if (at.getTime() > nowMs) at.setDate(at.getDate() - 1)
  return at.getTime()
}
