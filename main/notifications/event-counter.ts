/** How often what happened to which pool, for `/metrics`: bounded by the configuration. */
import type { NotificationCounters } from '../../proxy-core/model/notification-counters.ts'
import type { Occurrence } from './occurrence.ts'

type EventCount = NotificationCounters['events'][number]

export class EventCounter {
  readonly #counts = new Map<string, EventCount>()

  get counts(): EventCount[] {
    return [...this.#counts.values()]
  }

  get total(): number {
    return this.counts.reduce((sum, { count }) => sum + count, 0)
  }

  /** What is about the engine has the pool "". */
  count({ pool, occasion }: Pick<Occurrence, 'pool' | 'occasion'>): void {
    const key = JSON.stringify([pool, occasion])
    const count = (this.#counts.get(key)?.count ?? 0) + 1
    this.#counts.set(key, { pool: pool ?? '', occasion, count })
  }

  /** Pools that are gone leave no series behind. */
  keepOnly(pools: { has(pool: string): boolean }): void {
    for (const [key, { pool }] of this.#counts) {
      if (pool !== '' && !pools.has(pool)) this.#counts.delete(key)
    }
  }
}
