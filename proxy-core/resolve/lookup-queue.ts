/**
 * Runs look-ups a few at a time and gives up waiting for those that hang. A look-up cannot
 * be cancelled: one that was given up still holds its place until it really ends, so hung
 * name servers never pile up threads, and its late answer is still handed over.
 */
import { formatDuration } from '../model/units.ts'
import type { Clock, Timer } from '../time/clock.ts'
import type { Resolver } from './resolver.ts'

/** Leaves one of Node's four threads for files while three name servers hang. */
const MAX_RUNNING = 3
export const LOOKUP_TIMEOUT_MS = 5000

export interface LookupListener {
  readonly host: string
  /** May come once more, late, after `lookupFailed` for a timeout. */
  lookupDone(addresses: readonly string[]): void
  lookupFailed(reason: string): void
  /** The look-up holds nothing any more; only now may the host be looked up again. */
  lookupEnded(): void
}

export class LookupQueue {
  readonly #resolver: Resolver
  readonly #clock: Clock
  readonly #waiting = new Set<LookupListener>()
  readonly #timers = new Map<LookupListener, Timer>()
  #running = 0

  constructor(resolver: Resolver, clock: Clock) {
    this.#resolver = resolver
    this.#clock = clock
  }

  /** At most one look-up per listener is waiting; the caller keeps it to one running as well. */
  add(listener: LookupListener): void {
    this.#waiting.add(listener)
    this.#startNext()
  }

  /** Takes a look-up back that has not begun, or stops timing one that has. */
  remove(listener: LookupListener): void {
    this.#waiting.delete(listener)
    this.#release(listener)
  }

  #release(listener: LookupListener): void {
    this.#timers.get(listener)?.cancel()
    this.#timers.delete(listener)
  }

  #startNext(): void {
    for (const listener of this.#waiting) {
      if (this.#running >= MAX_RUNNING) return
      this.#waiting.delete(listener)
      void this.#run(listener)
    }
  }

  async #run(listener: LookupListener): Promise<void> {
    this.#running += 1
    const timedOut = (): void =>
      listener.lookupFailed(lookupTimeoutReason(listener.host, LOOKUP_TIMEOUT_MS))
    this.#timers.set(listener, this.#clock.setTimeout(timedOut, LOOKUP_TIMEOUT_MS))
    const outcome = await this.#resolve(listener.host)
    this.#release(listener)
    this.#running -= 1
    try {
      if (typeof outcome === 'string') listener.lookupFailed(outcome)
      else listener.lookupDone(outcome)
    } finally {
      listener.lookupEnded()
      this.#startNext()
    }
  }

  /** The addresses, or a sentence about why there are none. */
  async #resolve(host: string): Promise<readonly string[] | string> {
    try {
      const addresses = await this.#resolver.resolve(host)
      return addresses.length > 0 ? addresses : `The name ${host} has no address.`
    } catch (error) {
      return describeLookupFailure(host, error)
    }
  }
}

export function lookupTimeoutReason(host: string, timeoutMs: number): string {
  return `The name ${host} was not resolved within ${formatDuration(timeoutMs)}.`
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'does not exist',
  ENODATA: 'has no address',
  EAI_AGAIN: 'could not be resolved: no name server answered',
  ECONNREFUSED: 'could not be resolved: the name server refused',
  ESERVFAIL: 'could not be resolved: the name server failed'
}

function describeLookupFailure(host: string, error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const words = typeof code === 'string' ? WORDS[code] : undefined
  if (words !== undefined) return `The name ${host} ${words}.`
  const reason = error instanceof Error ? error.message : String(error)
  return `The name ${host} could not be resolved: ${reason}.`
}
