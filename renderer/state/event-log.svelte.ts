/** The newest events, for the strip, the lists and the announcements. Oldest first. */
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import type { ConsoleBackend } from '../backend/console-backend.ts'

export const MAX_EVENTS = 1000

type EventListener = (events: readonly ConsoleEvent[]) => void

export class EventLog {
  /** Oldest first, at most 1 000. */
  list = $state.raw<readonly ConsoleEvent[]>([])
  /** Events that the host no longer had when the page came back; null when none are missing. */
  gap = $state.raw<{ readonly from: number; readonly to: number } | null>(null)

  readonly #backend: ConsoleBackend
  #listeners: readonly EventListener[] = []
  #end: (() => void) | null = null
  #lastSeq = 0

  constructor(backend: ConsoleBackend) {
    this.#backend = backend
  }

  follow(): void {
    this.#end ??= this.#backend.subscribe(
      'events',
      () => ({ since: this.#lastSeq }),
      ({ events, gap }) => this.#take(events, gap)
    )
  }

  unfollow(): void {
    this.#end?.()
    this.#end = null
  }

  /** Called with each batch of new events; returns its removal. */
  onEvents(listener: EventListener): () => void {
    this.#listeners = [...this.#listeners, listener]
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener)
    }
  }

  find(seq: number): ConsoleEvent | null {
    return this.list.find((event) => event.seq === seq) ?? null
  }

  #take(events: readonly ConsoleEvent[], gap: EventLog['gap']): void {
    // A reopened log may repeat what was on its way when the connection broke.
    const fresh = events.filter(({ seq }) => seq > this.#lastSeq)
    if (gap !== null) this.gap = gap
    const newest = fresh.at(-1)
    if (newest === undefined) return
    this.#lastSeq = newest.seq
    this.list = [...this.list, ...fresh].slice(-MAX_EVENTS)
    for (const listener of this.#listeners) listener(fresh)
  }
}
