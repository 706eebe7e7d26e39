/**
 * One request on its way into the store: what its head said, and its body, which is read whole,
 * whatever its framing.
 */
import { BodyFraming, type Exchange } from '../exchange/exchange.ts'
import { ChunkedFramer } from '../http1/chunked-framer.ts'
import type { HeadFault } from '../http1/head-fault.ts'
import type { Refusal } from '../listener/refusal.ts'
import type { NewEntry } from '../store/request-store.ts'
import { INTAKE_REFUSALS } from './intake-refusals.ts'
import type { IntakeRoom } from './intake-room.ts'

export type IntakeFacts = Omit<NewEntry, 'body'>

export interface IntakeParts {
  readonly room: IntakeRoom
  /** Of the body. */
  readonly limitBytes: number
  /** Of `Exchange.requestText`: what comes behind it is body. */
  readonly headLength: number
  /** The client waits for 100 before it sends the body. */
  readonly isContinueDue: boolean
  /** The last octet is here. */
  readonly completed: () => void
}

export interface IntakeProgress {
  /** Where the octets of the body that were there end. */
  readonly end: number
  readonly fault: HeadFault | Refusal | null
}

export class Intake {
  readonly #left = new AbortController()
  readonly #facts: IntakeFacts
  readonly #parts: IntakeParts
  readonly #framer: ChunkedFramer | null
  #pieces: Buffer[] = []
  #length = 0

  /** The head of `exchange` is read. */
  constructor(exchange: Exchange, facts: IntakeFacts, parts: IntakeParts) {
    this.#facts = facts
    this.#parts = parts
    const isChunked = exchange.bodyFraming === BodyFraming.CHUNKED
    this.#framer = isChunked ? new ChunkedFramer(true) : null
  }

  /** Its client waits for the answer. */
  get isWanted(): boolean {
    return !this.#left.signal.aborted
  }
  /** The exchange is over. */
  get left(): AbortSignal {
    return this.#left.signal
  }
  get isContinueDue(): boolean {
    return this.#parts.isContinueDue
  }

  completed(): void {
    this.#parts.completed()
  }

  /** Takes of `buffer[start, end)` what belongs to the body; sets `isRequestComplete`. */
  collect(exchange: Exchange, buffer: Buffer, start: number, end: number): IntakeProgress {
    if (this.#framer !== null) {
      return this.#collectChunks(this.#framer, exchange, buffer, start, end)
    }
    const bodyEnd = start + Math.min(exchange.bodyRemaining, end - start)
    const fault = this.#keep(exchange, buffer, start, bodyEnd)
    exchange.bodyRemaining -= bodyEnd - start
    if (fault === null && exchange.bodyRemaining === 0) exchange.isRequestComplete = true
    return { end: bodyEnd, fault }
  }

  /** What came with the head; see `attachSmallBody`. */
  takeAttached(exchange: Exchange): Refusal | null {
    const { headLength } = this.#parts
    const body = exchange.requestText.substring(headLength)
    exchange.requestText = exchange.requestText.substring(0, headLength)
    return body === '' ? null : this.#add(Buffer.from(body, 'latin1'))
  }

  takeEntry(): NewEntry {
    const body = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
    this.#pieces = []
    return { ...this.#facts, body }
  }

  /** Gives its room back. Once. */
  leave(): void {
    this.#left.abort()
    this.#pieces = []
    this.#parts.room.giveBack(this.#length)
  }

  #collectChunks(
    framer: ChunkedFramer,
    exchange: Exchange,
    buffer: Buffer,
    start: number,
    end: number
  ): IntakeProgress {
    let at = start
    while (at < end && !framer.isDone) {
      const next = framer.feed(buffer, at, end)
      if (next < 0) return { end: at, fault: framer.fault }
      const fault = this.#keep(exchange, buffer, at, framer.passEnd)
      if (fault !== null) return { end: at, fault }
      at = next
    }
    if (framer.isDone) exchange.isRequestComplete = true
    return { end: at, fault: null }
  }

  #keep(exchange: Exchange, buffer: Buffer, start: number, end: number): Refusal | null {
    if (end <= start) return null
    exchange.requestBytes += end - start
    return this.#add(Buffer.from(buffer.subarray(start, end)))
  }

  #add(piece: Buffer): Refusal | null {
    const { limitBytes, room } = this.#parts
    if (this.#length + piece.length > limitBytes) return INTAKE_REFUSALS.bodyTooLarge
    if (!room.take(piece.length)) return INTAKE_REFUSALS.noRoom
    this.#length += piece.length
    this.#pieces.push(piece)
    return null
  }
}
