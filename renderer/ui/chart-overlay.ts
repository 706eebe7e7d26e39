/** What lies over the lines of a chart: marks of events, labels at their ends, the crosshair. */
import { newestOf, stacked, type ChartPicture } from './chart-picture.ts'
import { spreadLabels } from './chart-scale.ts'
import type { Ink } from './ink.ts'

/** Room right of the lines for their labels. */
export const END_LABEL_PX = 40

const LABEL_HEIGHT_PX = 12
const MARK_PX = 4

export interface Overlay {
  readonly picture: ChartPicture
  readonly ink: Ink
  readonly area: {
    readonly left: number
    readonly right: number
    readonly top: number
    readonly bottom: number
  }
  /** The moment under the pointer; null = none. */
  readonly atMs: number | null
  xOf(atMs: number): number
  yOf(value: number): number
}

export function drawOverlay(context: CanvasRenderingContext2D, overlay: Overlay): void {
  context.save()
  drawMarks(context, overlay)
  drawEndLabels(context, overlay)
  drawCrosshair(context, overlay)
  context.restore()
}

function drawMarks(context: CanvasRenderingContext2D, overlay: Overlay): void {
  const { picture, ink, area } = overlay
  for (const mark of picture.marks) {
    const x = Math.round(overlay.xOf(mark.atMs)) + 0.5
    if (x < area.left || x > area.right) continue
    context.strokeStyle = ink[mark.colour]
    context.fillStyle = ink[mark.colour]
    context.globalAlpha = 0.7
    context.lineWidth = 1
    context.beginPath()
    context.moveTo(x, area.top)
    context.lineTo(x, area.bottom)
    context.stroke()
    context.globalAlpha = 1
    context.beginPath()
    context.moveTo(x - MARK_PX, area.top)
    context.lineTo(x + MARK_PX, area.top)
    context.lineTo(x, area.top + 1.5 * MARK_PX)
    context.fill()
  }
}

/** At the ends of the lines instead of a legend, so that nobody matches colours. */
function drawEndLabels(context: CanvasRenderingContext2D, overlay: Overlay): void {
  const { picture, ink, area } = overlay
  const tops = picture.kind === 'stack' ? stacked(picture.lines) : null
  const labels = picture.lines.flatMap((line, at) => {
    const newest = newestOf(line)
    // A class of which there is nothing needs no label.
    if (newest === null || (tops !== null && newest === 0)) return []
    const top = tops?.[at]?.findLast((value) => value !== null) ?? newest
    const middle = tops === null ? top : top - newest / 2
    return [{ line, y: overlay.yOf(middle) }]
  })
  const places = spreadLabels(
    labels.map(({ y }) => y),
    LABEL_HEIGHT_PX,
    area.top + LABEL_HEIGHT_PX / 2,
    area.bottom - LABEL_HEIGHT_PX / 2
  )
  context.font = `11px ${ink.fontUi}`
  context.textBaseline = 'middle'
  labels.forEach(({ line }, at) => {
    context.fillStyle = ink[line.colour]
    context.fillText(line.label, area.right + 6, places[at]!)
  })
}

function drawCrosshair(context: CanvasRenderingContext2D, overlay: Overlay): void {
  const { atMs, area, ink } = overlay
  if (atMs === null) return
  const x = Math.round(overlay.xOf(atMs)) + 0.5
  if (x < area.left || x > area.right) return
  context.strokeStyle = ink['fg-3']
  context.lineWidth = 1
  context.setLineDash([3, 3])
  context.beginPath()
  context.moveTo(x, area.top)
  context.lineTo(x, area.bottom)
  context.stroke()
}
