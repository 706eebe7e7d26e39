/**
 * What became of entries whose segments are gone, for those who ask by id: their journals stay for
 * a while. Times are counted from when this process put them here, because the wall clock jumps.
 */
import type { Clock } from '../time/clock.ts'
import { isLive, type EntryStates } from './entry-states.ts'
import type { OutcomeJournal } from './outcome-journal.ts'
import type { OutcomeRecord } from './outcome-record.ts'

/** Entries that are kept at most: 12 octets of memory each. */
const MAX_ENTRIES = 250_000

/** Where in a journal the last words about settled entries are, by ascending seq. */
export interface SettledPlaces {
  readonly seqs: Float64Array
  readonly offsets: Uint32Array
}

interface Kept extends SettledPlaces {
  readonly journal: OutcomeJournal
  readonly sinceMs: number
  /** Whether the journal may be removed. */
  readonly isFree: () => boolean
}

export class SettledStatuses {
  readonly #clock: Clock
  readonly #keepMs: number
  #kept: Kept[] = []
  #count = 0

  constructor(clock: Clock, keepMs: number) {
    this.#clock = clock
    this.#keepMs = keepMs
  }

  get count(): number {
    return this.#count
  }

  add(journal: OutcomeJournal, places: SettledPlaces, isFree = (): boolean => true): void {
    this.#kept.push({ ...places, journal, sinceMs: this.#clock.now(), isFree })
    this.#count += places.seqs.length
  }

  /** null: never known, or forgotten. */
  async find(seq: number): Promise<OutcomeRecord | null> {
    for (const { seqs, offsets, journal } of this.#kept) {
      const at = indexOf(seqs, seq)
      if (at >= 0) return journal.read(offsets[at]!)
    }
    return null
  }

  /** Removes what is too old, too much, or without a word. */
  async expire(): Promise<void> {
    const nowMs = this.#clock.now()
    for (const kept of [...this.#kept]) {
      const isOld = nowMs - kept.sinceMs >= this.#keepMs || kept.seqs.length === 0
      if (kept.isFree() && (isOld || this.#count > MAX_ENTRIES)) await this.#remove(kept)
    }
  }

  /** Milliseconds until the next one is too old; null: none is kept. */
  get nextExpiryMs(): number | null {
    const [oldest] = this.#kept
    return oldest === undefined
      ? null
      : Math.max(0, oldest.sinceMs + this.#keepMs - this.#clock.now())
  }

  /** Requests come first: makes room by forgetting the oldest ones. false: none is left. */
  async forgetOldest(): Promise<boolean> {
    const oldest = this.#kept.find((kept) => kept.isFree())
    if (oldest === undefined) return false
    await this.#remove(oldest)
    return true
  }

  async #remove(kept: Kept): Promise<void> {
    this.#kept = this.#kept.filter((one) => one !== kept)
    this.#count -= kept.seqs.length
    await kept.journal.remove()
  }
}

/** Of the entries of a segment that are settled and of which a word is on disk. */
export function settledPlaces(states: EntryStates): SettledPlaces {
  const ordinals: number[] = []
  for (let ordinal = 0; ordinal < states.count; ordinal++) {
    if (!isLive(states.stateAt(ordinal)) && states.outcomeAt(ordinal) > 0) ordinals.push(ordinal)
  }
  return {
    seqs: Float64Array.from(ordinals, (ordinal) => states.seqAt(ordinal)),
    offsets: Uint32Array.from(ordinals, (ordinal) => states.outcomeAt(ordinal))
  }
}

function indexOf(seqs: Float64Array, seq: number): number {
  let low = 0
  let high = seqs.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = seqs[middle]!
    if (found === seq) return middle
    if (found < seq) low = middle + 1
    else high = middle - 1
  }
  return -1
}
