/** What the numbers of one pool say about its users: too many requests fail, or wait. */
import type { FleetPool, Tick } from '../../../proxy-core/model/engine-telemetry.ts'
import { readTrafficRow } from '../../../proxy-core/model/traffic-row.ts'
import { ErrorWatch, type ErrorRise } from './error-watch.ts'
import { HoldWatch, type Waiting } from './hold-watch.ts'
import { doAllWait } from './hold-words.ts'

export class PoolWatch {
  readonly #errors = new ErrorWatch()
  readonly #hold = new HoldWatch()

  get errors(): ErrorRise | null {
    return this.#errors.rise
  }
  get waiting(): Waiting | null {
    return this.#hold.waiting
  }

  /** The numbers of one tick; returns whether either changed. */
  take(atMs: number, pool: FleetPool, { row, hold }: Tick['pools'][number]): boolean {
    const hasErrorNews = this.#errors.take(atMs, readTrafficRow(row))
    return this.#hold.take(atMs, hold, !doAllWait(pool)) || hasErrorNews
  }
}
