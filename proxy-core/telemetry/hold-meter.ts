/**
 * Who waits in one pool, and how fast they come and go: rates over the window of `TickTimes`, as
 * `TrafficMeter` has them.
 */
import type { PoolView } from '../engine/engine-view.ts'
import type { HoldNumbers } from '../model/engine-telemetry.ts'
import type { HoldStatus } from '../model/hold-report.ts'
import { TICK_STATES, type TickTimes } from './tick-times.ts'

export class HoldMeter {
  readonly #entered = new Float64Array(TICK_STATES)
  readonly #released = new Float64Array(TICK_STATES)
  #status: HoldStatus | null = null

  /** What its counters hold already is not news. */
  constructor(pool: PoolView) {
    const status = pool.holdStatus()
    this.#entered.fill(status?.entered ?? 0)
    this.#released.fill(status?.released ?? 0)
  }

  /** Once for every tick, after `times` has noted it. */
  measure(pool: PoolView, { slot }: TickTimes): void {
    const status = (this.#status = pool.holdStatus())
    this.#entered[slot] = status?.entered ?? 0
    this.#released[slot] = status?.released ?? 0
  }

  /** Of the last tick; null before the first. */
  numbers(times: TickTimes): HoldNumbers | null {
    const status = this.#status
    if (status === null) return null
    const { held, bytes, oldestMs, expired, refused } = status
    return {
      ...{ held, bytes, oldestMs: oldestMs === null ? null : Math.round(oldestMs) },
      entered: rate(this.#entered, times),
      released: rate(this.#released, times),
      lostTotal: expired + refused
    }
  }
}

/** Per second, to two decimals. */
function rate(states: Float64Array, { slot, firstSlot, windowMs }: TickTimes): number {
  if (windowMs <= 0) return 0
  return Math.max(0, Math.round(((states[slot]! - states[firstSlot]!) * 100_000) / windowMs) / 100)
}
