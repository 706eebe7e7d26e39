/**
 * A line chart or a stack on a canvas, as an attachment: `{@attach chart(() => picture, …)}`.
 * Chart.js lives outside Svelte: it gets plain points, never a state proxy, and is drawn by
 * `update('none')`. The picture and the theme are followed; several charts take turns, one per
 * animation frame, so that no frame waits for all of them.
 */
import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ChartDataset,
  type Plugin,
  type Point
} from 'chart.js'
import type { Attachment } from 'svelte/attachments'
import { highestOf, stacked, type ChartLine, type ChartPicture } from './chart-picture.ts'
import { drawOverlay, END_LABEL_PX } from './chart-overlay.ts'
import { Ceiling, timeTicks } from './chart-scale.ts'
import type { Crosshair } from './crosshair.svelte.ts'
import { formatClock, formatClockSeconds } from './duration.ts'
import { FrameTurns } from './frame-turns.ts'
import { hatch } from './hatch.ts'
import { ink, type Ink } from './ink.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler)

export interface ChartOptions {
  readonly crosshair: Crosshair
  /** A click on a mark. */
  readonly onmark?: (seq: number) => void
}

type Line = ChartDataset<'line', Point[]>

const DASHES = { solid: [], dashed: [6, 4], dotted: [1.5, 3] } as const
const BAND_ALPHA = 0.22
const MINUTE_MS = 60_000
const RESIZE_DELAY_MS = 80
/** Room that a time below the axis needs. */
const TICK_PX = 60
const MARK_REACH_PX = 6

const turns = new FrameTurns()

export function chart(
  picture: () => ChartPicture,
  options: ChartOptions
): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    const view = new ChartView(canvas, options)
    // The canvas is the outside system: it is redrawn when picture or theme change.
    $effect(() => {
      const shown = picture()
      const inks = ink()
      turns.take(view, () => view.show(shown, inks))
    })
    // The crosshair of any chart is drawn on all of them.
    $effect(() => {
      view.point(options.crosshair.atMs)
    })
    return () => {
      turns.leave(view)
      view.destroy()
    }
  }
}

class ChartView {
  readonly #chart: Chart<'line', Point[]>
  readonly #options: ChartOptions
  readonly #owned = new AbortController()
  #ceiling = new Ceiling(1)
  #picture: ChartPicture | null = null
  #ink: Ink | null = null
  #atMs: number | null = null
  #spanMs = 0

