/**
 * Where everything of the river lies: listeners, pools, backends and standbys in four columns,
 * rows in the order of the configuration. Values never move anything; only another configuration
 * or another window size does.
 */
import type { LiveFleet } from '../../../preload/contract/live-state.ts'
import { riverPath, type Point, type RiverPath } from './river-path.ts'

export const NODE_HEIGHT_PX = 40
/** Below this width the columns do not fit, and the table is shown instead. */
export const MIN_RIVER_WIDTH_PX = 600

const MIN_ROW_PX = 44
const MAX_ROW_PX = 76
const POOL_GAP_PX = 16
const PADDING_PX = 8
/** Straight part of an edge before its node; its numbers stand there. */
const LEVEL_PX = 92
/** With less of it the node carries the numbers. */
const MIN_LEVEL_PX = 50

/** Place of the point through which several listeners reach several pools, on their way. */
const JUNCTION_SHARE = 0.36

/** Node widths of the four columns, in a narrow window and in a wide one. */
const NARROW = { atPx: 760, widths: [116, 116, 150, 150] } as const
const WIDE = { atPx: 1240, widths: [176, 184, 216, 216] } as const

export type RiverThing =
  | { readonly kind: 'listener'; readonly listener: string }
  | { readonly kind: 'pool'; readonly pool: string }
  | { readonly kind: 'backend'; readonly pool: string; readonly backend: string }

export interface RiverNode {
  readonly id: string
  readonly thing: RiverThing
  readonly isStandby: boolean
  readonly x: number
  /** Of the top edge. */
  readonly y: number
  readonly width: number
}

export interface RiverEdge {
  readonly id: string
  /** Whose numbers it carries. */
  readonly thing: RiverThing
  readonly isStandby: boolean
  readonly path: RiverPath
  /** Where its numbers stand: their right end, on the line. null: the node says them. */
  readonly label: Point | null
}

export interface RiverColumn {
  readonly title: string
  readonly x: number
  readonly width: number
}

export interface RiverLayout {
  readonly columns: readonly RiverColumn[]
  readonly nodes: readonly RiverNode[]
  readonly edges: readonly RiverEdge[]
  readonly heightPx: number
}

type Shape = Pick<LiveFleet, 'listeners' | 'pools'>

export function riverId(thing: RiverThing): string {
  if (thing.kind === 'listener') return `listener\n${thing.listener}`
  return thing.kind === 'pool' ? `pool\n${thing.pool}` : `backend\n${thing.pool}\n${thing.backend}`
}

export function riverLayout(shape: Shape, widthPx: number, viewportPx: number): RiverLayout {
  const { columns, gap } = placeColumns(shape, widthPx)
  const nodes = placeNodes(shape, columns, viewportPx)
  const bottom = Math.max(0, ...nodes.map(({ y }) => y + NODE_HEIGHT_PX))
  return {
    columns,
    nodes,
    edges: connect(nodes, columns, gap),
    heightPx: Math.max(viewportPx, bottom + PADDING_PX)
  }
}

function placeColumns(shape: Shape, widthPx: number): { columns: RiverColumn[]; gap: number } {
  const hasStandby = shape.pools.some(({ backends }) => backends.some(({ level }) => level > 0))
  const titles = ['Listeners', 'Pools', 'Backends', ...(hasStandby ? ['Standby'] : [])]
  const share = Math.min(1, Math.max(0, (widthPx - NARROW.atPx) / (WIDE.atPx - NARROW.atPx)))
  const widths = titles.map((_, at) =>
    Math.round(NARROW.widths[at]! + (WIDE.widths[at]! - NARROW.widths[at]!) * share)
  )
  const used = widths.reduce((sum, width) => sum + width, 0)
  const gap = Math.max(24, (widthPx - used) / (titles.length - 1))
  let x = 0
  const columns = titles.map((title, at) => {
    const column = { title, x: Math.round(x), width: widths[at]! }
    x += widths[at]! + gap
    return column
  })
  return { columns, gap }
}

function placeNodes(
  shape: Shape,
  columns: readonly RiverColumn[],
  viewportPx: number
): readonly RiverNode[] {
  const rows = shape.pools.map(({ backends }) => Math.max(1, backends.length))
  const gaps = Math.max(0, shape.pools.length - 1) * POOL_GAP_PX
  const allRows = Math.max(
    1,
    rows.reduce((sum, count) => sum + count, 0)
  )
  const free = viewportPx - gaps - 2 * PADDING_PX
  const row = Math.min(MAX_ROW_PX, Math.max(MIN_ROW_PX, free / allRows))
  const heightPx = allRows * row + gaps
  const top = Math.max(PADDING_PX, (viewportPx - heightPx) / 2)
  const nodes: RiverNode[] = []
  let y = top
  shape.pools.forEach((pool, at) => {
    const band = rows[at]! * row
    nodes.push(poolNode(pool.name, columns, nearTop(y, band, viewportPx)))
    for (const [index, backend] of inRiverOrder(pool.backends).entries()) {
      nodes.push(backendNode(pool.name, backend, columns, y + (index + 0.5) * row))
    }
    y += band + POOL_GAP_PX
  })
  return [...placeListeners(shape, columns, nearTop(top, heightPx, viewportPx), row), ...nodes]
}

