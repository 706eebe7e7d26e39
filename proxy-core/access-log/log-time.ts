/**
 * Times as the log formats write them. Requests of the same second share one text: only
 * the first of them pays for the calendar.
 */

/** Long exchanges end between short ones, so the last seconds are all kept. */
const SECONDS_KEPT = 64

/** Milliseconds as three digits. */
export const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, value) =>
  String(value).padStart(3, '0')
)

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export class SecondTexts {
  readonly #format: (date: Date) => string
  readonly #seconds = new Float64Array(SECONDS_KEPT).fill(NaN)
  readonly #texts: string[] = new Array<string>(SECONDS_KEPT).fill('')

  constructor(format: (date: Date) => string) {
    this.#format = format
  }

  /** `second`: whole seconds since the epoch. */
  at(second: number): string {
    const slot = second % SECONDS_KEPT
    if (this.#seconds[slot] !== second) {
      this.#seconds[slot] = second
      this.#texts[slot] = this.#format(new Date(second * 1000))
    }
    return this.#texts[slot]!
  }
}

/** `10/Oct/2026:13:55:36 +0200`: local time, as Apache's %t and nginx's $time_local. */
export function localTime(date: Date): string {
  const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  const east = -date.getTimezoneOffset()
  const away = Math.abs(east)
  const zone = `${east < 0 ? '-' : '+'}${two(Math.floor(away / 60))}${two(away % 60)}`
  return `${day}:${clock} ${zone}`
}

/** `2026-10-10T11:55:36`: UTC, without the fraction and the Z. */
export function utcSecond(date: Date): string {
  return date.toISOString().slice(0, 19)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
