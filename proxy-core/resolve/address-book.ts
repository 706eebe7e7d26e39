/**
 * The addresses of every backend's host. Names are resolved again and again and the last
 * good set is kept over errors; IP addresses stand for themselves at once.
 */
import { isIP } from 'node:net'
import type { EventSink } from '../model/engine-event.ts'
import type { Clock } from '../time/clock.ts'
import { HostRecord } from './host-record.ts'
import { LOOKUP_TIMEOUT_MS, LookupQueue } from './lookup-queue.ts'
import type { Resolver } from './resolver.ts'

const DEFAULT_INTERVAL_MS = 5000

export interface AddressBookDependencies {
  readonly resolver: Resolver
  readonly clock: Clock
  /** Receives a `resolution` event for each backend of a name whose set or error state changed. */
  readonly emit: EventSink
}

/** One backend's view of its host. */
export interface AddressEntry {
  readonly host: string
  /** The last good set, in the order in which the resolver gave it; empty while there is none. */
  readonly addresses: readonly string[]
  /** A sentence, or null when the latest resolution succeeded or none has ended yet. */
  readonly error: string | null
  /** Settles when the host has resolved, failed to, or taken longer than 5 s; never rejects. */
  readonly firstResolution: Promise<void>
  /** Stops watching the name when nobody else uses it. Idempotent. */
  release(): void
}

interface Subscriber {
  readonly pool: string
  readonly backend: string
  readonly changed: (() => void) | undefined
}

export class AddressBook {
  readonly #deps: AddressBookDependencies
  readonly #queue: LookupQueue
  readonly #records = new Map<string, HostRecord>()
  readonly #subscribers = new Map<HostRecord, Set<Subscriber>>()
  #intervalMs = DEFAULT_INTERVAL_MS

  constructor(deps: AddressBookDependencies) {
    this.#deps = deps
    this.#queue = new LookupQueue(deps.resolver, deps.clock)
  }

  /** Names that are being watched; IP addresses do not count. */
  get size(): number {
    return this.#records.size
  }

  /** The wait between the end of one look-up of a name and the next. Default 5000. */
  setInterval(intervalMs: number): void {
    if (intervalMs === this.#intervalMs) return
    this.#intervalMs = intervalMs
    for (const record of this.#records.values()) record.rearm()
  }

  /** `changed` is called after the set or the error state of the host has changed. */
  acquire(host: string, pool: string, backend: string, changed?: () => void): AddressEntry {
    if (isIP(host) !== 0) return literalEntry(host)
    const key = host.toLowerCase()
    const subscriber: Subscriber = { pool, backend, changed }
    const record = this.#records.get(key) ?? this.#watch(key)
    this.#subscribers.get(record)!.add(subscriber)
    if (record.isSettled) this.#emit(record, subscriber)
    return this.#entry(host, record, subscriber)
  }

  /** Stops every look-up and timer. Entries keep what they know. */
  dispose(): void {
    for (const record of this.#records.values()) record.close()
    this.#records.clear()
    this.#subscribers.clear()
  }

  #watch(key: string): HostRecord {
    const record = new HostRecord(key, {
      clock: this.#deps.clock,
      queue: this.#queue,
      intervalMs: () => this.#intervalMs,
      changed: (changed) => this.#tell(changed)
    })
    this.#records.set(key, record)
    this.#subscribers.set(record, new Set())
    record.start(LOOKUP_TIMEOUT_MS)
    return record
  }

  #entry(host: string, record: HostRecord, subscriber: Subscriber): AddressEntry {
    return {
      host,
      get addresses() {
        return record.addresses
      },
      get error() {
        return record.error
      },
      firstResolution: record.firstResolution,
      release: () => this.#release(record, subscriber)
    }
  }

  #release(record: HostRecord, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(record)
    if (subscribers === undefined) return
    subscribers.delete(subscriber)
    if (subscribers.size > 0) return
    record.close()
    this.#subscribers.delete(record)
    this.#records.delete(record.host)
  }

  #tell(record: HostRecord): void {
    for (const subscriber of [...(this.#subscribers.get(record) ?? [])]) {
      this.#emit(record, subscriber)
      subscriber.changed?.()
    }
  }

  #emit(record: HostRecord, { pool, backend }: Subscriber): void {
    const { addresses, error } = record
    this.#deps.emit({ kind: 'resolution', pool, backend, addresses, error })
  }
}

function literalEntry(host: string): AddressEntry {
  return {
    host,
    addresses: [host],
    error: null,
    firstResolution: Promise.resolve(),
    release: () => undefined
  }
}
