/** What an operator should know who lets the requests of a pool wait. */
import type { FleetHold } from './engine-telemetry.ts'
import type { RouteSettings } from './settings.ts'
import { formatDuration } from './units.ts'

export type HoldingRoutes = FleetHold['routes']

/** How long the requests of each route to the pool may wait. */
export function holdingRoutesOf(
  pool: string,
  routes: readonly Pick<RouteSettings, 'name' | 'pool' | 'hold'>[]
): HoldingRoutes {
  return routes
    .filter((route) => route.pool === pool)
    .map(({ name, hold }) => ({ name, timeoutMs: hold?.timeoutMs ?? null }))
}

/** Sentences. */
export function holdWarnings(routes: HoldingRoutes, durationMs: number): string[] {
  const going = routes.filter(({ timeoutMs }) => timeoutMs === null).map(({ name }) => name)
  const warnings: string[] = []
  if (going.length > 0) {
    warnings.push(`Requests of ${going.join(', ')} do not wait: no buffer holds them.`)
  }
  for (const { name, timeoutMs } of routes) {
    if (timeoutMs === null || timeoutMs >= durationMs) continue
    const limit = formatDuration(timeoutMs)
    warnings.push(
      `Requests of ${name} wait at most ${limit} (\`buffer.timeout\`) and get 503 then.`
    )
  }
  return warnings
}
