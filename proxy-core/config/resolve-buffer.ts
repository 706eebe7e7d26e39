/** `buffer` of pools and routes with every default applied. */
import type { PoolDocument, RouteDocument } from '../model/config-schema.ts'
import type { HoldSettings, RouteHoldSettings } from '../model/buffer-settings.ts'
import { DEFAULT_HOLD } from '../model/default-buffer.ts'

/** null where neither the pool nor one of its routes holds requests. */
export function resolveHold(
  pool: PoolDocument,
  routes: readonly RouteDocument[]
): HoldSettings | null {
  const isWanted =
    pool.buffer !== undefined ||
    routes.some((route) => route.pool === pool.name && route.buffer?.mode === 'hold')
  if (!isWanted) return null
  const { timeout, max_requests, max_bytes, memory, body_limit } = pool.buffer ?? {}
  return {
    timeoutMs: timeout ?? DEFAULT_HOLD.timeoutMs,
    maxRequests: max_requests ?? DEFAULT_HOLD.maxRequests,
    maxBytes: max_bytes ?? DEFAULT_HOLD.maxBytes,
    memoryBytes: memory ?? DEFAULT_HOLD.memoryBytes,
    bodyLimitBytes: body_limit ?? DEFAULT_HOLD.bodyLimitBytes
  }
}

/** null: requests of the route do not wait for a backend that comes back. */
export function resolveRouteHold(
  route: RouteDocument,
  pool: PoolDocument | undefined
): RouteHoldSettings | null {
  // What a route that stores requests does not store is treated as the pool says.
  const written = route.buffer?.mode === 'store' ? undefined : route.buffer
  const mode = written?.mode ?? pool?.buffer?.mode
  if (mode !== 'hold') return null
  return {
    timeoutMs: written?.timeout ?? pool?.buffer?.timeout ?? DEFAULT_HOLD.timeoutMs,
    bodyLimitBytes: written?.body_limit ?? pool?.buffer?.body_limit ?? DEFAULT_HOLD.bodyLimitBytes
  }
}
