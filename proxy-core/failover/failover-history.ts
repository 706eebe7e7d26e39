/** What the failover of a pool has done since the engine started: for reports and metrics. */
import type { FailoverTransition } from '../model/failover-report.ts'

/** As many as `failoverStatus` shows. */
const KEPT = 50

export class FailoverHistory {
  #transitions: FailoverTransition[] = []
  #activations = 0
  #lastActivationMs: number | null = null
  #lastDurationMs: number | null = null
  #isAway = false

  /** The newest 50, oldest first. */
  get transitions(): readonly FailoverTransition[] {
    return this.#transitions
  }
  /** Times that traffic left the first level. */
  get activations(): number {
    return this.#activations
  }
  /** Wall-clock milliseconds. */
  get lastActivationMs(): number | null {
    return this.#lastActivationMs
  }
  get isAway(): boolean {
    return this.#isAway
  }

  note(transition: FailoverTransition): void {
    this.#transitions = [...this.#transitions, transition].slice(-KEPT)
  }

  /** Whether traffic is away from the first level now. */
  see(isAway: boolean, wallMs: number): void {
    if (isAway === this.#isAway) return
    if (isAway) {
      this.#activations++
      this.#lastActivationMs = wallMs
    } else this.#lastDurationMs = this.lastDurationMs(wallMs)
    this.#isAway = isAway
  }

  /** Of the last failover; of one that lasts, until now; null = there was none. */
  lastDurationMs(wallMs: number): number | null {
    if (!this.#isAway) return this.#lastDurationMs
    return Math.max(0, wallMs - this.#lastActivationMs!)
  }
}
