/** Stored requests: `buffer` of routes and of the top level with every default applied. */
import type { ConfigDocument, RouteDocument } from '../model/config-schema.ts'
import { DEFAULT_STORE, DEFAULT_STORE_ROUTE as DEFAULT } from '../model/default-store.ts'
import type { StoreRouteSettings, StoreSettings } from '../model/store-settings.ts'
import { resolvePath } from './resolve-files.ts'

/** null: requests of the route are passed on. */
export function resolveStoreRoute({ buffer }: RouteDocument): StoreRouteSettings | null {
  if (buffer?.mode !== 'store') return null
  const { backoff = {} } = buffer
  return {
    methods: [...new Set(buffer.methods ?? DEFAULT.methods)],
    key: buffer.key ?? DEFAULT.key,
    ttlMs: buffer.ttl ?? DEFAULT.ttlMs,
    bodyLimitBytes: buffer.body_limit ?? DEFAULT.bodyLimitBytes,
    dropHeaders: (buffer.drop_headers ?? DEFAULT.dropHeaders).map((name) => name.toLowerCase()),
    success: buffer.success ?? DEFAULT.success,
    attempts: buffer.attempts ?? DEFAULT.attempts,
    backoff: {
      scaleMs: backoff.scale ?? DEFAULT.backoff.scaleMs,
      growth: backoff.growth ?? DEFAULT.backoff.growth,
      minMs: backoff.min ?? DEFAULT.backoff.minMs,
      maxMs: backoff.max ?? DEFAULT.backoff.maxMs,
      jitter: backoff.jitter ?? DEFAULT.backoff.jitter
    },
    concurrency: buffer.concurrency ?? DEFAULT.concurrency,
    statusPath: buffer.status_path ?? DEFAULT.statusPath
  }
}

/** Also where no route stores requests any more: what is there can still be looked at. */
export function resolveStore({ buffer }: ConfigDocument, baseDir: string): StoreSettings | null {
  if (buffer === undefined) return null
  return {
    directory: resolvePath(buffer.directory, baseDir),
    maxBytes: buffer.max_size ?? DEFAULT_STORE.maxBytes,
    fsyncIntervalMs: buffer.fsync_interval ?? DEFAULT_STORE.fsyncIntervalMs,
    fsyncCount: buffer.fsync_count ?? DEFAULT_STORE.fsyncCount,
    whenFull: buffer.when_full ?? DEFAULT_STORE.whenFull,
    blockTimeoutMs: buffer.block_timeout ?? DEFAULT_STORE.blockTimeoutMs,
    keepStatusMs: buffer.keep_status ?? DEFAULT_STORE.keepStatusMs
  }
}
