/**
 * Whether the requests of a pool wait, as the verdict tells it. A wait of a moment, as for a
 * connection that a backend has just closed, is no news while somebody serves; what is shown of a
 * wait that lasts is renewed every few seconds.
 */
import type { HoldNumbers } from '../../../proxy-core/model/engine-telemetry.ts'

/** Of those that had no place or waited too long, the ones that count as "now". */
const LOSS_WINDOW_MS = 10_000
/** A shorter wait is none yet. */
const LEAST_WAIT_MS = 1_000
/** So long nobody must have waited before it is over. */
const QUIET_MS = 2_000
const SHOW_EVERY_MS = 5_000

/** Requests of a pool wait, or have waited in vain. */
export interface Waiting {
  readonly held: number
  readonly oldestMs: number
  /** Within the last ten seconds: had no place, or waited too long. Users saw that. */
  readonly lost: number
}

interface Loss {
  readonly atMs: number
  readonly lost: number
}

export class HoldWatch {
  #waiting: Waiting | null = null
  #losses: Loss[] = []
  #lostBefore: number | null = null
  #quietSinceMs: number | null = null
  #shownAtMs = 0

  /** null: nobody waits that would be worth a word. */
  get waiting(): Waiting | null {
    return this.#waiting
  }

  /** `isServed`: some backend takes requests now. Returns whether `waiting` changed. */
  take(atMs: number, numbers: HoldNumbers | null, isServed: boolean): boolean {
    const before = this.#waiting
    const next = numbers === null ? null : this.#look(atMs, numbers, isServed)
    const isRenewed =
      (before === null) !== (next === null) ||
      (before?.lost === 0) !== (next?.lost === 0) ||
      Math.abs(atMs - this.#shownAtMs) >= SHOW_EVERY_MS
    if (!isRenewed || (before === null && next === null)) return false
    this.#waiting = next
    this.#shownAtMs = atMs
    return true
  }

  #look(
    atMs: number,
    { held, oldestMs, lostTotal }: HoldNumbers,
    isServed: boolean
  ): Waiting | null {
    const lost = this.#note(atMs, lostTotal)
    if (held > 0) this.#quietSinceMs = null
    else this.#quietSinceMs ??= atMs
    const isLong = (oldestMs ?? 0) >= (isServed ? LEAST_WAIT_MS : 0)
    const isNew = held > 0 && isLong
    const isStill = this.#waiting !== null && this.#isRecent(atMs)
    if (!isNew && !isStill && lost === 0) return null
    return { held, oldestMs: oldestMs ?? 0, lost }
  }

  #isRecent(atMs: number): boolean {
    return this.#quietSinceMs === null || Math.abs(atMs - this.#quietSinceMs) < QUIET_MS
  }

  #note(atMs: number, lostTotal: number): number {
    const added = lostTotal - (this.#lostBefore ?? lostTotal)
    this.#lostBefore = lostTotal
    if (added > 0) this.#losses.push({ atMs, lost: added })
    // None from ahead either: of before the wall clock was set back.
    this.#losses = this.#losses.filter((one) => Math.abs(atMs - one.atMs) < LOSS_WINDOW_MS)
    return this.#losses.reduce((total, { lost }) => total + lost, 0)
  }
}
