/** Axes of a chart: a ceiling that does not breathe, and round times. Pure. */

/** A lower ceiling has to suffice for so long before the axis shrinks. */
export const SHRINK_AFTER_MS = 10_000

/** The smallest of 1, 2, 5 times a power of ten that is not below `value`. */
export function roundCeiling(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  // A share of 1.0000000002 is the rounding of 1, not the need for 2.
  const share = value / power - 1e-9
  const step = [1, 2, 5].find((candidate) => share <= candidate) ?? 10
  return Number((step * power).toPrecision(1))
}

/** Grows at once, shrinks only after ten seconds below: an axis that breathes lies. */
export class Ceiling {
  readonly #least: number
  #value: number
  /** Since when a lower ceiling would do; null while it would not. */
  #lowSinceMs: number | null = null
  #highestLow = 0

  constructor(least: number) {
    this.#least = least
    this.#value = roundCeiling(least)
  }

  get value(): number {
    return this.#value
  }

  /** @param highest largest value in view. */
  update(highest: number, nowMs: number): number {
    const wanted = roundCeiling(Math.max(highest, this.#least))
    if (wanted >= this.#value) {
      this.#value = wanted
      this.#lowSinceMs = null
      return this.#value
    }
    if (this.#lowSinceMs === null) {
      this.#lowSinceMs = nowMs
      this.#highestLow = wanted
    }
    this.#highestLow = Math.max(this.#highestLow, wanted)
    if (nowMs - this.#lowSinceMs < SHRINK_AFTER_MS) return this.#value
    this.#value = this.#highestLow
    this.#lowSinceMs = null
    return this.#value
  }

  /** For another range: what was seen before does not count. */
  reset(): void {
    this.#value = roundCeiling(this.#least)
    this.#lowSinceMs = null
  }
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const TIME_STEPS_MS = [
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR
] as const

export interface TimeTicks {
  readonly stepMs: number
  readonly atMs: readonly number[]
}

/**
 * Round moments of the local clock between two times, at most so many.
 * @param offsetMs what local time is ahead of UTC, so that 6 h steps hit midnight.
 */
export function timeTicks(fromMs: number, toMs: number, most: number, offsetMs: number): TimeTicks {
  const span = toMs - fromMs
  const stepMs =
    TIME_STEPS_MS.find((step) => span / step <= most) ?? TIME_STEPS_MS[TIME_STEPS_MS.length - 1]!
  const atMs: number[] = []
  const first = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs - offsetMs
  for (let at = first; at <= toMs; at += stepMs) atMs.push(at)
  return { stepMs, atMs }
}

/**
 * Moves labels apart that would overlap, as little as possible and never out of the area.
 * @param wanted preferred middle of each label, in any order.
 */
export function spreadLabels(
  wanted: readonly number[],
  gap: number,
  top: number,
  bottom: number
): readonly number[] {
  const order = wanted.map((_, at) => at).toSorted((one, other) => wanted[one]! - wanted[other]!)
  const placed = [...wanted]
  let least = top
  for (const at of order) {
    placed[at] = Math.max(placed[at]!, least)
    least = placed[at]! + gap
  }
  let most = bottom
  for (const at of order.toReversed()) {
    placed[at] = Math.min(placed[at]!, most)
    most = placed[at]! - gap
  }
  return placed
}
