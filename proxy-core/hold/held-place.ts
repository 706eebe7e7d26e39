/** A request's place in the line of its pool, and, once it was let go, what it was let go by. */
import type { HoldLane } from './hold-lane.ts'

export interface HeldPlace {
  readonly lane: HoldLane
  /** false: it is under way, and has no answer yet. */
  isWaiting: boolean
  /** Monotonic milliseconds. */
  sinceMs: number
  /** What is left of the route's `total`, which stands still meanwhile; Infinity = it has none. */
  totalLeftMs: number
  /** Octets of its body that are reserved in the pool, and those of them in memory. */
  bytes: number
  memoryBytes: number
}
