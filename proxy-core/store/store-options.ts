/** How a request store is opened. */
import type { Clock } from '../time/clock.ts'
import type { StoreEvent } from './store-event.ts'

export interface StoreOptions {
  /** Made when it is missing, 0700; the files in it 0600. One process at a time. */
  readonly directory: string
  /** Of all files together. Under 1 MB it counts as 1 MB. */
  readonly maxBytes: number
  /**
   * How long an entry waits at most for others to share its fsync. It waits no longer than half of
   * what the last fsync took, and not at all when nobody else is likely to come. 0 = not at all.
   */
  readonly fsyncIntervalMs: number
  /** So many entries do not wait any longer; Infinity = only the interval counts. */
  readonly fsyncEveryCount: number
  /** How long find() knows an entry that is settled, as long as there is room for that. */
  readonly keepStatusMs: number
  readonly clock: Clock
  /** Told of damage and of a disk that fails or comes back. Must not throw. */
  readonly report: (event: StoreEvent) => void
}

export const DEFAULT_STORE_OPTIONS = {
  fsyncIntervalMs: 5,
  fsyncEveryCount: Infinity,
  keepStatusMs: 3_600_000
} as const satisfies Partial<StoreOptions>
