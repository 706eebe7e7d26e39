/** Looks for a rise of errors in the minute after a change, so that its return can be offered. */
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import type { WorkspaceNotice } from './workspace-notice.ts'

const WATCHED_MS = 60_000
const LOOK_EVERY_MS = 1_000
/** One bad second is noise. */
const LOOKS_NEEDED = 2
/** Below this nobody would take a change back. */
const LEAST_RISE = 0.01

export interface ErrorRise {
  /** Shares of failed answers, 0 to 1. */
  readonly before: number
  readonly now: number
  readonly afterMs: number
}

/** The share of failed answers in the last seconds, 0 to 1; null = nothing was asked for. */
export type ErrorShare = () => number | null

export class RollbackWatch {
  readonly #clock: Clock
  readonly #errorShare: ErrorShare
  #timer: Timer | null = null

  constructor(clock: Clock, errorShare: ErrorShare) {
    this.#clock = clock
    this.#errorShare = errorShare
  }

  /** Watches from now on; an earlier watch ends. `onRise` is called at most once. */
  begin(onRise: (rise: ErrorRise) => void): void {
    this.stop()
    const startedAtMs = this.#clock.now()
    const before = this.#errorShare() ?? 0
    let looks = 0
    this.#timer = this.#clock.setInterval(() => {
      const afterMs = this.#clock.now() - startedAtMs
      const now = this.#errorShare() ?? 0
      looks = now >= before + LEAST_RISE && now >= 2 * before ? looks + 1 : 0
      if (looks < LOOKS_NEEDED && afterMs < WATCHED_MS) return
      this.stop()
      if (looks >= LOOKS_NEEDED) onRise({ before, now, afterMs })
    }, LOOK_EVERY_MS)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}

/** What is told of a rise after the change with this summary. */
export function rollbackOffer(
  { before, now, afterMs }: ErrorRise,
  summary: string,
  restoreVersionId: number | null
): WorkspaceNotice {
  const seconds = Math.round(afterMs / 1000)
  const offer =
    restoreVersionId === null
      ? ''
      : ` Version ${restoreVersionId}, which ran before, can be restored.`
  return {
    severity: 'warning',
    text: `Errors rose from ${percent(before)} to ${percent(now)} within ${seconds} s of this change: ${summary}.${offer}`,
    code: null,
    restoreVersionId
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}
