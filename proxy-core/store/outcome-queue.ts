/**
 * Words about entries on their way into the journals: what is told within one interval is written
 * and synced together. While a journal cannot be written the states in memory hold, and the
 * journal is written anew from them when the disk is back.
 */
import type { Clock, Timer } from '../time/clock.ts'
import { isLive, STATE, type StateCode } from './entry-states.ts'
import type { IndexEntry } from './index-entry.ts'
import { unreadableEntry, type IndexReader } from './index-reader.ts'
import { decodeOutcome, type OutcomeRecord } from './outcome-record.ts'
import type { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'
import { reasonOf, type StoreContext } from './store-context.ts'
import { StoreRefusal } from './store-refusal.ts'

/** Words that wait; more are only kept as states, without their times and reasons. */
const MAX_WAITING = 50_000
/** Words that are in one write. */
const FLUSH_WORDS = 4096
const RETRY_MS = 1000
/** Journals that stay open for writing. */
const MAX_OPEN_JOURNALS = 16
/** Journals that are synced at once. */
const PARALLEL = 4

export interface Word {
  readonly state: StateCode
  readonly atMs: number
  readonly attempts: number
  readonly status: number
  readonly reason: string
  readonly replayedAs: number | null
}

type Words = Map<number, Word>

export class OutcomeQueue {
  readonly #context: StoreContext
  readonly #segments: SegmentList
  readonly #index: IndexReader
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #onWritten: () => void
  #words: Words = new Map()
  /** Being written just now. */
  #inFlight: Words = new Map()
  /** Whose journals lack words that are no longer in the queue. */
  readonly #behind = new Set<Segment>()
  readonly #openJournals = new Set<Segment>()
  #timer: Timer | null = null
  /** One flush, or one exclusive action, after the other. */
  #running: Promise<void> = Promise.resolve()
  #isFlushQueued = false
  /** A failure was told, and its end was not yet. */
  #isFailing = false
  #isClosed = false

  constructor(parts: {
    readonly context: StoreContext
    readonly segments: SegmentList
    readonly index: IndexReader
    readonly intervalMs: number
    /** Something was settled on disk: there may be something to clear away. */
    readonly onWritten: () => void
  }) {
    this.#segments = parts.segments
    this.#index = parts.index
    this.#clock = parts.context.clock
    this.#context = parts.context
    this.#intervalMs = parts.intervalMs
    this.#onWritten = parts.onWritten
  }

  /** The newest word about an entry takes the place of one that still waits. */
  add(seq: number, word: Word): void {
    this.#words.set(seq, word)
    if (this.#words.size > MAX_WAITING) this.#drop()
    this.#schedule(this.#intervalMs)
  }

  /** What is not written yet about an entry. */
  wordOf(seq: number): Word | undefined {
    return this.#words.get(seq) ?? this.#inFlight.get(seq)
  }

  /** Whether the journal of a segment has everything. */
  isWritten(segment: Segment): boolean {
    if (this.#behind.has(segment)) return false
    for (const seq of this.#words.keys()) {
      if (seq >= segment.firstSeq && seq < segment.endSeq) return false
    }
    return true
  }

  /** Whether its journal could not be written, and lacks words. */
  isBehind(segment: Segment): boolean {
    return this.#behind.has(segment)
  }

  /** Resolves when all that was told so far is on the disk; rejects when that fails. */
  async flush(): Promise<void> {
    await this.exclusively(() => this.#flush())
    if (this.#behind.size > 0) {
      throw new StoreRefusal('disk', 'The outcomes of requests could not be written.')
    }
  }

  /** While `action` runs nothing is written into journals. */
  exclusively<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#running.then(action)
    this.#running = result.then(
      () => undefined,
      () => undefined
    )
    return result
  }

  /** Of a segment that is removed or replaced. */
  forget(segment: Segment): void {
    this.#behind.delete(segment)
    this.#openJournals.delete(segment)
  }

  async close(): Promise<void> {
    await this.flush().catch(() => undefined)
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#running
    for (const { journal } of this.#openJournals) await journal.releaseFile()
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null || this.#isFlushQueued || this.#isClosed) return
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null
      this.#isFlushQueued = true
      void this.exclusively(() => this.#flush())
    }, delayMs)
  }

  /** Only while the disk does not take them: their states are in memory. */
  #drop(): void {
    for (const seq of this.#words.keys()) {
      const place = this.#segments.placeOf(seq)
      if (place !== null) this.#behind.add(place.segment)
      this.#words.delete(seq)
      return
    }
  }

  async #flush(): Promise<void> {
    this.#isFlushQueued = false
    // What is told meanwhile has its own flush; a disk that fails is not asked twice.
    let rest = this.#words.size
    do {
      await this.#flushSome(this.#taken())
      rest -= FLUSH_WORDS
    } while (rest > 0 && this.#behind.size === 0)
    this.#inFlight = new Map()
    await this.#closeSome()
    this.#onWritten()
    if (this.#behind.size > 0) this.#schedule(RETRY_MS)
    else if (this.#words.size > 0) this.#schedule(this.#intervalMs)
  }

  async #flushSome(bySegment: ReadonlyMap<Segment, Words>): Promise<void> {
    const groups = [...bySegment]
    for (let at = 0; at < groups.length; at += PARALLEL) {
      const some = groups.slice(at, at + PARALLEL)
      await Promise.all(some.map(([segment, words]) => this.#flushInto(segment, words)))
    }
  }

  /** At most FLUSH_WORDS of the oldest, and the segments whose journals are behind. */
  #taken(): Map<Segment, Words> {
    const words: Words = new Map()
    for (const [seq, word] of this.#words) {
      if (words.size === FLUSH_WORDS) break
      words.set(seq, word)
      this.#words.delete(seq)
    }
    this.#inFlight = words
    const bySegment = new Map<Segment, Words>()
    for (const segment of this.#behind) bySegment.set(segment, new Map())
    for (const [seq, word] of words) {
      const place = this.#segments.placeOf(seq)
      if (place === null) continue
      const known = bySegment.get(place.segment) ?? new Map<number, Word>()
      bySegment.set(place.segment, known.set(seq, word))
    }
    return bySegment
  }

  async #flushInto(segment: Segment, words: Words): Promise<void> {
    try {
      await this.#write(segment, words)
      this.#behind.delete(segment)
      if (this.#behind.size === 0) this.#tellRecovered()
      this.#openJournals.delete(segment)
      this.#openJournals.add(segment)
    } catch (error) {
      this.#tellFailure(segment, error)
      this.#behind.add(segment)
      for (const [seq, word] of words) {
        if (!this.#words.has(seq) && this.#words.size < MAX_WAITING) this.#words.set(seq, word)
      }
    }
  }

  #tellFailure({ name }: Segment, error: unknown): void {
    if (this.#isFailing) return
    this.#isFailing = true
    const message =
      `What became of requests in segment ${name} could not be written (${reasonOf(error)}); it is ` +
      'kept in memory and tried again. After a crash before that they are sent once more.'
    this.#context.report('disk_failed', name, message)
  }

  #tellRecovered(): void {
    if (!this.#isFailing) return
    this.#isFailing = false
    const message = 'What became of requests is on the disk again.'
    this.#context.report('disk_recovered', '', message)
  }

  async #write(segment: Segment, words: Words): Promise<void> {
    const records: OutcomeRecord[] = []
    for (const [seq, word] of words) {
      const ordinal = segment.states.ordinalOf(seq)
      if (ordinal >= 0) records.push(await this.#recordOf(segment, ordinal, word))
    }
    const isBehind = this.#behind.has(segment)
    const { journal, states } = segment
    const written =
      !isBehind && journal.takesWords(states.count)
        ? await journal.append(records)
        : await journal.rewrite(await this.allWords(segment, records))
    for (const { outcome, offset } of written) {
      states.setOutcomeAt(states.ordinalOf(outcome.seq), offset)
    }
    for (const { state, recordBytes } of records) {
      if (!isLive(state)) segment.release(recordBytes)
    }
  }

  /** The last word about each entry of a segment of which there is one; `fresh` before all. */
  async allWords(
    segment: Segment,
    fresh: readonly OutcomeRecord[]
  ): Promise<readonly OutcomeRecord[]> {
    const { states, journal } = segment
    const content = await journal.content()
    const newest = new Map(fresh.map((record) => [record.seq, record]))
    const all: OutcomeRecord[] = []
    for (let ordinal = 0; ordinal < states.count; ordinal++) {
      const state = states.stateAt(ordinal)
      const offset = states.outcomeAt(ordinal)
      const known = newest.get(states.seqAt(ordinal))
      if (known !== undefined) all.push(known)
      else if (state !== STATE.pending || offset !== 0 || states.attemptsAt(ordinal) !== 0) {
        const old = offset === 0 ? undefined : decodeOutcome(content, offset)?.outcome
        all.push(old?.state === state ? old : await this.#synthesized(segment, ordinal))
      }
    }
    return all
  }

  async #recordOf(segment: Segment, ordinal: number, word: Word): Promise<OutcomeRecord> {
    const entry = await this.#entryOf(segment, ordinal)
    const { seq, tag, receivedAtMs, expiresAtMs, bytes, bodyBytes } = entry
    return { ...word, seq, tag, receivedAtMs, expiresAtMs, recordBytes: bytes, bodyBytes }
  }

  /** Where neither index nor segment can be read the word still has to be kept, without an id. */
  async #entryOf(segment: Segment, ordinal: number): Promise<IndexEntry> {
    try {
      return await this.#index.entryOf(segment, ordinal)
    } catch {
      return unreadableEntry(segment.states.seqAt(ordinal))
    }
  }

  /** Of a word that is lost: the state holds, its time is now. */
  #synthesized(segment: Segment, ordinal: number): Promise<OutcomeRecord> {
    const { states } = segment
    return this.#recordOf(segment, ordinal, {
      state: states.stateAt(ordinal),
      atMs: this.#clock.wallNow(),
      attempts: states.attemptsAt(ordinal),
      ...{ status: 0, reason: '', replayedAs: null }
    })
  }

  async #closeSome(): Promise<void> {
    for (const segment of this.#openJournals) {
      if (this.#openJournals.size <= MAX_OPEN_JOURNALS) return
      this.#openJournals.delete(segment)
      await segment.journal.releaseFile()
    }
  }
}
