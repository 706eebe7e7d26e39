/**
 * What of the entries of one key is known to its route: those that are at hand, in their order,
 * and how many more there are further on. An entry without a key has a lane of its own.
 *
 *   ready -> busy -> ready | waiting | idle      one delivery after the other
 *   waiting -> ready                             its time has come, or the pool has changed
 *   idle -> ready                                passed-over entries were fetched, else it is gone
 */
import type { PendingEntry } from '../store/request-store.ts'

export type LaneState = 'ready' | 'busy' | 'waiting' | 'idle'

export class Lane {
  readonly key: number
  state: LaneState = 'idle'
  /** The next one first; it stays until it is settled. */
  readonly entries: PendingEntry[] = []
  /** Entries behind these that the search has passed over. Operators may have removed some. */
  passed = 0
  /** No entry that was passed over has a smaller seq; 0 = none was passed over. */
  passedFrom = 0
  /** The search that has passed this lane over, so that it takes no later entry before that. */
  skippedBy = 0
  /** Of the first entry: attempts that are known of, for the status. */
  attempts = 0
  /** Monotonic: when a waiting lane is due; Infinity = when the pool changes. */
  dueMs = 0

  constructor(key: number) {
    this.key = key
  }

  get first(): PendingEntry | undefined {
    return this.entries[0]
  }

  /** Notes an entry that stays where it is. Entries come in ascending order. */
  passOver(entry: PendingEntry): void {
    if (this.passed++ === 0) this.passedFrom = entry.seq
  }

  /** Keeps only the first entry; the others are passed over. Returns how many that were. */
  park(): number {
    const rest = this.entries.splice(1)
    if (rest.length === 0) return 0
    this.passed += rest.length
    this.passedFrom = rest[0]!.seq
    return rest.length
  }

  /** Takes an entry that was passed over: the next one, as the search began before it. */
  fetch(entry: PendingEntry): void {
    this.entries.push(entry)
    this.passed = Math.max(0, this.passed - 1)
    this.passedFrom = this.passed === 0 ? 0 : entry.seq + 1
  }

  /** Nothing that was passed over is there any more. */
  forgetPassed(): void {
    this.passed = this.passedFrom = 0
  }
}

/** Of an entry without a key there is only one: its seq is its key, and no hash is negative. */
export function laneKeyOf({ keyHash, seq }: PendingEntry): number {
  return keyHash === 0 ? -seq : keyHash
}
