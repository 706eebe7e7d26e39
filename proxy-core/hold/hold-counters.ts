/** What has become of the requests that waited in one pool. */

export class HoldCounters {
  /** Waiting now. */
  held = 0
  heldMax = 0
  /** Those who have waited, however often. */
  entered = 0
  /** Answered by a backend after their wait. */
  released = 0
  /** Their time was over. */
  expired = 0
  /** There was no place for them, or for their body. */
  refused = 0
  /** Their clients left, or the balancer stopped. */
  abandoned = 0
  /** Milliseconds that all of them have waited, those who still do not included. */
  waitedMs = 0
}
