/** Requests that are kept while nobody can serve them: how long, how many, how much of them. */

/** Of a pool: the line in which its requests wait. */
export interface HoldSettings {
  /** How long a request may wait in all; its own clock, which stops the route's `total`. */
  readonly timeoutMs: number
  /** Requests that may wait at one time. */
  readonly maxRequests: number
  /** Octets of all bodies that wait, in memory and on disk. */
  readonly maxBytes: number
  /** So many of them at most are in memory; the rest is in temporary files. */
  readonly memoryBytes: number
  /** A request with a longer body does not wait. */
  readonly bodyLimitBytes: number
}

/** Of a route: what its requests may use of the line of their pool. */
export interface RouteHoldSettings {
  readonly timeoutMs: number
  readonly bodyLimitBytes: number
}
