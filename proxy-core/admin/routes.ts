/** Every path of the admin API. Adding a resource touches its file and one line here. */
import type { AdminRoute } from './admin-route.ts'
import { backendRoute } from './handlers/backend.ts'
import { bufferRoute } from './handlers/buffer.ts'
import { bufferPurgeRoute, bufferReplayRoute } from './handlers/buffer-bulk.ts'
import {
  bufferEntriesRoute,
  bufferEntryReplayRoute,
  bufferEntryRoute
} from './handlers/buffer-entries.ts'
import { bufferHoldRoute, bufferReleaseRoute } from './handlers/buffer-hold.ts'
import { eventsRoute } from './handlers/events.ts'
import { failoverActivateRoute } from './handlers/failover-activate.ts'
import { failoverDeactivateRoute } from './handlers/failover-deactivate.ts'
import { failoverStatusRoute } from './handlers/failover-status.ts'
import { failoverTestRoute } from './handlers/failover-test.ts'
import { liveRoute } from './handlers/health-live.ts'
import { readyRoute } from './handlers/health-ready.ts'
import { metricsRoute } from './handlers/metrics.ts'
import { openApiRoute } from './handlers/openapi.ts'
import { poolRoute } from './handlers/pool.ts'
import { poolsRoute } from './handlers/pools.ts'
import { statsCsvRoute, statsRoute } from './handlers/stats.ts'
import { statusRoute } from './handlers/status.ts'

const ROUTES: readonly AdminRoute[] = [
  liveRoute,
  readyRoute,
  metricsRoute,
  statsRoute,
  statsCsvRoute,
  statusRoute,
  poolsRoute,
  poolRoute,
  backendRoute,
  eventsRoute,
  failoverStatusRoute,
  failoverTestRoute,
  failoverActivateRoute,
  failoverDeactivateRoute,
  bufferRoute,
  bufferHoldRoute,
  bufferReleaseRoute,
  bufferEntriesRoute,
  bufferEntryRoute,
  bufferEntryReplayRoute,
  bufferReplayRoute,
  bufferPurgeRoute
]

export const ADMIN_ROUTES: readonly AdminRoute[] = [...ROUTES, openApiRoute(ROUTES)]

export interface RouteMatch {
  readonly route: AdminRoute
  readonly params: Readonly<Record<string, string>>
}

/** `path` as received, without the query. null: no such path. */
export function matchRoute(path: string, routes = ADMIN_ROUTES): RouteMatch | null {
  const segments = path.split('/')
  for (const route of routes) {
    const params = matchSegments(route.path.split('/'), segments)
    if (params) return { route, params }
  }
  return null
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[]
): Record<string, string> | null {
  if (pattern.length !== segments.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index]!
    if (!part.startsWith('{')) {
      if (part !== segment) return null
      continue
    }
    const value = decodeSegment(segment)
    if (value === null || value === '') return null
    params[part.slice(1, -1)] = value
  }
  return params
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A stray percent sign: such a name cannot exist, so neither does the path.
    return null
  }
}
