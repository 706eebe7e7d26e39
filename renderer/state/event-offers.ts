/**
 * What an event offers to mend, as a message that stays: the version before a change after which
 * errors rose. It goes when the configuration changes again, for then it mends nothing.
 */
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import type { PlanRequest } from '../../preload/contract/plan.ts'
import type { EventLog } from './event-log.svelte.ts'
import type { PlanFlow } from './plan-flow.svelte.ts'
import type { Toasts } from './toasts.svelte.ts'
import type { WallClock } from './wall-clock.svelte.ts'

/** A page that comes later finds it in the incidents; it is no news any more. */
const NEWS_MS = 120_000

export interface EventOffersParts {
  readonly events: EventLog
  readonly plans: PlanFlow
  readonly toasts: Toasts
  readonly clock: WallClock
}

export class EventOffers {
  readonly #parts: EventOffersParts
  #toastId: number | null = null

  constructor(parts: EventOffersParts) {
    this.#parts = parts
  }

  /** Begins to follow the events; returns the end of it. */
  start(): () => void {
    return this.#parts.events.onEvents((events) => this.#take(events))
  }

  #take(events: readonly ConsoleEvent[]): void {
    const latest = events.findLast(({ kind, offer }) => kind === 'config' || offer !== null)
    if (latest === undefined) return
    const { plans, toasts, clock } = this.#parts
    if (this.#toastId !== null) toasts.dismiss(this.#toastId)
    this.#toastId = null
    const { offer, text, atMs } = latest
    if (offer === null || clock.exactMs() - atMs > NEWS_MS) return
    const label = offerLabel(offer)
    this.#toastId = toasts.offer(text, { label, run: () => void plans.request(offer) })
  }
}

/** The words of a button. */
export function offerLabel({ kind }: PlanRequest): string {
  return kind === 'restore_config' ? 'Restore the version before' : 'See the plan'
}
