/** The routes of a configuration with everything looked up that they need for each request. */
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import type { EngineSettings } from '../model/settings.ts'
import type { RateLimitBook } from '../rate-limit/rate-limit-book.ts'
import { RetryPolicy } from '../retry/retry-policy.ts'
import { keyReaderOf } from '../routing/request-key.ts'
import type { Supervisors } from './pool-set.ts'

/** In the order of the file; without what some of them store. */
export function compileRoutes(
  settings: EngineSettings,
  supervisors: Supervisors,
  rateLimits: RateLimitBook
): readonly CompiledRoute[] {
  const pools = new Map(settings.pools.map((pool) => [pool.name, pool]))
  return settings.routes.map((route) => ({
    settings: route,
    pool: supervisors.get(route.pool)!.pool,
    readKey: keyReaderOf(pools.get(route.pool)!),
    limiter: rateLimits.limiterOf(route),
    retry: route.retry === null ? null : new RetryPolicy(route.retry),
    intake: null
  }))
}