  constructor(canvas: HTMLCanvasElement, options: ChartOptions) {
    this.#options = options
    this.#chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        parsing: false,
        normalized: true,
        animation: false,
        events: [],
        responsive: true,
        resizeDelay: RESIZE_DELAY_MS,
        maintainAspectRatio: false,
        layout: { padding: { right: END_LABEL_PX, top: 4 } },
        elements: { point: { radius: 0 }, line: { borderWidth: 1.5, tension: 0 } },
        spanGaps: false,
        scales: { x: { type: 'linear' }, y: { type: 'linear', min: 0 } }
      },
      plugins: [this.#overlay()]
    })
    this.#listen(canvas)
  }

  show(picture: ChartPicture, inks: Ink): void {
    const spanMs = picture.toMs - picture.fromMs
    if (this.#picture?.leastCeiling !== picture.leastCeiling) {
      this.#ceiling = new Ceiling(picture.leastCeiling)
    } else if (Math.abs(spanMs - this.#spanMs) > 1) this.#ceiling.reset()
    this.#spanMs = spanMs
    this.#picture = picture
    this.#ink = inks
    const tops = picture.kind === 'stack' ? stacked(picture.lines) : valuesOf(picture.lines)
    this.#chart.data.datasets = picture.lines.map((line, at) =>
      this.#dataset(line, tops[at]!, at, picture, inks)
    )
    this.#setScales(picture, inks, this.#ceiling.update(highestOf(tops), picture.toMs))
    this.#chart.update('none')
  }

  point(atMs: number | null): void {
    if (atMs === this.#atMs) return
    this.#atMs = atMs
    if (this.#picture !== null) this.#chart.draw()
  }

  destroy(): void {
    this.#owned.abort()
    this.#chart.destroy()
    // Chart.js does not take back a delayed resize: it would update what is gone, bind it to the
    // page again and fail for want of a canvas.
    this.#chart.update = () => undefined
  }

  #dataset(
    line: ChartLine,
    tops: readonly (number | null)[],
    at: number,
    { kind, atMs }: ChartPicture,
    inks: Ink
  ): Line {
    const colour = inks[line.colour]
    const isBand = kind === 'stack'
    return {
      // NaN ends a stroke: a gap stays a gap.
      data: atMs.map((x, index) => ({ x, y: tops[index] ?? Number.NaN })),
      borderColor: colour,
      borderDash: [...DASHES[line.dash]],
      borderWidth: isBand ? 1 : 1.5,
      fill: isBand ? (at === 0 ? 'origin' : '-1') : false,
      backgroundColor: line.fill === 'hatched' ? hatch(colour) : withAlpha(colour, BAND_ALPHA)
    }
  }

  #setScales(picture: ChartPicture, inks: Ink, ceiling: number): void {
    const width = this.#chart.chartArea?.width ?? this.#chart.width
    const { fromMs, toMs } = picture
    const offsetMs = -new Date(toMs).getTimezoneOffset() * MINUTE_MS
    const times = timeTicks(fromMs, toMs, Math.max(2, Math.floor(width / TICK_PX)), offsetMs)
    const clock = times.stepMs < MINUTE_MS ? formatClockSeconds : formatClock
    const ticks = {
      color: inks['fg-3'],
      font: { family: inks.fontUi, size: 11 },
      minRotation: 0,
      maxRotation: 0,
      sampleSize: 4,
      padding: 4
    }
    this.#chart.options.scales = {
      x: {
        type: 'linear',
        min: fromMs,
        max: toMs,
        border: { display: false },
        grid: { display: false },
        afterBuildTicks: (scale) => {
          scale.ticks = times.atMs.map((value) => ({ value }))
        },
        ticks: { ...ticks, callback: (value) => clock(Number(value)) }
      },
      y: {
        type: 'linear',
        min: 0,
        max: ceiling,
        border: { display: false },
        grid: { color: inks.line, drawTicks: false },
        afterBuildTicks: (scale) => {
          scale.ticks = [0, ceiling / 2, ceiling].map((value) => ({ value }))
        },
        // One width for all charts, so that their time axes lie under each other.
        afterFit: (scale) => {
          scale.width = 48
        },
        ticks: { ...ticks, callback: (value) => picture.format(Number(value)) }
      }
    }
  }

  #overlay(): Plugin<'line'> {
    return {
      id: 'overlay',
      afterDatasetsDraw: (drawn) => {
        if (this.#picture === null || this.#ink === null) return
        drawOverlay(drawn.ctx, {
          picture: this.#picture,
          ink: this.#ink,
          area: drawn.chartArea,
          atMs: this.#atMs,
          xOf: (atMs) => drawn.scales['x']!.getPixelForValue(atMs),
          yOf: (value) => drawn.scales['y']!.getPixelForValue(value)
        })
      }
    }
  }

  #listen(canvas: HTMLCanvasElement): void {
    const { signal } = this.#owned
    const { crosshair } = this.#options
    canvas.addEventListener('pointermove', (event) => (crosshair.atMs = this.#timeAt(event)), {
      signal
    })
    canvas.addEventListener('pointerleave', () => (crosshair.atMs = null), { signal })
    canvas.addEventListener('click', (event) => this.#clickMark(event), { signal })
  }

  #timeAt(event: MouseEvent): number | null {
    const { chartArea, scales } = this.#chart
    if (chartArea === undefined) return null
    if (event.offsetX < chartArea.left || event.offsetX > chartArea.right) return null
    return scales['x']?.getValueForPixel(event.offsetX) ?? null
  }

  #clickMark(event: MouseEvent): void {
    const scale = this.#chart.scales['x']
    if (scale === undefined) return
    const near = this.#picture?.marks.findLast(
      ({ atMs }) => Math.abs(scale.getPixelForValue(atMs) - event.offsetX) <= MARK_REACH_PX
    )
    if (near !== undefined) this.#options.onmark?.(near.seq)
  }
}

function valuesOf(lines: readonly ChartLine[]): readonly (readonly (number | null)[])[] {
  return lines.map(({ values }) => values)
}

/** @param colour as `getComputedStyle` gives it: `rgb(…)`. */
function withAlpha(colour: string, alpha: number): string {
  const channels = /^rgb\(([^)]+)\)$/.exec(colour)?.[1]
  return channels === undefined ? colour : `rgba(${channels}, ${alpha})`
}
