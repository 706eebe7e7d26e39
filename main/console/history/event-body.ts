/** An event before the log has given it its number and its incident. */
import type { ConsoleEvent } from '../../../preload/contract/console-event.ts'
import type { PlanRequest } from '../../../preload/contract/plan.ts'
import type { CapacityChange } from './capacity.ts'

export interface EventBody extends Pick<ConsoleEvent, 'kind' | 'severity' | 'actor' | 'text'> {
  readonly pool?: string | null
  readonly backend?: string | null
  /** Catalogue code. */
  readonly code?: string | null
  /** What would mend it. */
  readonly offer?: PlanRequest | null
  /** Wall-clock milliseconds; default now. */
  readonly atMs?: number
  /** Default: nothing was lost or won. */
  readonly capacity?: CapacityChange
}
