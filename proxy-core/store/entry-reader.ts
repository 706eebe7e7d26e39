/** Reads entries and what is known of them, and sets aside what does not hold its checksums. */
import { SwitchyardError } from '../model/error-catalogue.ts'
import { readFully } from './disk.ts'
import {
  decodeBody,
  decodeFixed,
  decodeTexts,
  FIXED_BYTES,
  type RecordFixed,
  type RecordTexts
} from './entry-record.ts'
import { STATE, wordOf, type StateCode } from './entry-states.ts'
import type { IndexEntry } from './index-entry.ts'
import type { IndexReader } from './index-reader.ts'
import type { OutcomeQueue, Word } from './outcome-queue.ts'
import type { OutcomeRecord } from './outcome-record.ts'
import type { Quarantine } from './quarantine.ts'
import type { Entry, EntryHead } from './request-store.ts'
import type { Place, SegmentList } from './segment-list.ts'
import { reasonOf, type StoreContext } from './store-context.ts'

/** Most texts are shorter; the rest is read when it is known how much it is. */
const TEXTS_AT_ONCE_BYTES = 4096

interface ReadRecord {
  readonly octets: Buffer
  readonly fixed: RecordFixed
  readonly texts: RecordTexts
}

export class EntryReader {
  readonly #context: StoreContext
  readonly #segments: SegmentList
  readonly #index: IndexReader
  readonly #outcomes: OutcomeQueue
  readonly #quarantine: Quarantine

  constructor(parts: {
    readonly context: StoreContext
    readonly segments: SegmentList
    readonly index: IndexReader
    readonly outcomes: OutcomeQueue
    readonly quarantine: Quarantine
  }) {
    this.#context = parts.context
    this.#segments = parts.segments
    this.#index = parts.index
    this.#outcomes = parts.outcomes
    this.#quarantine = parts.quarantine
  }

