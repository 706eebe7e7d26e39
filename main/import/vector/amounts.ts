/** Vector's plain numbers of seconds and octets as the configuration writes them. */
import { formatDuration, formatSize, MAX_DURATION_MS } from '../../../proxy-core/model/units.ts'

/** `1.5` → `1500ms`; undefined for what is no time. What is longer than the longest time is that. */
export function durationText(seconds: number | undefined): string | undefined {
  if (seconds === undefined || !(seconds >= 0)) return undefined
  return formatDuration(Math.min(Math.round(seconds * 1000), MAX_DURATION_MS))
}

/** `100000000` → `100MB`. */
export function sizeText(bytes: number): string {
  return formatSize(bytes)
}

export function isCount(number: number | undefined): number is number {
  return number !== undefined && Number.isInteger(number) && number >= 0
}
