/**
 * Every limit of the running configuration. A reload keeps what clients have used of a limit that
 * did not change: it is known by the name of its route and by what it says.
 */
import type { RateLimitSettings, RouteSettings } from '../model/settings.ts'
import { RateLimit } from './rate-limit.ts'
import { RateLimiter } from './rate-limiter.ts'

export class RateLimitBook {
  readonly #limits = new Map<string, RateLimit>()
  /** Those of the configuration in force, in its order: each name once at a route. */
  inForce: readonly RateLimit[] = []

  /** For a configuration that may still be refused; null for a route without limits. */
  limiterOf(route: RouteSettings): RateLimiter | null {
    if (route.rateLimits.length === 0) return null
    return new RateLimiter(route.rateLimits.map((settings) => this.#limitOf(route.name, settings)))
  }

  /** These routes are in force: forgets what stands at none of them. */
  settle(routes: readonly RouteSettings[]): void {
    this.inForce = routes.flatMap((route) =>
      route.rateLimits.map((settings) => this.#limitOf(route.name, settings))
    )
    const wanted = new Set(this.inForce)
    for (const [key, limit] of [...this.#limits]) if (!wanted.has(limit)) this.#limits.delete(key)
  }

  #limitOf(route: string, settings: RateLimitSettings): RateLimit {
    const key = keyOf(route, settings)
    const known = this.#limits.get(key)
    if (known !== undefined) return known
    const limit = new RateLimit(route, settings)
    this.#limits.set(key, limit)
    return limit
  }
}

function keyOf(route: string, settings: RateLimitSettings): string {
  return JSON.stringify([route, settings])
}
