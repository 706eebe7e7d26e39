/** Routes with every default applied. */
import type { ConfigDocument, PoolDocument, RouteDocument } from '../model/config-schema.ts'
import { DEFAULT_BODY_LIMIT_BYTES, DEFAULT_ROUTE_TIMEOUTS } from '../model/default-settings.ts'
import type { RouteSettings } from '../model/settings.ts'
import { resolveRouteHold } from './resolve-buffer.ts'
import { resolveRateLimits } from './resolve-rate-limit.ts'
import { resolveRetry } from './resolve-resilience.ts'
import { resolveStoreRoute } from './resolve-store.ts'
import { writtenKeys } from './written-keys.ts'

/** What takes a prefix away. */
const NO_PREFIX = '/'

export interface RouteSurroundings {
  readonly defaults: ConfigDocument['defaults']
  readonly pools: readonly PoolDocument[]
}

/** `index`: the place in the file, which names a route without a name. */
export function resolveRoute(
  route: RouteDocument,
  index: number,
  { defaults = {}, pools }: RouteSurroundings
): RouteSettings {
  const pool = pools.find(({ name }) => name === route.pool)
  const timeouts = { ...writtenKeys(defaults.timeouts), ...writtenKeys(route.timeouts) }
  return {
    name: route.name ?? `routes[${String(index)}]`,
    listeners: route.listeners ?? [],
    host: route.host ?? { kind: 'any' },
    pathPrefix: route.path_prefix ?? '/',
    methods: [...new Set(route.methods)],
    headers: Object.entries(route.headers ?? {}).map(([name, value]) => ({
      name: name.toLowerCase(),
      value
    })),
    pool: route.pool,
    replacePrefix: route.rewrite?.prefix ?? (route.strip_prefix === true ? NO_PREFIX : null),
    accessLog: route.access_log ?? true,
    bodyLimitBytes: route.body_limit ?? DEFAULT_BODY_LIMIT_BYTES,
    timeouts: {
      headMs: timeouts.head ?? DEFAULT_ROUTE_TIMEOUTS.headMs,
      idleMs: timeouts.idle ?? DEFAULT_ROUTE_TIMEOUTS.idleMs,
      totalMs: timeouts.total ?? DEFAULT_ROUTE_TIMEOUTS.totalMs
    },
    rateLimits: resolveRateLimits(route.rate_limit),
    retry: resolveRetry(route, pool, defaults),
    hold: resolveRouteHold(route, pool),
    store: resolveStoreRoute(route)
  }
}