/** The middle of a band, but within the first screenful of it, so that nobody scrolls to find it. */
function nearTop(top: number, band: number, viewportPx: number): number {
  return top + Math.min(band, viewportPx - 2 * PADDING_PX) / 2
}

function placeListeners(
  { listeners }: Shape,
  columns: readonly RiverColumn[],
  middle: number,
  row: number
): readonly RiverNode[] {
  const column = columns[0]!
  const first = Math.max(
    PADDING_PX + NODE_HEIGHT_PX / 2,
    middle - ((listeners.length - 1) * row) / 2
  )
  return listeners.map(({ name }, at) =>
    nodeAt({ kind: 'listener', listener: name }, false, column, first + at * row)
  )
}

function poolNode(pool: string, columns: readonly RiverColumn[], middle: number): RiverNode {
  return nodeAt({ kind: 'pool', pool }, false, columns[1]!, middle)
}

function backendNode(
  pool: string,
  backend: { readonly address: string; readonly level: number },
  columns: readonly RiverColumn[],
  middle: number
): RiverNode {
  const isStandby = backend.level > 0
  const thing: RiverThing = { kind: 'backend', pool, backend: backend.address }
  return nodeAt(thing, isStandby, columns[isStandby ? 3 : 2]!, middle)
}

function nodeAt(
  thing: RiverThing,
  isStandby: boolean,
  column: RiverColumn,
  middle: number
): RiverNode {
  const y = Math.round(middle - NODE_HEIGHT_PX / 2)
  return { id: riverId(thing), thing, isStandby, x: column.x, y, width: column.width }
}

/** Everything in the order in which it is read: listeners, then each pool with its backends. */
export function riverThings(shape: Shape): readonly RiverThing[] {
  return [
    ...shape.listeners.map(({ name }): RiverThing => ({ kind: 'listener', listener: name })),
    ...shape.pools.flatMap(({ name, backends }): RiverThing[] => [
      { kind: 'pool', pool: name },
      ...inRiverOrder(backends).map(({ address }): RiverThing => ({
        kind: 'backend',
        pool: name,
        backend: address
      }))
    ])
  ]
}

/** By level, then as configured: standbys lie below the primaries of their pool. */
export function inRiverOrder<Backend extends { readonly level: number }>(
  backends: readonly Backend[]
): readonly Backend[] {
  return backends.toSorted((one, other) => one.level - other.level)
}

function connect(
  nodes: readonly RiverNode[],
  columns: readonly RiverColumn[],
  gap: number
): readonly RiverEdge[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const entries = nodes.filter(({ thing }) => thing.kind === 'listener')
  const pools = nodes.filter(({ thing }) => thing.kind === 'pool')
  const last = nodes.filter(({ thing }) => thing.kind === 'backend')
  const levelPx = Math.min(LEVEL_PX, gap / 2)
  return [
    ...throughJunction(entries, pools, levelPx),
    ...last.map((node) => {
      const { pool } = node.thing as { readonly pool: string }
      const from = rightOf(byId.get(riverId({ kind: 'pool', pool }))!)
      const bendEnd = node.isStandby ? columns[2]!.x : node.x - levelPx
      return edgeTo(node, from, bendEnd)
    })
  ]
}

/**
 * Every listener takes every route, and nobody counts by pair: what comes in is drawn to one
 * point, and what goes to each pool from there, so that each number on the way is measured.
 */
function throughJunction(
  entries: readonly RiverNode[],
  pools: readonly RiverNode[],
  levelPx: number
): readonly RiverEdge[] {
  const [entry, pool] = [entries[0], pools[0]]
  if (entry === undefined || pool === undefined) return []
  const intoPool = (from: Point, level: number) => (node: RiverNode) =>
    edgeTo(node, from, node.x - level)
  if (entries.length === 1) return pools.map(intoPool(rightOf(entry), levelPx))
  if (pools.length === 1) return entries.map((from) => edgeFrom(from, leftOf(pool)))
  const middle = entries.reduce((sum, { y }) => sum + y, 0) / entries.length + NODE_HEIGHT_PX / 2
  const from = rightOf(entry).x
  const junction = { x: from + (pool.x - from) * JUNCTION_SHARE, y: middle }
  return [
    ...entries.map((from) => edgeFrom(from, junction)),
    ...pools.map(intoPool(junction, (pool.x - junction.x) / 2))
  ]
}

/** Level from `bendEnd` on, so that the numbers stand on a straight line. */
function edgeTo(node: RiverNode, from: Point, bendEnd: number): RiverEdge {
  const { id, thing, isStandby } = node
  const to = leftOf(node)
  const path = riverPath(from, to, { x: Math.max(from.x, bendEnd), y: to.y })
  const hasRoom = to.x - bendEnd >= MIN_LEVEL_PX
  return { id, thing, isStandby, path, label: hasRoom ? to : null }
}

function edgeFrom(node: RiverNode, to: Point): RiverEdge {
  const { id, thing } = node
  return { id, thing, isStandby: false, path: riverPath(rightOf(node), to), label: null }
}

function leftOf(node: RiverNode): Point {
  return { x: node.x, y: node.y + NODE_HEIGHT_PX / 2 }
}

function rightOf(node: RiverNode): Point {
  return { x: node.x + node.width, y: node.y + NODE_HEIGHT_PX / 2 }
}
