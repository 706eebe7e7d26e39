/** What a chart shows, as plain data: the same for its canvas, its table and its sentence. */
import type { InkName } from './ink.ts'

export type LineDash = 'solid' | 'dashed' | 'dotted'

export interface ChartLine {
  readonly id: string
  /** Short, for the end of the line: "p95". */
  readonly label: string
  /** null is a gap and is not bridged. */
  readonly values: readonly (number | null)[]
  readonly colour: InkName
  readonly dash: LineDash
  /** How its band is filled in a stack. */
  readonly fill?: 'plain' | 'hatched'
}

export interface ChartMark {
  /** Of the event. */
  readonly seq: number
  readonly atMs: number
  readonly colour: InkName
  readonly text: string
}

export interface ChartPicture {
  /** `stack`: each line lies on the one before. */
  readonly kind: 'lines' | 'stack'
  readonly fromMs: number
  readonly toMs: number
  /** Times of the values, rising; every line has as many. */
  readonly atMs: readonly number[]
  readonly lines: readonly ChartLine[]
  readonly marks: readonly ChartMark[]
  /** The axis never ends below it. */
  readonly leastCeiling: number
  /** Of a value of the axis and of the table. */
  readonly format: (value: number) => string
}

/** The tops of the bands: each line plus those below it. A gap in one is a gap in all above. */
export function stacked(lines: readonly ChartLine[]): readonly (readonly (number | null)[])[] {
  let below: readonly (number | null)[] | null = null
  return lines.map(({ values }) => {
    const ground: readonly (number | null)[] | null = below
    const top = values.map((value, at) => {
      const base = ground === null ? 0 : (ground[at] ?? null)
      return value === null || base === null ? null : base + value
    })
    below = top
    return top
  })
}

/** Highest drawn value; 0 without any. */
export function highestOf(tops: readonly (readonly (number | null)[])[]): number {
  let highest = 0
  for (const values of tops) {
    for (const value of values) if (value !== null && value > highest) highest = value
  }
  return highest
}

/** Index of the point nearest to a time; -1 without points. Times are rising. */
export function nearestIndex(atMs: readonly number[], wantedMs: number): number {
  let low = 0
  let high = atMs.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (atMs[middle]! < wantedMs) low = middle + 1
    else high = middle
  }
  if (low > 0 && wantedMs - atMs[low - 1]! <= atMs[low]! - wantedMs) return low - 1
  return atMs.length === 0 ? -1 : low
}

/** Newest measured value of a line; null without one. */
export function newestOf(line: ChartLine): number | null {
  return line.values.findLast((value) => value !== null) ?? null
}

/** Rows of the table twin: every n-th point, so that there are at most so many, newest first. */
export function tableRows(picture: ChartPicture, most: number): readonly number[] {
  const every = Math.max(1, Math.ceil(picture.atMs.length / most))
  const rows: number[] = []
  for (let at = picture.atMs.length - 1; at >= 0; at -= every) rows.push(at)
  return rows
}

/** "Latency over the last 5 minutes. p50 12 ms, p95 84 ms, p99 120 ms now; 2 events marked." */
export function chartSentence(title: string, span: string, picture: ChartPicture): string {
  const values = picture.lines.flatMap((line) => {
    const newest = newestOf(line)
    return newest === null ? [] : [`${line.label} ${picture.format(newest)}`]
  })
  const marks = picture.marks.length
  const events = marks === 0 ? '' : `; ${marks} ${marks === 1 ? 'event' : 'events'} marked`
  const now = values.length === 0 ? 'Nothing measured' : `${values.join(', ')} now`
  return `${title} over the last ${span}. ${now}${events}.`
}
