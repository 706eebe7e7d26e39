/**
 * When the operating system shall tell the operator that users are served differently than before.
 * Only changes of the verdict count, one notification stands for each incident, and within five
 * minutes nothing is told again unless it got worse. What got better within them makes the
 * notification that stands untrue, so it is taken back.
 */
import type { ServiceStatus, Verdict } from '../../preload/contract/status.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'

export interface Notice {
  readonly title: string
  readonly body: string
  /** null: there is none to show. */
  readonly incidentId: number | null
}

/** `take_back`: what was told last holds no more, and nothing is to be told in its place. */
export type Word =
  { readonly kind: 'tell'; readonly notice: Notice } | { readonly kind: 'take_back' }

type ToldStatus = 'serving' | 'degraded' | 'down'

export const QUIET_MS = 5 * 60_000

/** Worse is higher. */
const RANK: Readonly<Record<ToldStatus, number>> = { serving: 0, degraded: 1, down: 2 }

const WORDS: Readonly<Record<ToldStatus, string>> = {
  serving: 'Serving again',
  degraded: 'Degraded',
  down: 'Down'
}

interface Told {
  readonly incidentId: number | null
  readonly status: ToldStatus
  readonly atMs: number
}

export class VerdictNotices {
  readonly #clock: Clock
  #last: ToldStatus | null = null
  #told: Told | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** null: what was told still holds. `incidentId`: the open incident, else the newest. */
  take({ status, short, sentence }: Verdict, incidentId: number | null): Word | null {
    if (!isTold(status)) return null
    const before = this.#last
    this.#last = status
    // The first word after a start is no transition.
    if (before === null || before === status) return null
    const atMs = this.#clock.now()
    if (this.#isQuiet(status, incidentId, atMs)) {
      return RANK[status] < RANK[before] ? { kind: 'take_back' } : null
    }
    this.#told = { incidentId, status, atMs }
    const title = `${WORDS[status]}: ${short}`
    return { kind: 'tell', notice: { title, body: sentence, incidentId } }
  }

  #isQuiet(status: ToldStatus, incidentId: number | null, atMs: number): boolean {
    const told = this.#told
    if (told === null || told.incidentId !== incidentId || atMs - told.atMs >= QUIET_MS) {
      return false
    }
    return RANK[status] <= RANK[told.status]
  }
}

/** `unknown` and `idle` are no statement about users. */
function isTold(status: ServiceStatus): status is ToldStatus {
  return status === 'serving' || status === 'degraded' || status === 'down'
}
