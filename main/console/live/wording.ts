/** Numbers, names and times as sentences for an operator write them. */

/** Wall-clock milliseconds as a clock of the operator's zone shows them: "02:14". */
export type LocalTime = (atMs: number) => string

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const localTime: LocalTime = (atMs) => {
  const at = new Date(atMs)
  return `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`
}

/** "<1 m", "4 m", "1 h 5 m", "2 d 3 h": the two largest units that say something. */
export function spellDuration(durationMs: number): string {
  if (durationMs < MINUTE_MS) return '<1 m'
  if (durationMs < HOUR_MS) return `${Math.floor(durationMs / MINUTE_MS)} m`
  if (durationMs < DAY_MS) return two(durationMs, [HOUR_MS, 'h'], [MINUTE_MS, 'm'])
  return two(durationMs, [DAY_MS, 'd'], [HOUR_MS, 'h'])
}

/** "<1 s", "4 s", "1 m 5 s", then as `spellDuration`. */
export function spellWait(waitMs: number): string {
  if (waitMs < SECOND_MS) return '<1 s'
  if (waitMs < MINUTE_MS) return `${Math.floor(waitMs / SECOND_MS)} s`
  return waitMs < HOUR_MS ? two(waitMs, [MINUTE_MS, 'm'], [SECOND_MS, 's']) : spellDuration(waitMs)
}

/** "since 02:14 (4 m)". */
export function since(atMs: number, nowMs: number, time: LocalTime): string {
  return `since ${time(atMs)} (${spellDuration(nowMs - atMs)})`
}

/** "a", "a and b", "a, b and c", "a, b and 3 others". */
export function listed(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? ''
  const shown = names.length > most ? names.slice(0, most - 1) : names.slice(0, -1)
  const last = names.length > most ? `${names.length - shown.length} others` : names.at(-1)
  return `${shown.join(', ')} and ${last}`
}

/** "1 backend", "3 backends". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** A share of 0 to 1 as "12 %", "0.4 %", "<0.1 %". */
export function percent(share: number): string {
  const value = share * 100
  if (value >= 10 || value === 0) return `${Math.round(value)} %`
  return value < 0.1 ? '<0.1 %' : `${Number(value.toFixed(1))} %`
}

/** With a capital first letter and a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  const ended = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`
  return ended.charAt(0).toUpperCase() + ended.slice(1)
}

type Unit = readonly [number, string]

function two(durationMs: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((durationMs % large) / small)
  const first = `${Math.floor(durationMs / large)} ${largeName}`
  return rest === 0 ? first : `${first} ${rest} ${smallName}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
