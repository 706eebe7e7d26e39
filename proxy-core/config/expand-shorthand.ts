/** Seed 004's third block: a lone list of backends is a pool and a route to it. */
import type { ConfigDocument, PoolDocument, RouteDocument } from '../model/config-schema.ts'
import { DEFAULT_POOL_NAME } from '../model/default-settings.ts'

export interface ExpandedDocument {
  readonly pools: readonly PoolDocument[]
  readonly routes: readonly RouteDocument[]
}

export function expandShorthand(document: ConfigDocument): ExpandedDocument {
  if (document.backends === undefined) {
    return { pools: document.pools ?? [], routes: document.routes ?? [] }
  }
  return {
    pools: [{ name: DEFAULT_POOL_NAME, algorithm: 'failover', backends: document.backends }],
    routes: [{ name: DEFAULT_POOL_NAME, pool: DEFAULT_POOL_NAME }]
  }
}
