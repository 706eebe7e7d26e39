/**
 * The course of an edge as points of equal distance, so that a dot's place is one look-up and a
 * steady speed looks steady in a bend.
 */

export interface Point {
  readonly x: number
  readonly y: number
}

export interface RiverPath {
  /** x and y of each point in turn. */
  readonly points: Float32Array
  readonly lengthPx: number
}

const SAMPLES = 40
const RESAMPLED = 48

/**
 * From left to right with level ends; `via` ends the bend, and the rest is straight (the way of a
 * standby's edge below the backends of its pool).
 */
export function riverPath(from: Point, to: Point, via: Point = to): RiverPath {
  const rough: Point[] = []
  const bend = (via.x - from.x) / 2
  for (let at = 0; at <= SAMPLES; at++) {
    const t = at / SAMPLES
    const s = 1 - t
    rough.push({
      x:
        s ** 3 * from.x +
        3 * s * s * t * (from.x + bend) +
        3 * s * t * t * (via.x - bend) +
        t ** 3 * via.x,
      y: from.y * (s ** 3 + 3 * s * s * t) + via.y * (3 * s * t * t + t ** 3)
    })
  }
  if (via.x !== to.x || via.y !== to.y) rough.push(to)
  return evenlySpaced(rough)
}

function evenlySpaced(rough: readonly Point[]): RiverPath {
  const distances = [0]
  for (let at = 1; at < rough.length; at++) {
    const [one, other] = [rough[at - 1]!, rough[at]!]
    distances.push(distances[at - 1]! + Math.hypot(other.x - one.x, other.y - one.y))
  }
  const lengthPx = distances.at(-1)!
  const points = new Float32Array(2 * RESAMPLED)
  let segment = 1
  for (let at = 0; at < RESAMPLED; at++) {
    const wanted = (at / (RESAMPLED - 1)) * lengthPx
    while (segment < rough.length - 1 && distances[segment]! < wanted) segment++
    const [before, after] = [distances[segment - 1]!, distances[segment]!]
    const share = after === before ? 0 : (wanted - before) / (after - before)
    const [one, other] = [rough[segment - 1]!, rough[segment]!]
    points[2 * at] = one.x + (other.x - one.x) * share
    points[2 * at + 1] = one.y + (other.y - one.y) * share
  }
  return { points, lengthPx }
}

/** Whether any of it lies between two heights. Its course rises or falls, but never both. */
export function isPathWithin({ points }: RiverPath, topPx: number, bottomPx: number): boolean {
  const [first, last] = [points[1]!, points.at(-1)!]
  return Math.max(first, last) >= topPx && Math.min(first, last) <= bottomPx
}

/** Index of the point at or before the share (0 to 1) of the way; see `points`. */
export function pathIndex(path: RiverPath, share: number): number {
  return Math.min(path.points.length / 2 - 2, Math.floor(share * (path.points.length / 2 - 1)))
}
