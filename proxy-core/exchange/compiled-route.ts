/** A route with its pool looked up: made once per configuration, read on every request. */
import type { RouteSettings } from '../model/settings.ts'
import type { RouteIntake } from '../intake/route-intake.ts'
import type { RateLimiter } from '../rate-limit/rate-limiter.ts'
import type { KeyReader } from '../routing/request-key.ts'
import type { RetryPolicy } from '../retry/retry-policy.ts'
import type { ExchangeTaker } from './exchange-taker.ts'

export interface CompiledRoute {
  readonly settings: RouteSettings
  /** The pool, or what stands in its place. */
  readonly pool: ExchangeTaker
  /** null: as many requests as come. */
  readonly limiter: RateLimiter | null
  /** null: the pool's algorithm looks at no key, so none is read. */
  readonly readKey: KeyReader | null
  /** null: only what is safe without asking is repeated. */
  readonly retry: RetryPolicy | null
  /** null: none of its requests is stored. */
  readonly intake: RouteIntake | null
}
