/**
 * How traffic looks: width of an edge, number of dots on it, their speed and which of them are
 * errors. Pure; the painter only draws what is decided here.
 */

/** Measured: above this many, a machine without a graphics card leaves 60 frames per second. */
export const MAX_DOTS = 800

/** Dots per square root of a request per second. */
const DENSITY = 2
/** On one edge, so that a short one does not become a solid line. */
const MAX_DOTS_PER_PX = 0.16

const BASE_SPEED_PX_PER_S = 110
/** A response of this time flows at the base speed. */
const REFERENCE_MS = 50
const MIN_PACE = 0.25
const MAX_PACE = 2

const GOLDEN = 0.618_033_988_75

/** Line width in CSS pixels: grows with the logarithm, so that 1 and 10 000 req/s both fit. */
export function edgeWidthPx(rps: number): number {
  return rps <= 0 ? 1 : 1.5 + 2 * Math.log10(1 + rps)
}

/** Multiple of the base speed: fast answers flow fast. No latency (-1) is the base speed. */
export function paceOf(latencyMs: number): number {
  if (latencyMs < 0) return 1
  if (latencyMs === 0) return MAX_PACE
  return Math.min(MAX_PACE, Math.max(MIN_PACE, REFERENCE_MS / latencyMs))
}

/** Shares of the way per second. */
export function speedOf(latencyMs: number, lengthPx: number): number {
  return lengthPx <= 0 ? 0 : (paceOf(latencyMs) * BASE_SPEED_PX_PER_S) / lengthPx
}

export interface FlowDemand {
  readonly rps: number
  readonly lengthPx: number
}

/** Dots for each edge, in order: at least one where there is any traffic, `MAX_DOTS` in all. */
export function dotBudget(edges: readonly FlowDemand[]): readonly number[] {
  const wanted = edges.map(({ rps, lengthPx }) =>
    rps <= 0 ? 0 : Math.min(DENSITY * Math.sqrt(rps), lengthPx * MAX_DOTS_PER_PX)
  )
  const sum = wanted.reduce((total, count) => total + count, 0)
  const scale = sum > MAX_DOTS ? MAX_DOTS / sum : 1
  // More edges than dots: the first ones have theirs, rather than none has.
  let left = MAX_DOTS
  return wanted.map((count) => {
    const dots = count === 0 ? 0 : Math.min(left, Math.max(1, Math.floor(count * scale)))
    left -= dots
    return dots
  })
}

/**
 * Share of the way (0 to 1) of dot `index`. The golden ratio spreads any number of dots evenly,
 * so that one more of them moves no other.
 */
export function dotShare(phase: number, index: number): number {
  const place = phase + index * GOLDEN
  return place - Math.floor(place)
}

/** Whether the dot is an error on this passage; the same answer from its start to its end. */
export function isErrorDot(phase: number, index: number, errorShare: number): boolean {
  if (errorShare <= 0) return false
  const passage = Math.floor(phase + index * GOLDEN)
  return noise(passage * 7919 + index * 104_729) < errorShare
}

/** Lateral place of the dot in a wide edge, -0.5 to 0.5; constant for the dot. */
export function dotLane(index: number): number {
  return noise(index * 15_485_863 + 11) - 0.5
}

/** Where the dots of an edge begin, so that edges of the same shape are not in step. */
export function firstPhase(edge: number): number {
  return noise(edge * 32_452_843 + 5)
}

/** A number from 0 to 1 that looks random and is always the same for the same seed. */
function noise(seed: number): number {
  let bits = Math.imul(seed | 0, 0x9e3779b1)
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32
}
