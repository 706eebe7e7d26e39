/** What holds where `buffer` with `mode: store`, or the `buffer` at the top level, says nothing. */
import type { StoreRouteSettings, StoreSettings } from './store-settings.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const MEGABYTE = 1000 * 1000

/**
 * Backoff and jitter as for retries, on the scale of outages: the first wait spares a backend that
 * restarts, the longest one finds it within a minute.
 */
export const DEFAULT_STORE_ROUTE: StoreRouteSettings = {
  methods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  key: null,
  ttlMs: DAY_MS,
  bodyLimitBytes: 10 * MEGABYTE,
  dropHeaders: [],
  success: [{ from: 200, to: 299 }],
  attempts: 0,
  backoff: { scaleMs: SECOND_MS, growth: 2, minMs: 0, maxMs: MINUTE_MS, jitter: 'full' },
  concurrency: 16,
  statusPath: '/.switchyard/requests'
}

/** `directory` has none: whoever stores requests has to know where they are. */
export const DEFAULT_STORE: Omit<StoreSettings, 'directory'> = {
  maxBytes: 1000 * MEGABYTE,
  fsyncIntervalMs: 5,
  fsyncCount: Infinity,
  whenFull: 'reject',
  blockTimeoutMs: 30 * SECOND_MS,
  keepStatusMs: HOUR_MS
}
