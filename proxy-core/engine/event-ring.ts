/** Numbers and dates events, hands each on once, and keeps the newest for whoever asks later. */
import type { EngineEvent, EngineEventBody } from '../model/engine-event.ts'
import type { Clock } from '../time/clock.ts'

const CAPACITY = 1000

export class EventRing {
  readonly #clock: Clock
  readonly #onEvent: (event: EngineEvent) => void
  #events: EngineEvent[] = []
  #seq = 0

  constructor(clock: Clock, onEvent: (event: EngineEvent) => void) {
    this.#clock = clock
    this.#onEvent = onEvent
  }

  readonly emit = (body: EngineEventBody): void => {
    const event: EngineEvent = { ...body, seq: ++this.#seq, atMs: this.#clock.wallNow() }
    this.#events.push(event)
    // Halved at once instead of shifted one by one: a storm of events stays cheap.
    if (this.#events.length > 2 * CAPACITY) this.#events = this.#events.slice(-CAPACITY)
    this.#onEvent(event)
  }

  /** Events with a greater number than `since`, oldest first, at most 1000. */
  since(since: number): readonly EngineEvent[] {
    return this.#events.slice(-CAPACITY).filter((event) => event.seq > since)
  }
}
