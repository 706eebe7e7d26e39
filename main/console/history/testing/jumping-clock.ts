/** A manual clock whose wall time can be set, as an operator or NTP sets that of a machine. */
import { ManualClock } from '../../../../test/servers/manual-clock.ts'

export class JumpingClock extends ManualClock {
  #offsetMs = 0
  #sleptMs = 0

  override now(): number {
    return super.now() + this.#sleptMs
  }

  override wallNow(): number {
    return super.wallNow() + this.#offsetMs + this.#sleptMs
  }

  /** Monotonic time and timers do not notice. */
  jump(byMs: number): void {
    this.#offsetMs += byMs
  }

  /** Time passes as on a machine that sleeps: timers are late. */
  sleep(ms: number): void {
    this.#sleptMs += ms
  }

  /** Lets the next write of the history happen, then waits for `result`. */
  async settle<Result>(result: Promise<Result>): Promise<Result> {
    await this.advanceAsync(300)
    return result
  }
}
