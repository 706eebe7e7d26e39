/**
 * Weights of backends of which some are in slow start. An algorithm takes whole numbers from 1 to
 * 256, and a tenth of weight 1 is none: so all backends of a level are scaled together, as far as
 * 256 allows, and by the same factor for as long as the same backends serve.
 */
import { MAX_WEIGHT } from '../model/states.ts'
import { WARMTH_UNITS } from './warmth.ts'

export interface WarmingTarget {
  readonly level: number
  /** 1 to 256. */
  readonly weight: number
  /** 0.1 to 1, in whole twentieths. */
  readonly warmth: number
}

/**
 * In the order of the targets; while none is in slow start the weights as they are. Shares are
 * exact where the weights of a level, divided by their common divisor, are at most 12. Larger ones
 * are rounded to whole parts of the largest, which is 256; less than one part is one.
 */
export function scaledWeights(targets: readonly WarmingTarget[]): readonly number[] {
  const plain = targets.map(({ weight }) => weight)
  if (targets.every(({ warmth }) => warmth === 1)) return plain
  const scaled = plain.slice()
  for (const places of Map.groupBy(targets.keys(), (place) => targets[place]!.level).values()) {
    scaleLevel(targets, places, scaled)
  }
  return scaled
}

function scaleLevel(
  targets: readonly WarmingTarget[],
  places: readonly number[],
  scaled: number[]
): void {
  const members = places.map((place) => targets[place]!)
  if (members.every(({ warmth }) => warmth === 1)) return
  const divisor = members.reduce((sum, { weight }) => greatestCommonDivisor(sum, weight), 0)
  const largest = Math.max(...members.map(({ weight }) => weight / divisor)) * WARMTH_UNITS
  const factor = Math.min(1, MAX_WEIGHT / largest)
  for (const [index, { weight, warmth }] of members.entries()) {
    const units = Math.round(warmth * WARMTH_UNITS)
    scaled[places[index]!] = Math.max(1, Math.round((weight / divisor) * units * factor))
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
