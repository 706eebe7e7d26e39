/** Completes the numbers of those who wait: with their outlook, and with when there last were any. */
import type { Fleet, HoldNumbers } from '../../../proxy-core/model/engine-telemetry.ts'
import type { LiveHold } from '../../../preload/contract/live-state.ts'
import { holdOutlook } from './hold-outlook.ts'

export class HoldBook {
  #pools: Fleet['pools'] = []
  readonly #waitedAtMs = new Map<string, number>()

  /** Another order of pools, or another state of them. */
  begin({ pools }: Fleet): void {
    this.#pools = pools
    const known = new Set(pools.map(({ name }) => name))
    for (const name of this.#waitedAtMs.keys()) {
      if (!known.has(name)) this.#waitedAtMs.delete(name)
    }
  }

  /** Another engine. */
  forget(): void {
    this.#pools = []
    this.#waitedAtMs.clear()
  }

  /** `at`: the place of the pool in the fleet. */
  complete(at: number, numbers: HoldNumbers | null, atMs: number): LiveHold | null {
    const pool = this.#pools[at]
    if (numbers === null || pool === undefined) return null
    // Whoever came and went between two ticks has waited too.
    if (numbers.held > 0 || numbers.entered > 0) this.#waitedAtMs.set(pool.name, atMs)
    const waitedAtMs = this.#waitedAtMs.get(pool.name) ?? null
    return { ...numbers, outlook: holdOutlook(numbers, pool), waitedAtMs }
  }
}
