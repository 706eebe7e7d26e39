/**
 * One client that is told of events as they happen (WHATWG HTML, server-sent events). It is
 * written to only while it takes what it is given, so what it costs is one write buffer; a
 * client that falls behind what the engine keeps is told of the gap.
 */
import type { ServerResponse } from 'node:http'
import type { EngineView } from '../engine/engine-view.ts'
import type { EngineEvent } from '../model/engine-event.ts'
import { COMMON_FIELDS } from './answer-writer.ts'

/** How long a browser's EventSource waits before it connects again. */
const RETRY_MS = 3000

/** Heartbeats in a row that find the last octets still not taken: then the client is gone. */
const STALLED_BEATS = 2

type StreamSource = Pick<EngineView, 'events' | 'startedAtMs'>

export class EventStream {
  readonly #response: ServerResponse
  readonly #source: StreamSource
  /** The number of the newest event that was written or announced as missed. */
  #seq: number
  #isFull = false
  #stalledBeats = 0

  constructor(response: ServerResponse, source: StreamSource, since: number) {
    this.#response = response
    this.#source = source
    // A number that was never given out is from another life of the engine: numbers began anew.
    const newest = source.events(0).at(-1)?.seq ?? 0
    this.#seq = since > newest ? 0 : since
    // The server's rule for idle connections does not fit one that waits for events.
    response.socket?.setTimeout(0)
    response.on('drain', () => this.#drained())
    response.writeHead(200, {
      ...COMMON_FIELDS,
      'Content-Type': 'text/event-stream; charset=utf-8',
      // The connection has lost its deadline, so it must not be used for another request.
      Connection: 'close',
      'X-Accel-Buffering': 'no'
    })
    this.#write(
      `retry: ${RETRY_MS}\n\n${message('hello', { engineStartedAtMs: source.startedAtMs })}`
    )
    this.pump()
  }

  /** Writes what is new, as far as the client takes it. */
  pump(): void {
    if (this.#isFull) return
    for (const event of this.#source.events(this.#seq)) {
      const missed = event.seq - this.#seq - 1
      const gap = missed > 0 ? message('gap', { from: this.#seq + 1, to: event.seq - 1 }) : ''
      this.#seq = event.seq
      this.#write(gap + numbered(event))
      if (this.#isFull) return
    }
  }

  /** Shows the client that it is still heard, or cuts one that has long taken nothing. */
  beat(): void {
    if (!this.#isFull) return this.#write(': still here\n\n')
    this.#stalledBeats++
    if (this.#stalledBeats >= STALLED_BEATS) this.#response.destroy()
  }

  /** The client may connect again and goes on with the last number that it has. */
  end(): void {
    this.#response.end()
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.#isFull = !this.#response.write(text)
  }

  #drained(): void {
    this.#isFull = false
    this.#stalledBeats = 0
    this.pump()
  }
}

function numbered(event: EngineEvent): string {
  return `id: ${event.seq}\n${message(event.kind, event)}`
}

/** JSON has no line breaks of its own, so one `data` line is enough. */
function message(kind: string, data: unknown): string {
  return `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`
}