  /** null: settled, damaged or unknown. Rejects with BUFFER_UNREADABLE. */
  async entry(seq: number): Promise<Entry | null> {
    const read = await this.#guarded(seq, async (place, index) => {
      const record = await this.#record(place, index, index.bytes)
      const body = record === null ? null : decodeBody(record.octets, record.fixed)
      return record === null || body === null ? null : { ...record, body }
    })
    if (read === null) return null
    const place = this.#segments.placeOf(seq)
    if (place === null || !place.segment.isLiveAt(place.ordinal)) return null
    const { head, idempotencyKey } = read.texts
    return { ...(await this.#headOf(place, read)), head, idempotencyKey, body: read.body }
  }

  /** Without its body, in any state. null: not in a segment, or damaged. */
  async head(seq: number): Promise<EntryHead | null> {
    const read = await this.#guarded(seq, (place, index) =>
      this.#record(place, index, Math.min(index.bytes, TEXTS_AT_ONCE_BYTES))
    )
    const place = this.#segments.placeOf(seq)
    return read === null || place === null ? null : this.#headOf(place, read)
  }

  /** Of an entry whose octets are gone or damaged. */
  headWithout(outcome: OutcomeRecord): EntryHead {
    const { seq, tag, bodyBytes, receivedAtMs, expiresAtMs } = outcome
    return {
      ...{ seq, id: this.#context.ids.idOf(seq, tag), bodyBytes, receivedAtMs, expiresAtMs },
      ...{ route: '', key: '', method: '', target: '' },
      ...wordsOf(outcome.state, outcome)
    }
  }

  /** The last word about an entry: from the queue, or from the journal; null: there is none. */
  async wordAbout({ segment, ordinal }: Place): Promise<Word | null> {
    const { states, journal } = segment
    const waiting = this.#outcomes.wordOf(states.seqAt(ordinal))
    return waiting ?? (await journal.read(states.outcomeAt(ordinal)))
  }

  /** A record that is not what was written: it no longer holds up the others. */
  async setAside({ segment, ordinal }: Place, index: IndexEntry): Promise<void> {
    if (!segment.isLiveAt(ordinal)) return
    const seq = segment.states.seqAt(ordinal)
    segment.changeState(ordinal, STATE.quarantined)
    this.#outcomes.add(seq, {
      ...{ state: STATE.quarantined, atMs: this.#context.clock.wallNow(), status: 0 },
      ...{ attempts: segment.states.attemptsAt(ordinal), replayedAs: null },
      reason: 'its record is damaged on disk'
    })
    const span = { segment: segment.name, offset: index.offset, bytes: index.bytes }
    const what = `The record of seq ${seq} is damaged and is set aside`
    await this.#context.files
      .use(segment.path, (file) => this.#quarantine.keep(file, span, what))
      .catch(() => this.#quarantine.keep(null, span, what))
  }

  /** Looks again when a compaction moves the entry meanwhile; null also for what is damaged. */
  async #guarded<T>(
    seq: number,
    read: (place: Place, index: IndexEntry) => Promise<T | null>
  ): Promise<T | null> {
    for (;;) {
      const place = this.#segments.placeOf(seq)
      if (place === null) return null
      try {
        const index = await this.#index.entryOf(place.segment, place.ordinal)
        const found = await read(place, index)
        if (found === null && !place.segment.isGone) await this.setAside(place, index)
        if (found !== null || !place.segment.isGone) return found
      } catch (error) {
        if (!place.segment.isGone) throw unreadable(seq, error)
      }
    }
  }

  /** The first `bytes` of a record, or as many as its texts need. null: damaged. */
  async #record(
    { segment, ordinal }: Place,
    index: IndexEntry,
    bytes: number
  ): Promise<ReadRecord | null> {
    const octets = Buffer.allocUnsafe(Math.max(FIXED_BYTES, bytes))
    const isThere = await this.#context.files.use(segment.path, (file) =>
      readFully(file, octets, index.offset)
    )
    const fixed = isThere ? decodeFixed(octets, this.#context.recordSeed) : null
    if (fixed === null || !isSame(fixed, index, segment.states.seqAt(ordinal))) return null
    const needed = FIXED_BYTES + fixed.textBytes
    if (needed > octets.length) return this.#record({ segment, ordinal }, index, needed)
    const texts = decodeTexts(octets, fixed)
    return texts === null ? null : { octets, fixed, texts }
  }

  async #headOf(place: Place, { fixed, texts }: ReadRecord): Promise<EntryHead> {
    const { seq, tag, bodyBytes, receivedAtMs, expiresAtMs } = fixed
    const { route, key, method, target } = texts
    const { states } = place.segment
    const word = await this.wordAbout(place)
    const known = word ?? { ...NO_WORD, attempts: states.attemptsAt(place.ordinal) }
    return {
      ...{ seq, id: this.#context.ids.idOf(seq, tag), route, key, method, target },
      ...{ bodyBytes, receivedAtMs, expiresAtMs },
      ...wordsOf(states.stateAt(place.ordinal), known)
    }
  }
}

const NO_WORD: Word = {
  ...{ state: STATE.pending, atMs: 0, attempts: 0, status: 0, reason: '', replayedAs: null }
}

type Standing = Pick<
  EntryHead,
  'state' | 'attempts' | 'lastStatus' | 'lastReason' | 'settledAtMs' | 'replayedAs'
>

function wordsOf(state: StateCode, word: Word): Standing {
  return {
    state: wordOf(state),
    attempts: word.attempts,
    lastStatus: word.status,
    lastReason: word.reason,
    settledAtMs: state === STATE.pending ? null : word.atMs,
    replayedAs: word.replayedAs
  }
}

function isSame(fixed: RecordFixed, index: IndexEntry, seq: number): boolean {
  return fixed.seq === seq && fixed.bytes === index.bytes && fixed.tag.equals(index.tag)
}

function unreadable(seq: number, error: unknown): SwitchyardError {
  const message = `The buffered request with seq ${seq} could not be read: ${reasonOf(error)}.`
  return new SwitchyardError('BUFFER_UNREADABLE', message, { seq }, { cause: error })
}
