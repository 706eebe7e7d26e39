/** Text that fits where a service takes only so much of it. Lengths are UTF-16 code units. */

export type Escape = (text: string) => string

const plain: Escape = (text) => text

/** At most `most` after it was escaped, cut between characters and marked as cut. */
export function shortened(text: string, most: number, escape = plain): string {
  const whole = escape(text)
  if (whole.length <= most) return whole
  let cut = text.slice(0, most - 1)
  for (;;) {
    // Half of a surrogate pair is no character.
    if (/[\uD800-\uDBFF]$/.test(cut)) cut = cut.slice(0, -1)
    const short = `${escape(cut)}…`
    if (short.length <= most || cut === '') return short
    cut = cut.slice(0, -Math.max(1, Math.ceil((short.length - most) / LONGEST_ESCAPE)))
  }
}

/** What one character may become: `&` is `&amp;`. */
const LONGEST_ESCAPE = 5

/** As many whole lines as fit after they were escaped, and how many are left out. */
export function fittingLines(lines: readonly string[], most: number, escape = plain): string {
  const escaped = lines.map(escape)
  const whole = escaped.join('\n')
  if (whole.length <= most) return whole
  for (let shown = escaped.length - 1; shown > 0; shown -= 1) {
    const left = escape(`… and ${escaped.length - shown} more lines`)
    const text = [...escaped.slice(0, shown), left].join('\n')
    if (text.length <= most) return text
  }
  return shortened(lines[0] ?? '', most, escape)
}
