/** A list of lines that stays short: its beginning and its end are kept, what lies between is counted. */

/** How it began. */
export const FIRST_LINES = 5
/** A message is read on a telephone. */
export const MAX_LINES = 20

export interface LineList<Line> {
  /** In order. */
  readonly shown: readonly Line[]
  /** Lines that are left out, after the first ones. */
  readonly omitted: number
}

export const NO_LINES: LineList<never> = { shown: [], omitted: 0 }

export function withLine<Line>({ shown, omitted }: LineList<Line>, line: Line): LineList<Line> {
  return shortened([...shown, line], omitted)
}

export function joinLines<Line>(
  one: LineList<Line>,
  other: LineList<Line>,
  compare: (one: Line, other: Line) => number
): LineList<Line> {
  const shown = [...one.shown, ...other.shown].toSorted(compare)
  return shortened(shown, one.omitted + other.omitted)
}

function shortened<Line>(lines: readonly Line[], omitted: number): LineList<Line> {
  const excess = lines.length - MAX_LINES
  if (excess <= 0) return { shown: lines, omitted }
  const last = lines.slice(FIRST_LINES + excess)
  return { shown: [...lines.slice(0, FIRST_LINES), ...last], omitted: omitted + excess }
}
