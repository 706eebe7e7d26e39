/**
 * Somebody who looks at every exchange as it ends. The data path asks
 * `EngineContext.traffic` for one, and notes nothing while there is none.
 */
import type { PoolView } from '../engine/engine-view.ts'
import type { Exchange } from './exchange.ts'

export interface TrafficWatch {
  /**
   * The exchange is over and about to be recycled: what is wanted of it must be copied now.
   * Must not throw, and must cost next to nothing for an exchange that is not kept.
   */
  finished(exchange: Exchange): void
  /** The backends that `pool` may pick from have changed. */
  poolChanged(pool: PoolView): void
}
