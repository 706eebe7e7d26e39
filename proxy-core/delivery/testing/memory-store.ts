/**
 * A request store without a disk: what it holds is gone with it. What the disk would say, and when
 * it says it, is the test's to decide.
 */
import { randomBytes } from 'node:crypto'
import { keyHashOf, routeHashOf } from '../../store/entry-hash.ts'
import type {
  Attempt,
  Entry,
  EntryHead,
  EntryQuery,
  NewEntry,
  Outcome,
  PendingEntry,
  Receipt,
  RequestStore,
  StoreStats
} from '../../store/request-store.ts'
import { StoreRefusal, type RefusalKind } from '../../store/store-refusal.ts'

type Held = { -readonly [Name in keyof Entry]: Entry[Name] }

const OVERHEAD_BYTES = 64

export class MemoryStore implements RequestStore {
  onAppended: (() => void) | null = null
  /** What `append` refuses with; null: it takes everything. */
  refusal: RefusalKind | null = null
  /** Set: `append` waits for it, as for a disk. */
  disk: Promise<void> | null = null
  /** Entries that `pendingAfter` has handed out, to see what a search costs. */
  looked = 0
  readonly outcomes: string[] = []
  readonly #entries: Held[] = []
  readonly #rooms = new Set<() => void>()
  readonly #wallNow: () => number
  #isClosed = false

  constructor(wallNow: () => number = Date.now) {
    this.#wallNow = wallNow
  }

  get all(): readonly Entry[] {
    return this.#entries
  }

  async append(entry: NewEntry): Promise<Receipt> {
    await this.disk
    const kind = this.#isClosed ? 'closing' : this.refusal
    if (kind !== null) throw new StoreRefusal(kind, `The store said ${kind}.`)
    return this.add(entry)
  }

  add(entry: NewEntry): Receipt {
    const held: Held = {
      ...entry,
      seq: this.#entries.length + 1,
      id: randomBytes(16).toString('hex'),
      bodyBytes: entry.body.length,
      state: 'pending',
      attempts: 0,
      lastStatus: 0,
      lastReason: '',
      settledAtMs: null,
      replayedAs: null
    }
    this.#entries.push(held)
    this.onAppended?.()
    return { seq: held.seq, id: held.id }
  }

  /** Takes again what was refused, and tells who waits. */
  makeRoom(): void {
    this.refusal = null
    for (const tell of this.#rooms) tell()
    this.#rooms.clear()
  }

  roomFor(_bytes: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#rooms.add(resolve)
    signal.addEventListener('abort', () => reject(signal.reason as Error))
    return promise
  }

  async pendingAfter(seq: number, limit: number): Promise<readonly PendingEntry[]> {
    await Promise.resolve()
    const found: PendingEntry[] = []
    for (let at = seq; at < this.#entries.length && found.length < limit; at++) {
      const entry = this.#entries[at]!
      if (entry.state === 'pending') found.push(pendingOf(entry))
    }
    this.looked += found.length
    return found
  }

  async read(seq: number): Promise<Entry | null> {
    await Promise.resolve()
    const entry = this.#entries[seq - 1]
    return entry !== undefined && isOpen(entry) ? { ...entry } : null
  }

  attempted(seq: number, { attempts, status, reason }: Attempt): void {
    const entry = this.#entries[seq - 1]!
    entry.attempts = attempts
    entry.lastStatus = status
    entry.lastReason = reason
    this.outcomes.push(`${seq} attempt ${attempts}: ${status} ${reason}`)
  }

  settle(seq: number, outcome: Outcome): void {
    const entry = this.#entries[seq - 1]!
    if (entry.state !== 'pending' && !(entry.state === 'dead' && outcome.kind === 'deleted')) return
    entry.state = outcome.kind
    entry.settledAtMs = this.#wallNow()
    if ('status' in outcome) entry.lastStatus = outcome.status
    this.outcomes.push(`${seq} ${outcome.kind}`)
  }

  settled(): Promise<void> {
    return Promise.resolve()
  }

  replay(): Promise<Receipt | null> {
    return Promise.resolve(null)
  }

  async find(id: string): Promise<EntryHead | null> {
    await Promise.resolve()
    return this.#entries.find((entry) => entry.id === id) ?? null
  }

  async list({ states, limit, afterSeq = 0 }: EntryQuery): Promise<readonly EntryHead[]> {
    await Promise.resolve()
    return this.#entries
      .filter(({ seq, state }) => seq > afterSeq && (states?.includes(state) ?? true))
      .slice(0, limit)
  }

  stats(): StoreStats {
    const pending = this.#entries.filter(({ state }) => state === 'pending')
    const count = (state: string): number =>
      this.#entries.filter((entry) => entry.state === state).length
    return {
      pending: pending.length,
      pendingBytes: pending.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
      dead: count('dead'),
      diskBytes: 0,
      maxBytes: 1_000_000,
      segments: 1,
      oldestPendingAtMs: pending[0]?.receivedAtMs ?? null,
      appended: this.#entries.length,
      appendedBytes: 0,
      delivered: count('delivered'),
      expired: count('expired'),
      deleted: count('deleted'),
      quarantined: 0,
      syncs: 0,
      syncFailures: 0,
      lastSyncMs: 0,
      refusal: this.refusal
    }
  }

  close(): Promise<void> {
    this.#isClosed = true
    return Promise.resolve()
  }
}

function isOpen({ state }: EntryHead): boolean {
  return state === 'pending' || state === 'dead'
}

function pendingOf(entry: Entry): PendingEntry {
  return {
    seq: entry.seq,
    keyHash: keyHashOf('memory', entry.key),
    routeHash: routeHashOf(entry.route),
    expiresAtMs: entry.expiresAtMs,
    bytes: OVERHEAD_BYTES + entry.head.length + entry.bodyBytes
  }
}
