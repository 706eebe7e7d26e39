/** The three charts of Live as data. Pure. */
import type { ConsoleEvent } from '../../../preload/contract/console-event.ts'
import type { SeriesRange } from '../../../proxy-core/model/series.ts'
import type { ChartLine, ChartMark, ChartPicture } from '../../ui/chart-picture.ts'
import { formatCount, formatMs, quantityText } from '../../ui/format.ts'
import type { InkName } from '../../ui/ink.ts'
import type { SeriesColumn } from '../../../proxy-core/model/series.ts'
import { RANGE_MS, type SeriesView } from './series-tail.ts'

export interface PictureSources {
  readonly view: SeriesView
  readonly range: SeriesRange
  /** Right edge. */
  readonly toMs: number
  readonly marks: readonly ChartMark[]
}

/** From the ground up, so that errors are on top. */
export function requestPicture(sources: PictureSources): ChartPicture {
  const lines: ChartLine[] = [
    { ...line(sources, 'ok2xx', '2xx', 'ok'), fill: 'plain' },
    { ...line(sources, 'redirect3xx', '3xx', 'fg-2'), fill: 'plain' },
    { ...line(sources, 'client4xx', '4xx', 'warn'), fill: 'hatched' },
    { ...line(sources, 'server5xx', '5xx', 'down'), fill: 'plain' },
    { ...line(sources, 'failures', 'none', 'down'), fill: 'hatched' }
  ]
  return { ...frame(sources), kind: 'stack', lines, leastCeiling: 1, format: formatCount }
}

export function latencyPicture(sources: PictureSources): ChartPicture {
  const lines: ChartLine[] = [
    line(sources, 'p50Ms', 'p50', 'fg-1'),
    { ...line(sources, 'p95Ms', 'p95', 'fg-1'), dash: 'dashed' },
    { ...line(sources, 'p99Ms', 'p99', 'fg-2'), dash: 'dotted' }
  ]
  const format = (ms: number): string => quantityText(formatMs(ms))
  return { ...frame(sources), kind: 'lines', lines, leastCeiling: 1, format }
}

export function loadPicture(sources: PictureSources): ChartPicture {
  const lines: ChartLine[] = [
    line(sources, 'inFlight', 'flight', 'fg-1'),
    { ...line(sources, 'queued', 'queue', 'fg-2'), dash: 'dashed' }
  ]
  return { ...frame(sources), kind: 'lines', lines, leastCeiling: 4, format: formatCount }
}

function frame({
  view,
  range,
  toMs,
  marks
}: PictureSources): Omit<ChartPicture, 'kind' | 'lines' | 'leastCeiling' | 'format'> {
  return { fromMs: toMs - RANGE_MS[range], toMs, atMs: view.atMs, marks }
}

function line(
  { view }: PictureSources,
  id: SeriesColumn,
  label: string,
  colour: InkName
): ChartLine {
  return { id, label, values: view[id], colour, dash: 'solid' }
}

/** The moment that is looked at, as a mark that leads nowhere. */
export function momentMark(atMs: number): ChartMark {
  return { seq: 0, atMs, colour: 'accent', text: 'The moment that you look at' }
}

/** Events of the span that change how the numbers read; at most 60, the newest. */
export function eventMarks(
  events: readonly ConsoleEvent[],
  fromMs: number,
  toMs: number
): readonly ChartMark[] {
  return events
    .filter(({ atMs, severity }) => atMs >= fromMs && atMs <= toMs && severity !== 'info')
    .slice(-60)
    .map((event) => ({
      seq: event.seq,
      atMs: event.atMs,
      colour: colourOf(event),
      text: event.text
    }))
}

/** A person's doing is never in the colours of trouble. */
function colourOf({ kind, severity, actor }: ConsoleEvent): InkName {
  if (actor === 'operator') return 'admin'
  if (severity === 'critical' || kind === 'backend_down') return 'down'
  if (severity === 'warning') return 'warn'
  return 'fg-3'
}
