/**
 * What the durable request store promises to admission, delivery and the admin API: design
 * section 5. Nothing that was acknowledged is lost by a crash, nothing is altered, and an entry
 * whose octets are damaged is set aside without holding up the others.
 */

/** What is kept of one request. */
export interface NewEntry {
  /** Name of the route that took it. */
  readonly route: string
  /** Entries of one key are delivered in the order in which they came; '' = no order. */
  readonly key: string
  readonly method: string
  /** As it will be sent to the backend (rewritten already). */
  readonly target: string
  /**
   * Field lines with CR LF as they will be sent, Host first; no request line, no framing fields
   * (Content-Length, Transfer-Encoding). latin1: one character is one octet.
   */
  readonly head: string
  /** The client's Idempotency-Key, or one generated. */
  readonly idempotencyKey: string
  /** Wall-clock milliseconds. */
  readonly receivedAtMs: number
  /** Wall-clock milliseconds; Infinity = never. */
  readonly expiresAtMs: number
  /** Must not change before append() has settled: it is not copied. */
  readonly body: Buffer
}

export type EntryState = 'pending' | 'delivered' | 'dead' | 'expired' | 'deleted'

/**
 * What is known of an entry without its octets. Of an entry that is settled and whose segment is
 * gone, state and times remain for a while; route, key, method and target are '' then.
 */
export interface EntryHead {
  /** Ascending in the order of acceptance; never reused. */
  readonly seq: number
  /** 32 hexadecimal digits that nobody can guess. */
  readonly id: string
  readonly route: string
  readonly key: string
  readonly method: string
  readonly target: string
  readonly bodyBytes: number
  readonly receivedAtMs: number
  readonly expiresAtMs: number
  readonly state: EntryState
  /** Attempts so far. */
  readonly attempts: number
  /** Status of the last answer; 0 = there was none. */
  readonly lastStatus: number
  /** Half a sentence; '' = none. */
  readonly lastReason: string
  /** Wall clock; null = not settled. */
  readonly settledAtMs: number | null
  /** Of a dead entry that was replayed: the seq of the entry that took its place; else null. */
  readonly replayedAs: number | null
}

export interface Entry extends EntryHead {
  readonly head: string
  readonly idempotencyKey: string
  readonly body: Buffer
}

export type Outcome =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'dead'; readonly status: number; readonly reason: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'deleted' }

export interface Attempt {
  /** How many there were, this one included. */
  readonly attempts: number
  /** Of the answer; 0 = there was none. */
  readonly status: number
  /** Half a sentence; '' = none. */
  readonly reason: string
}

/** Where an accepted entry is found again. */
export interface Receipt {
  readonly seq: number
  readonly id: string
}

export interface RequestStore {
  /**
   * Resolves after the octets are on the disk (group commit). Rejects with a StoreRefusal: then
   * nothing was acknowledged.
   */
  append(entry: NewEntry): Promise<Receipt>
  /**
   * Resolves when an entry whose fields and body have `bytes` would be taken, for `when_full:
   * block`; first in, first out. It reserves nothing: append() may still be refused, and then asks
   * again. Rejects with the signal's reason, or with a StoreRefusal: the store closes, or no entry can
   * be so large.
   */
  roomFor(bytes: number, signal: AbortSignal): Promise<void>
  /** Pending entries behind `seq`, ascending, at most `limit`; reads index blocks, never bodies. [] = none now. */
  pendingAfter(seq: number, limit: number): Promise<readonly PendingEntry[]>
  /**
   * A pending or a dead entry. null: settled otherwise, or quarantined (its checksum did not
   * hold; counted and reported). Rejects with BUFFER_UNREADABLE when the disk does not give the
   * octets: that may pass, so the entry stays.
   */
  read(seq: number): Promise<Entry | null>
  /** Durable with the next group; may be lost in a crash (at-least-once). */
  attempted(seq: number, attempt: Attempt): void
  /**
   * Takes effect at once and is durable with the next group. A pending entry takes every outcome,
   * a dead one only `deleted`; anything else is ignored, so that the first word counts.
   */
  settle(seq: number, outcome: Outcome): void
  /** Resolves when everything that was settled or attempted so far is on the disk. */
  settled(): Promise<void>
  /**
   * Appends a dead entry anew at the tail, with its time to live beginning again, and settles the
   * old one as replayed, after fsync. null: there is no such dead entry. Rejects as append().
   */
  replay(seq: number): Promise<Receipt | null>
  find(id: string): Promise<EntryHead | null>
  /** In ascending order; settled entries only as long as their segment is there. */
  list(query: EntryQuery): Promise<readonly EntryHead[]>
  /** Called when something was appended or replayed. */
  onAppended: (() => void) | null
  stats(): StoreStats
  /** Finishes running groups; appends are refused from here on. Releases the lock. */
  close(): Promise<void>
}

/** Enough to schedule without reading the entry. */
export interface PendingEntry {
  readonly seq: number
  /**
   * 0 = no key. Equal keys have equal hashes, also after a restart; unequal ones collide with a
   * probability of 2^-48, and then only wait for each other.
   */
  readonly keyHash: number
  /** Of the name of its route: `routeHashOf()`. */
  readonly routeHash: number
  readonly expiresAtMs: number
  /** Bytes of the whole record. */
  readonly bytes: number
}

export interface EntryQuery {
  readonly states?: readonly EntryState[]
  readonly route?: string
  readonly key?: string
  /** Only entries with a larger seq. */
  readonly afterSeq?: number
  readonly limit: number
}

export interface StoreStats {
  readonly pending: number
  readonly pendingBytes: number
  readonly dead: number
  readonly diskBytes: number
  readonly maxBytes: number
  readonly segments: number
  /** Wall clock; null = nothing is pending. */
  readonly oldestPendingAtMs: number | null
  readonly appended: number
  readonly appendedBytes: number
  readonly delivered: number
  readonly expired: number
  readonly deleted: number
  readonly quarantined: number
  readonly syncs: number
  readonly syncFailures: number
  readonly lastSyncMs: number
  /** Why nothing is taken now, as half a sentence; null = it is. */
  readonly refusal: string | null
}
