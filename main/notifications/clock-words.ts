/** Moments and spans as a message writes them: in UTC, because its readers live in many zones. */

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** "14:05:09 UTC". */
export function timeOfDay(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`
}

/** "2026-11-29 14:05:09 UTC". */
export function dayAndTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 10)} ${timeOfDay(atMs)}`
}

/** "0.4 s", "42 s", "4 m 12 s", "1 h 5 m", "2 d 3 h": the two largest units that say something. */
export function spellSpan(spanMs: number): string {
  if (spanMs < 10 * SECOND_MS) return `${Number((Math.max(0, spanMs) / SECOND_MS).toFixed(1))} s`
  // Rounded first, so that 59.9 s is not "60 s".
  const roundMs = Math.round(spanMs / SECOND_MS) * SECOND_MS
  if (roundMs < MINUTE_MS) return `${roundMs / SECOND_MS} s`
  if (roundMs < HOUR_MS) return two(roundMs, [MINUTE_MS, 'm'], [SECOND_MS, 's'])
  if (roundMs < DAY_MS) return two(roundMs, [HOUR_MS, 'h'], [MINUTE_MS, 'm'])
  return two(roundMs, [DAY_MS, 'd'], [HOUR_MS, 'h'])
}

type Unit = readonly [ms: number, name: string]

function two(spanMs: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((spanMs % large) / small)
  const first = `${Math.floor(spanMs / large)} ${largeName}`
  return rest === 0 ? first : `${first} ${rest} ${smallName}`
}
