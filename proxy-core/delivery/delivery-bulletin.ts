/**
 * Tells what becomes of stored requests that are not delivered: the first one at once, and what
 * follows within ten seconds as a number, so that an outage of a day is no flood of events.
 */
import type { EventSink } from '../model/engine-event.ts'
import type { Clock, Timer } from '../time/clock.ts'

const GATHER_MS = 10_000

export type Loss = 'dead_letter' | 'expired'

interface Gathered {
  count: number
  reason: string
  readonly timer: Timer
}

export class DeliveryBulletin {
  readonly #clock: Clock
  readonly #emit: EventSink
  readonly #gathered = new Map<string, Gathered>()

  constructor(clock: Clock, emit: EventSink) {
    this.#clock = clock
    this.#emit = emit
  }

  /** `reason`: half a sentence about this one. */
  tell(outcome: Loss, route: string, reason: string): void {
    const key = `${outcome} ${route}`
    const gathered = this.#gathered.get(key)
    if (gathered !== undefined) {
      gathered.count++
      gathered.reason = reason
      return
    }
    this.#emit({ kind: 'store', outcome, route, count: 1, reason })
    const timer = this.#clock.setTimeout(() => this.#publish(outcome, route, key), GATHER_MS)
    this.#gathered.set(key, { count: 0, reason, timer })
  }

  /** What was gathered is told now. */
  stop(): void {
    for (const [key, { timer }] of [...this.#gathered]) {
      timer.cancel()
      const [outcome, route] = split(key)
      this.#publish(outcome, route, key)
    }
  }

  #publish(outcome: Loss, route: string, key: string): void {
    const { count, reason } = this.#gathered.get(key)!
    this.#gathered.delete(key)
    if (count > 0) this.#emit({ kind: 'store', outcome, route, count, reason })
  }
}

function split(key: string): [Loss, string] {
  const space = key.indexOf(' ')
  return [key.slice(0, space) as Loss, key.slice(space + 1)]
}
