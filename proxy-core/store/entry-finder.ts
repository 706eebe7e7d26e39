/** Finds entries: what is pending, by id, by state, route and key. Reads indexes by blocks. */
import { timingSafeEqual } from 'node:crypto'
import { SwitchyardError } from '../model/error-catalogue.ts'
import { keyHashOf, routeHashOf } from './entry-hash.ts'
import type { EntryReader } from './entry-reader.ts'
import { STATE, wordOf, type StateCode } from './entry-states.ts'
import type { IndexEntry } from './index-entry.ts'
import type { IndexReader } from './index-reader.ts'
import type { EntryHead, EntryQuery, PendingEntry } from './request-store.ts'
import type { Place, SegmentList } from './segment-list.ts'
import type { SettledStatuses } from './settled-statuses.ts'
import { reasonOf, type StoreContext } from './store-context.ts'

const PENDING: readonly StateCode[] = [STATE.pending]

export class EntryFinder {
  readonly #context: StoreContext
  readonly #segments: SegmentList
  readonly #index: IndexReader
  readonly #reader: EntryReader
  readonly #statuses: SettledStatuses
  /** Of the entry that was the oldest when it was asked last. */
  #oldest = { seq: 0, receivedAtMs: null as number | null }

  constructor(parts: {
    readonly context: StoreContext
    readonly segments: SegmentList
    readonly index: IndexReader
    readonly reader: EntryReader
    readonly statuses: SettledStatuses
  }) {
    this.#context = parts.context
    this.#segments = parts.segments
    this.#index = parts.index
    this.#reader = parts.reader
    this.#statuses = parts.statuses
  }

  async pendingAfter(seq: number, limit: number): Promise<readonly PendingEntry[]> {
    const found: IndexEntry[] = []
    let at = seq
    for (;;) {
      const place = found.length < limit ? this.#segments.next(at, PENDING) : null
      if (place === null) break
      const entry = await this.#entryAt(place)
      if (entry === null) continue
      found.push(entry)
      at = entry.seq
    }
    // Meanwhile some may have been settled.
    const pending = found.filter(({ seq: one }) => this.#stateOf(one) === STATE.pending)
    return pending.map(({ seq: one, keyHash, routeHash, expiresAtMs, bytes }) => {
      return { seq: one, keyHash, routeHash, expiresAtMs, bytes }
    })
  }

  async find(id: string): Promise<EntryHead | null> {
    const read = this.#context.ids.read(id)
    if (read === null) return null
    const place = this.#segments.placeOf(read.seq)
    if (place !== null) {
      const entry = await this.#entryAt(place)
      if (entry === null) return this.find(id)
      if (!timingSafeEqual(entry.tag, read.tag)) return null
      const head = (await this.#reader.head(read.seq)) ?? (await this.#damagedHead(read.seq, entry))
      // Its segment may have ended between two reads: then its status is where those of others are.
      return head === null && this.#segments.placeOf(read.seq) === null ? this.find(id) : head
    }
    const outcome = await this.#statuses.find(read.seq)
    if (outcome === null || !timingSafeEqual(outcome.tag, read.tag)) return null
    return this.#reader.headWithout(outcome)
  }

  async list(query: EntryQuery): Promise<readonly EntryHead[]> {
    const { states, route, key } = query
    const codes = codesOf(states)
    const routeHash = route === undefined ? null : routeHashOf(route)
    const keyHash = key === undefined ? null : keyHashOf(this.#context.storeId, key)
    const heads: EntryHead[] = []
    let seq = query.afterSeq ?? 0
    for (;;) {
      const place = heads.length < query.limit ? this.#segments.next(seq, codes) : null
      if (place === null) return heads
      const entry = await this.#entryAt(place)
      if (entry === null) continue
      seq = entry.seq
      if (routeHash !== null && entry.routeHash !== routeHash) continue
      if (keyHash !== null && entry.keyHash !== keyHash) continue
      const head = await this.#reader.head(seq)
      if (head === null || !isMatch(head, query)) continue
      heads.push(head)
    }
  }

  /** Of the pending entry with the lowest seq. It may lag one call behind: an index is read then. */
  oldestPendingAtMs(): number | null {
    const place = this.#segments.next(0, PENDING)
    if (place === null) return null
    const seq = place.segment.states.seqAt(place.ordinal)
    if (seq !== this.#oldest.seq) this.#learnOldest(seq, place)
    return this.#oldest.receivedAtMs
  }

  #learnOldest(seq: number, { segment, ordinal }: Place): void {
    const learn = ({ receivedAtMs }: IndexEntry): void => {
      this.#oldest = { seq, receivedAtMs }
    }
    const entry = this.#index.entryOf(segment, ordinal)
    if (entry instanceof Promise) void entry.then(learn, () => undefined)
    else learn(entry)
  }

  /** null: a compaction has moved it; look again. Rejects with BUFFER_UNREADABLE. */
  async #entryAt({ segment, ordinal }: Place): Promise<IndexEntry | null> {
    try {
      return await this.#index.entryOf(segment, ordinal)
    } catch (error) {
      if (segment.isGone) return null
      const message = `The index of segment ${segment.name} could not be read: ${reasonOf(error)}.`
      throw new SwitchyardError('BUFFER_UNREADABLE', message, {}, { cause: error })
    }
  }

  /** Accepted, never delivered, and its octets are no more what they were. */
  async #damagedHead(seq: number, entry: IndexEntry): Promise<EntryHead | null> {
    const place = this.#segments.placeOf(seq)
    if (place === null) return null
    const word = await this.#reader.wordAbout(place)
    if (word === null) return null
    return this.#reader.headWithout({ ...word, ...entry, recordBytes: entry.bytes })
  }

  #stateOf(seq: number): StateCode | null {
    const place = this.#segments.placeOf(seq)
    return place === null ? null : place.segment.states.stateAt(place.ordinal)
  }
}

/**
 * A dead entry that was replayed is no dead letter any more, so that only a list of everything
 * has it; a damaged one has nothing that could be listed.
 */
function codesOf(states: EntryQuery['states']): readonly StateCode[] {
  const listed = Object.values(STATE).filter((code) => code !== STATE.quarantined)
  if (states === undefined) return listed
  return listed.filter((code) => code !== STATE.replayed && states.includes(wordOf(code)))
}

function isMatch(head: EntryHead, { route, key }: EntryQuery): boolean {
  return (route === undefined || head.route === route) && (key === undefined || head.key === key)
}
