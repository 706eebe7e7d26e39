/**
 * Remembers what every change led to, so that a page which lost the answer can ask again with
 * the same id and gets the first outcome instead of a second change. One book serves all channels
 * of a host: the page comes back on another one.
 */
import { createHash } from 'node:crypto'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'

export const OPERATION_LIFETIME_MS = 10 * 60_000

export interface BookLimits {
  /** Operations of the last ten minutes. One more is refused: to forget one could repeat it. */
  readonly maxOperations: number
  /** Characters of JSON of all kept results; beyond that the oldest are given up. */
  readonly maxResultCharacters: number
}

const DEFAULT_LIMITS: BookLimits = {
  maxOperations: 10_000,
  maxResultCharacters: 16 * 1024 * 1024
}

export interface Operation {
  readonly id: string
  readonly method: string
  /** As checked against the schema, so that equal ones have equal JSON. */
  readonly args: unknown
}

interface Entry {
  readonly fingerprint: string
  /** null: it was done, but its result is no longer kept. */
  outcome: Promise<unknown> | null
  /** Infinity while it runs. */
  endsAtMs: number
  resultCharacters: number
}

export class OperationBook {
  readonly #clock: Clock
  readonly #limits: BookLimits
  /** In the order of their beginning. */
  readonly #entries = new Map<string, Entry>()
  #keptCharacters = 0

  constructor(clock: Clock, limits: Partial<BookLimits> = {}) {
    this.#clock = clock
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
  }

  get size(): number {
    return this.#entries.size
  }

  /**
   * Runs the operation, or answers with the outcome of its first run, also a failed one; a repeat
   * while that still runs waits for it. Rejects with OPERATION_ID_REQUIRED when the id belongs to
   * another operation, TOO_MANY_CALLS when the book is full, OUTCOME_UNKNOWN when the first
   * result is no longer kept.
   */
  run(operation: Operation, perform: () => Promise<unknown>): Promise<unknown> {
    this.#forgetOld()
    const fingerprint = fingerprintOf(operation)
    const known = this.#entries.get(operation.id)
    if (known !== undefined) return repeated(known, fingerprint, operation)
    if (this.#entries.size >= this.#limits.maxOperations) return Promise.reject(bookFull())
    const outcome = perform()
    const entry: Entry = { fingerprint, outcome, endsAtMs: Infinity, resultCharacters: 0 }
    this.#entries.set(operation.id, entry)
    const settle = (result: unknown): void => this.#settle(entry, result)
    outcome.then(settle, () => settle(undefined))
    return outcome
  }

  #settle(entry: Entry, result: unknown): void {
    entry.endsAtMs = this.#clock.now() + OPERATION_LIFETIME_MS
    entry.resultCharacters = JSON.stringify(result)?.length ?? 0
    this.#keptCharacters += entry.resultCharacters
    for (const old of this.#entries.values()) {
      if (this.#keptCharacters <= this.#limits.maxResultCharacters) return
      if (old.endsAtMs !== Infinity) this.#giveUpResult(old)
    }
  }

  #giveUpResult(entry: Entry): void {
    this.#keptCharacters -= entry.resultCharacters
    entry.resultCharacters = 0
    entry.outcome = null
  }

  #forgetOld(): void {
    const now = this.#clock.now()
    for (const [id, entry] of this.#entries) {
      if (now < entry.endsAtMs) continue
      this.#giveUpResult(entry)
      this.#entries.delete(id)
    }
  }
}

function repeated(entry: Entry, fingerprint: string, operation: Operation): Promise<unknown> {
  if (entry.fingerprint !== fingerprint) {
    const message = `The operation id of this ${operation.method} was already used for another change.`
    return Promise.reject(new SwitchyardError('OPERATION_ID_REQUIRED', message))
  }
  if (entry.outcome !== null) return entry.outcome
  const message = `This ${operation.method} was done before, but its result is no longer kept.`
  return Promise.reject(new SwitchyardError('OUTCOME_UNKNOWN', message))
}

function bookFull(): SwitchyardError {
  return new SwitchyardError(
    'TOO_MANY_CALLS',
    'More changes were made in the last ten minutes than the console can remember.'
  )
}

/** A digest, because the arguments of one change can be a whole configuration. */
function fingerprintOf({ method, args }: Operation): string {
  return createHash('sha256')
    .update(JSON.stringify([method, args]))
    .digest('base64')
}
