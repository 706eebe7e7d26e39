/** The clients that follow the events: how many there may be, what they are told, when they end. */
import type { ServerResponse } from 'node:http'
import type { EngineView } from '../engine/engine-view.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { Clock, Timer } from '../time/clock.ts'
import { EventStream } from './event-stream.ts'

/** Each may hold a connection and a write buffer for as long as it likes. */
export const STREAM_LIMIT = 16

/** Below the 30 s after which proxies, and our own rule, take a silent connection for dead. */
export const HEARTBEAT_MS = 15_000

export class EventStreams {
  readonly #view: EngineView
  readonly #clock: Clock
  readonly #open = new Set<EventStream>()
  #heart: Timer | null = null
  #isPumpDue = false

  constructor(view: EngineView, clock: Clock) {
    this.#view = view
    this.#clock = clock
  }

  get count(): number {
    return this.#open.size
  }

  /** Throws ADMIN_STREAMS_EXHAUSTED before anything is written. */
  open(response: ServerResponse, since: number): void {
    if (this.#open.size >= STREAM_LIMIT) {
      const message = `${STREAM_LIMIT} clients follow the events already.`
      throw new SwitchyardError('ADMIN_STREAMS_EXHAUSTED', message)
    }
    const stream = new EventStream(response, this.#view, since)
    this.#open.add(stream)
    response.once('close', () => this.#forget(stream))
    this.#heart ??= this.#clock.setInterval(() => this.#beat(), HEARTBEAT_MS)
  }

  /** Costs nothing while nobody follows; a storm of events is written in one go. */
  eventHappened(): void {
    if (this.#open.size === 0 || this.#isPumpDue) return
    this.#isPumpDue = true
    setImmediate(() => this.#pump())
  }

  /** Every client is asked to come again. */
  endAll(): void {
    for (const stream of this.#open) stream.end()
  }

  #pump(): void {
    this.#isPumpDue = false
    for (const stream of this.#open) stream.pump()
  }

  #beat(): void {
    for (const stream of this.#open) stream.beat()
  }

  #forget(stream: EventStream): void {
    this.#open.delete(stream)
    if (this.#open.size > 0) return
    this.#heart?.cancel()
    this.#heart = null
  }
}
