/**
 * Draws the edges and the dots of the river: edges when numbers change, dots in every frame while
 * there is something to move. Lives outside Svelte; `stop` ends everything that it started.
 */
import { surfaceOf } from '../../ui/canvas-surface.ts'
import type { Ink } from '../../ui/ink.ts'
import type { RiverEdge } from './river-layout.ts'
import {
  dotBudget,
  dotLane,
  dotShare,
  edgeWidthPx,
  firstPhase,
  isErrorDot,
  speedOf
} from './river-flow.ts'
import { isPathWithin, pathIndex, type RiverPath } from './river-path.ts'

export interface EdgeFlow {
  readonly rps: number
  /** 0 to 1. */
  readonly errorShare: number
  /** Median; -1 without one. */
  readonly latencyMs: number
}

export interface RiverPicture {
  readonly edges: readonly RiverEdge[]
  /** In the order of the edges. */
  readonly flows: readonly EdgeFlow[]
  /** Part of the content that is in view. */
  readonly scrollTopPx: number
  readonly widthPx: number
  readonly heightPx: number
  readonly ink: Ink
  /** `frozen`: paused or stale, the dots stand where they are. `none`: reduced motion. */
  readonly motion: 'moving' | 'frozen' | 'none'
}

/** A tab that was asleep must not make the dots leap. */
const LONGEST_FRAME_MS = 100
const DOT_RADIUS = 1.6
const DIAMOND_RADIUS = 3.4
/** Half the width of the widest edge. */
const EDGE_REACH_PX = 8
const STANDBY_DASH = [5, 5]
/** Above this share an edge is tinted; single errors are diamonds enough. */
const TINTED_SHARE = 0.05

export class RiverPainter {
  readonly #edgeCanvas: HTMLCanvasElement
  readonly #dotCanvas: HTMLCanvasElement
  readonly #phases = new Map<string, number>()
  #picture: RiverPicture | null = null
  #dots: readonly number[] = []
  #frame = 0
  #lastMs = 0

  constructor(edgeCanvas: HTMLCanvasElement, dotCanvas: HTMLCanvasElement) {
    this.#edgeCanvas = edgeCanvas
    this.#dotCanvas = dotCanvas
  }

  show(picture: RiverPicture): void {
    this.#picture = picture
    // Dots out of view would cost as much, and take theirs from those in view.
    const topPx = picture.scrollTopPx - EDGE_REACH_PX
    const bottomPx = picture.scrollTopPx + picture.heightPx + EDGE_REACH_PX
    this.#dots = dotBudget(
      picture.edges.map(({ path }, at) => ({
        rps: isPathWithin(path, topPx, bottomPx) ? (picture.flows[at]?.rps ?? 0) : 0,
        lengthPx: path.lengthPx
      }))
    )
    this.#forgetAbsent(picture)
    this.#drawEdges(picture)
    const hasDots = picture.motion !== 'none' && this.#dots.some((count) => count > 0)
    if (hasDots && picture.motion === 'moving') {
      this.#start()
      return
    }
    this.stop()
    if (hasDots) this.#drawDots(picture, 0)
    else surfaceOf(this.#dotCanvas, picture.widthPx, picture.heightPx)
  }

