/** A route with its pool looked up: made once per configuration, read on every request. */
import type { RouteSettings } from '../model/settings.ts'
import type { Pool } from '../pool/pool.ts'

export interface CompiledRoute {
  readonly settings: RouteSettings
  readonly pool: Pool
}
