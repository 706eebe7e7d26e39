/** What `buffer` says where requests are stored: at a route with `mode: store`, and at the top level. */
import type { RequestKey } from './request-key.ts'
import type { BackoffSettings, StatusRange } from './settings.ts'

/** `routes[].buffer` with `mode: store`. */
export interface StoreRouteSettings {
  /** Upper case; requests of other methods pass through. */
  readonly methods: readonly string[]
  /** Requests with the same key are delivered in the order in which they came; null: no order. */
  readonly key: RequestKey | null
  /** From its acceptance on; then it is given up. 0 = never. */
  readonly ttlMs: number
  /** A longer body gets 413. */
  readonly bodyLimitBytes: number
  /** Lower-case names of fields that are not kept. */
  readonly dropHeaders: readonly string[]
  /** Statuses that mean that the backend has taken it. */
  readonly success: readonly StatusRange[]
  /** Attempts to deliver one request; 0 = as many as its time allows. */
  readonly attempts: number
  /** Between attempts. */
  readonly backoff: BackoffSettings
  /** Deliveries of this route at one time. */
  readonly concurrency: number
  /** Where the status of a stored request is; no slash at the end. */
  readonly statusPath: string
}

export type WhenFull = 'reject' | 'block'

/** The `buffer` at the top level: where stored requests are kept. */
export interface StoreSettings {
  /** Absolute. */
  readonly directory: string
  readonly maxBytes: number
  /** How long a request may wait for others that are written with it; 0 = for none. */
  readonly fsyncIntervalMs: number
  /** So many wait for no others any longer; Infinity: only the interval counts. */
  readonly fsyncCount: number
  readonly whenFull: WhenFull
  /** `block`: how long a request waits for room. */
  readonly blockTimeoutMs: number
  /** How long the status of a request that was delivered or given up can be asked for. */
  readonly keepStatusMs: number
}