  stop(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  #start(): void {
    if (this.#frame !== 0) return
    this.#lastMs = performance.now()
    this.#frame = requestAnimationFrame(this.#onFrame)
  }

  readonly #onFrame = (nowMs: number): void => {
    this.#frame = requestAnimationFrame(this.#onFrame)
    const elapsedMs = Math.min(LONGEST_FRAME_MS, Math.max(0, nowMs - this.#lastMs))
    this.#lastMs = nowMs
    if (this.#picture !== null) this.#drawDots(this.#picture, elapsedMs / 1000)
  }

  #drawEdges(picture: RiverPicture): void {
    const { widthPx, heightPx, scrollTopPx, ink } = picture
    const context = surfaceOf(this.#edgeCanvas, widthPx, heightPx)
    if (context === null) return
    context.translate(0, -scrollTopPx)
    context.lineCap = 'butt'
    picture.edges.forEach((edge, at) => {
      const flow = picture.flows[at]
      const rps = flow?.rps ?? 0
      const isIdle = rps <= 0
      context.lineWidth = edgeWidthPx(rps)
      context.setLineDash(isIdle && edge.isStandby ? STANDBY_DASH : [])
      context.strokeStyle = isIdle ? ink.line : ink.river
      if (isIdle && edge.isStandby) context.strokeStyle = ink['line-strong']
      strokePath(context, edge.path)
      const errors = flow?.errorShare ?? 0
      if (isIdle || errors < TINTED_SHARE) return
      context.globalAlpha = Math.min(0.5, 0.15 + errors / 2)
      context.strokeStyle = ink.down
      strokePath(context, edge.path)
      context.globalAlpha = 1
    })
  }

  #drawDots(picture: RiverPicture, elapsedS: number): void {
    const { widthPx, heightPx, scrollTopPx, ink, edges, flows } = picture
    const context = surfaceOf(this.#dotCanvas, widthPx, heightPx)
    if (context === null) return
    context.translate(0, -scrollTopPx)
    const plain = new Path2D()
    const errors = new Path2D()
    edges.forEach((edge, at) => {
      const flow = flows[at]
      const count = this.#dots[at] ?? 0
      if (flow === undefined || count === 0) return
      const speed = speedOf(flow.latencyMs, edge.path.lengthPx)
      const phase = (this.#phases.get(edge.id) ?? firstPhase(at)) + speed * elapsedS
      this.#phases.set(edge.id, phase)
      addDots(plain, errors, edge.path, { phase, count, flow })
    })
    context.fillStyle = ink['fg-2']
    context.fill(plain)
    context.fillStyle = ink.down
    context.fill(errors)
  }

  #forgetAbsent({ edges }: RiverPicture): void {
    if (this.#phases.size <= edges.length) return
    const present = new Set(edges.map(({ id }) => id))
    for (const id of this.#phases.keys()) if (!present.has(id)) this.#phases.delete(id)
  }
}

function strokePath(context: CanvasRenderingContext2D, { points }: RiverPath): void {
  context.beginPath()
  for (let at = 0; at < points.length; at += 2) context.lineTo(points[at]!, points[at + 1]!)
  context.stroke()
}

interface DotRow {
  readonly phase: number
  readonly count: number
  readonly flow: EdgeFlow
}

function addDots(plain: Path2D, errors: Path2D, path: RiverPath, row: DotRow): void {
  const lanes = Math.max(0, edgeWidthPx(row.flow.rps) - 2 * DOT_RADIUS)
  const last = path.points.length / 2 - 1
  for (let index = 0; index < row.count; index++) {
    const share = dotShare(row.phase, index)
    const at = pathIndex(path, share)
    const rest = share * last - at
    const [x1, y1] = [path.points[2 * at]!, path.points[2 * at + 1]!]
    const x = x1 + (path.points[2 * at + 2]! - x1) * rest
    const y = y1 + (path.points[2 * at + 3]! - y1) * rest
    if (isErrorDot(row.phase, index, row.flow.errorShare)) addDiamond(errors, x, y)
    else addDot(plain, x, y + dotLane(index) * lanes)
  }
}

function addDot(path: Path2D, x: number, y: number): void {
  path.moveTo(x + DOT_RADIUS, y)
  path.arc(x, y, DOT_RADIUS, 0, 2 * Math.PI)
}

function addDiamond(path: Path2D, x: number, y: number): void {
  path.moveTo(x, y - DIAMOND_RADIUS)
  path.lineTo(x + DIAMOND_RADIUS, y)
  path.lineTo(x, y + DIAMOND_RADIUS)
  path.lineTo(x - DIAMOND_RADIUS, y)
  path.closePath()
}
