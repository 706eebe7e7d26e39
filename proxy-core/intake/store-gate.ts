/**
 * The one way into the store. With `when_full: block` a request waits here for room, behind those
 * that wait already; otherwise, and when it has waited long enough, it is refused.
 */
import { internalFault } from '../engine/internal-fault.ts'
import { REFUSALS, type Refusal } from '../listener/refusal.ts'
import type { EventSink } from '../model/engine-event.ts'
import type { StoreSettings } from '../model/store-settings.ts'
import type { NewEntry, RequestStore } from '../store/request-store.ts'
import { StoreRefusal } from '../store/store-refusal.ts'
import type { Clock } from '../time/clock.ts'
import { INTAKE_REFUSALS } from './intake-refusals.ts'
import { RefusalWatch } from './refusal-watch.ts'

/** `id` null: it was not stored. */
export type Admission =
  { readonly id: string; readonly refusal: null } | { readonly id: null; readonly refusal: Refusal }

export type GateSettings = Pick<StoreSettings, 'whenFull' | 'blockTimeoutMs'>

export class StoreGate {
  readonly #clock: Clock
  readonly #emit: EventSink
  readonly #watch: RefusalWatch
  #waiting = 0
  settings: GateSettings
  /** null: it is not open. */
  store: RequestStore | null = null

  constructor(settings: GateSettings, clock: Clock, emit: EventSink) {
    this.settings = settings
    this.#clock = clock
    this.#emit = emit
    this.#watch = new RefusalWatch(clock, emit)
  }

  /** Requests that were not taken since the engine started. */
  get refused(): number {
    return this.#watch.refused
  }
  /** Requests that wait for room; their bodies count in the room for intake, which bounds them. */
  get waitingCount(): number {
    return this.#waiting
  }
  get isBlocking(): boolean {
    return this.settings.whenFull === 'block'
  }

  /**
   * Resolves when the entry is on the disk, or will not be; never rejects. `left`: its client has
   * gone, and it waits for room no longer.
   */
  async append(entry: NewEntry, left: AbortSignal): Promise<Admission> {
    if (!this.isBlocking) return this.#tryAppend(entry)
    // Who comes now waits behind those who wait.
    const admission = this.#waiting > 0 ? null : await this.#tryAppend(entry)
    if (admission !== null && admission.refusal !== INTAKE_REFUSALS.full) return admission
    return this.#appendWhenRoom(entry, left)
  }

  /** Nothing is taken from here on. The store tells those who wait in it. */
  close(): void {
    this.store = null
    this.#watch.stop()
  }

  async #appendWhenRoom(entry: NewEntry, left: AbortSignal): Promise<Admission> {
    const deadline = new AbortController()
    const timer = this.#clock.setTimeout(() => deadline.abort(), this.settings.blockTimeoutMs)
    const signal = AbortSignal.any([left, deadline.signal])
    this.#waiting++
    try {
      for (;;) {
        const { store } = this
        if (store === null) return refused(INTAKE_REFUSALS.closed)
        await store.roomFor(sizeOf(entry), signal)
        const admission = await this.#tryAppend(entry)
        if (admission.refusal !== INTAKE_REFUSALS.full) return admission
      }
    } catch (error) {
      return refused(signal.aborted ? INTAKE_REFUSALS.stillFull : this.#refusalFor(error))
    } finally {
      this.#waiting--
      timer.cancel()
    }
  }

  async #tryAppend(entry: NewEntry): Promise<Admission> {
    const { store } = this
    if (store === null) return refused(INTAKE_REFUSALS.closed)
    try {
      const { id } = await store.append(entry)
      return { id, refusal: null }
    } catch (error) {
      return refused(this.#refusalFor(error))
    }
  }

  #refusalFor(error: unknown): Refusal {
    if (!(error instanceof StoreRefusal)) {
      this.#emit(internalFault(error))
      return REFUSALS.internalError
    }
    switch (error.kind) {
      case 'too_large':
        return INTAKE_REFUSALS.bodyTooLarge
      case 'closing':
        return INTAKE_REFUSALS.closed
      case 'full':
        this.#watch.noteRefusal(halfSentence(error.message))
        return INTAKE_REFUSALS.full
      case 'no_space':
        this.#watch.noteRefusal(halfSentence(error.message))
        return INTAKE_REFUSALS.noSpace
      case 'disk':
        this.#watch.noteRefusal(halfSentence(error.message))
        return INTAKE_REFUSALS.disk
    }
  }
}

function refused(refusal: Refusal): Admission {
  return { id: null, refusal }
}

/** "The disk is full." -> "the disk is full". */
function halfSentence(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '')
}

/** Octets of its fields and its body. */
function sizeOf({ route, key, method, target, head, idempotencyKey, body }: NewEntry): number {
  const fields = [route, key, method, target, head, idempotencyKey]
  return fields.reduce((sum, field) => sum + field.length, body.length)
}
