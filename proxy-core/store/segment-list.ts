/** All segments in the order of their entries, and what they hold together. */
import type { EntryStates, StateCode } from './entry-states.ts'
import type { Segment } from './segment.ts'

export interface Place {
  readonly segment: Segment
  readonly ordinal: number
}

export class SegmentList {
  #segments: Segment[] = []

  get all(): readonly Segment[] {
    return this.#segments
  }

  get last(): Segment | undefined {
    return this.#segments.at(-1)
  }

  push(segment: Segment): void {
    this.#segments.push(segment)
  }

  remove(segment: Segment): void {
    segment.isGone = true
    this.#segments = this.#segments.filter((one) => one !== segment)
  }

  /** Neighbours become one. */
  replace(run: readonly Segment[], by: Segment): void {
    for (const segment of run) segment.isGone = true
    const at = this.#segments.indexOf(run[0]!)
    this.#segments = this.#segments.toSpliced(at, run.length, by)
  }

  /** null: no segment has it (any more). */
  placeOf(seq: number): Place | null {
    const segment = this.#segments[this.#indexFrom(seq)]
    if (segment === undefined || segment.firstSeq > seq) return null
    const ordinal = segment.states.ordinalOf(seq)
    return ordinal < 0 ? null : { segment, ordinal }
  }

  /** The first entry behind `seq` with one of these states; null: there is none. */
  next(seq: number, states: readonly StateCode[]): Place | null {
    for (let at = this.#indexFrom(seq + 1); at < this.#segments.length; at++) {
      const segment = this.#segments[at]!
      const ordinal = nextIn(segment.states, segment.states.firstOrdinalFrom(seq + 1), states)
      if (ordinal >= 0) return { segment, ordinal }
    }
    return null
  }

  sum(of: (segment: Segment) => number): number {
    let total = 0
    for (const segment of this.#segments) total += of(segment)
    return total
  }

  /** The first segment that ends behind `seq`. */
  #indexFrom(seq: number): number {
    let low = 0
    let high = this.#segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#segments[middle]!.endSeq <= seq) low = middle + 1
      else high = middle
    }
    return low
  }
}

function nextIn(states: EntryStates, from: number, codes: readonly StateCode[]): number {
  const [only] = codes
  if (codes.length === 1) return states.nextWith(only!, from)
  for (let ordinal = from; ordinal < states.count; ordinal++) {
    if (codes.includes(states.stateAt(ordinal))) return ordinal
  }
  return -1
}
