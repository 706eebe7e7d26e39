/**
 * What became of the entries of one segment, in memory: one octet for each, and six more in
 * segments of which something was attempted or settled. Nothing else is kept per entry, so ten
 * million of them fit beside the traffic.
 */
import type { EntryState } from './request-store.ts'

/** Higher is later; what is settled stays settled, whatever is read or told afterwards. */
export const STATE = {
  pending: 0,
  dead: 1,
  delivered: 2,
  expired: 3,
  deleted: 4,
  replayed: 5,
  quarantined: 6
} as const

export type StateCode = (typeof STATE)[keyof typeof STATE]

/** A dead entry that was replayed stays dead; its octets are free. So are those of a damaged one. */
const WORDS: readonly EntryState[] = [
  'pending',
  'dead',
  'delivered',
  'expired',
  'deleted',
  'dead',
  'dead'
]

export function wordOf(code: StateCode): EntryState {
  return WORDS[code]!
}

/** Whether the octets are still wanted. */
export function isLive(code: StateCode): boolean {
  return code <= STATE.dead
}

/** Whether an entry may go from one state to another: only forward, and a dead one only to its end. */
export function mayBecome(from: StateCode, to: StateCode): boolean {
  if (from === STATE.pending) return to !== STATE.pending
  return (
    from === STATE.dead &&
    (to === STATE.deleted || to === STATE.replayed || to === STATE.quarantined)
  )
}

const FIRST_CAPACITY = 1024

export class EntryStates {
  readonly #firstSeq: number
  /** seq − firstSeq of each ordinal; null: they are the ordinals themselves. */
  #offsets: Uint32Array | null
  #states: Uint8Array
  /** Where in the outcomes the last word about an entry stands; 0 = there is none. */
  #outcomeAt: Uint32Array | null = null
  #attempts: Uint16Array | null = null
  #count: number

  /** `offsets`: ascending, for a segment with holes. */
  constructor(firstSeq: number, count: number, offsets: Uint32Array | null) {
    this.#firstSeq = firstSeq
    this.#count = count
    this.#offsets = offsets
    this.#states = new Uint8Array(count)
  }

  get count(): number {
    return this.#count
  }

  /** One more entry, pending. Its seq is one behind the last. */
  append(): void {
    if (this.#count === this.#states.length) {
      const capacity = Math.max(FIRST_CAPACITY, this.#count * 2)
      this.#states = grown(this.#states, new Uint8Array(capacity))
      if (this.#outcomeAt) this.#outcomeAt = grown(this.#outcomeAt, new Uint32Array(capacity))
      if (this.#attempts) this.#attempts = grown(this.#attempts, new Uint16Array(capacity))
    }
    this.#count += 1
  }

  seqAt(ordinal: number): number {
    return this.#firstSeq + (this.#offsets === null ? ordinal : this.#offsets[ordinal]!)
  }

  /** −1: not in this segment. */
  ordinalOf(seq: number): number {
    const ordinal = this.firstOrdinalFrom(seq)
    return ordinal < this.#count && this.seqAt(ordinal) === seq ? ordinal : -1
  }

  /** The first entry with this or a larger seq; `count` when there is none. */
  firstOrdinalFrom(seq: number): number {
    const offset = Math.max(0, seq - this.#firstSeq)
    if (this.#offsets === null) return Math.min(offset, this.#count)
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#offsets[middle]! < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  stateAt(ordinal: number): StateCode {
    return this.#states[ordinal] as StateCode
  }

  setState(ordinal: number, state: StateCode): void {
    this.#states[ordinal] = state
  }

  /** The next ordinal from `ordinal` on with this state, or −1. As fast as memory is. */
  nextWith(state: StateCode, ordinal: number): number {
    const found = this.#states.indexOf(state, ordinal)
    return found < this.#count ? found : -1
  }

  outcomeAt(ordinal: number): number {
    return this.#outcomeAt === null ? 0 : this.#outcomeAt[ordinal]!
  }

  setOutcomeAt(ordinal: number, offset: number): void {
    this.#outcomeAt ??= new Uint32Array(this.#states.length)
    this.#outcomeAt[ordinal] = offset
  }

  attemptsAt(ordinal: number): number {
    return this.#attempts === null ? 0 : this.#attempts[ordinal]!
  }

  setAttempts(ordinal: number, attempts: number): void {
    if (attempts === 0 && this.#attempts === null) return
    this.#attempts ??= new Uint16Array(this.#states.length)
    this.#attempts[ordinal] = Math.min(attempts, 0xffff)
  }
}

function grown<T extends Uint8Array | Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
