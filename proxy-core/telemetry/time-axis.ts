/**
 * The time line of one resolution, shared by every ring of it: slots of a fixed width, cut at
 * whole multiples of it on the wall clock, of which the newest are kept. A slot in which the
 * engine did not tick is missing, so that a chart shows a gap and not a zero.
 */

export interface Resolution {
  readonly stepMs: number
  readonly points: number
}

/** Live, short, mid and long: 60 s, 15 min, 2 h, 24 h. */
export const RESOLUTIONS: readonly Resolution[] = [
  { stepMs: 250, points: 240 },
  { stepMs: 1000, points: 900 },
  { stepMs: 10_000, points: 720 },
  { stepMs: 60_000, points: 1440 }
]

const EMPTY = -1

export class TimeAxis {
  readonly stepMs: number
  readonly points: number
  /** Which slot since the epoch lies in each place. */
  readonly #slots: Float64Array
  /** Time measured within the slot: less than its width at its beginning and after a gap. */
  readonly #measuredMs: Float64Array
  #current = EMPTY
  #isFresh = false
  #lastMs = 0

  constructor({ stepMs, points }: Resolution) {
    this.stepMs = stepMs
    this.points = points
    this.#slots = new Float64Array(points).fill(EMPTY)
    this.#measuredMs = new Float64Array(points)
  }

  /**
   * A tick at `atMs` (wall clock) measured the last `measuredMs`. What is left of an older slot
   * in the same place is overwritten, also when the wall clock was set back.
   */
  advance(atMs: number, measuredMs: number): void {
    const slot = Math.floor(atMs / this.stepMs)
    this.#isFresh = slot !== this.#current
    this.#current = slot
    this.#lastMs = atMs
    const place = this.place
    this.#slots[place] = slot
    if (this.#isFresh) this.#measuredMs[place] = 0
    this.#measuredMs[place]! += measuredMs
  }

  /** Where the rings keep the current slot. */
  get place(): number {
    return this.#current % this.points
  }

  /** The current slot has just begun: what its place held belongs to an older one. */
  get isFresh(): boolean {
    return this.#isFresh
  }

  /** Wall-clock milliseconds of the newest tick; 0 when there was none. */
  get lastMs(): number {
    return this.#lastMs
  }

  /** The place of a slot, or -1 when it was not measured or is no longer kept. */
  placeOf(slot: number): number {
    if (slot < 0) return -1
    const place = slot % this.points
    return this.#slots[place] === slot ? place : -1
  }

  measuredMs(place: number): number {
    return this.#measuredMs[place]!
  }
}
