/**
 * Which backends could have been picked, and why the others could not, at the time when a
 * request was routed: short views of each pool, made when its rotation changes and never
 * altered, so that nothing is noted per request.
 */
import type { PoolView } from '../engine/engine-view.ts'
import type { RoutingReason } from '../model/traffic-sample.ts'
import type { Backend } from '../pool/backend.ts'

/** Names that a view lists of each kind. */
const MAX_LISTED = 32
/** Of one pool; older ones are forgotten. */
const MAX_VIEWS = 32

interface RoutingView extends Omit<RoutingReason, 'route'> {
  /** Monotonic milliseconds. */
  readonly sinceMs: number
}

export class RoutingBook {
  readonly #views = new Map<string, RoutingView[]>()

  note(pool: PoolView, sinceMs: number): void {
    const views = this.#views.get(pool.name) ?? []
    this.#views.set(pool.name, views)
    views.push(viewOf(pool, sinceMs))
    if (views.length > MAX_VIEWS) views.shift()
  }

  /** null: nothing is known of the pool. Before the oldest view, the oldest one. */
  reason(pool: string, route: string, atMs: number): RoutingReason | null {
    const views = this.#views.get(pool)
    const view = views?.findLast(({ sinceMs }) => sinceMs <= atMs) ?? views?.[0]
    if (view === undefined) return null
    const { algorithm, activeLevel, candidates, candidateCount, exclusions } = view
    return { route, algorithm, activeLevel, candidates, candidateCount, exclusions }
  }

  /** Forgets every pool that `pools` does not have. */
  retain(pools: ReadonlySet<string>): void {
    for (const name of this.#views.keys()) if (!pools.has(name)) this.#views.delete(name)
  }
}

function viewOf(pool: PoolView, sinceMs: number): RoutingView {
  const { activeLevel, levelShares } = pool
  const candidates: string[] = []
  const exclusions: { backend: string; reason: string }[] = []
  let candidateCount = 0
  for (const backend of pool.backends) {
    const reason = exclusionOf(backend, levelShares)
    if (reason === null) {
      if (candidateCount++ < MAX_LISTED) candidates.push(backend.address)
    } else if (exclusions.length < MAX_LISTED) {
      exclusions.push({ backend: backend.address, reason })
    }
  }
  return { sinceMs, algorithm: pool.algorithm, activeLevel, candidates, candidateCount, exclusions }
}

/** Half a sentence; null: it could have been picked. */
function exclusionOf(backend: Backend, shares: PoolView['levelShares']): string | null {
  if (backend.adminState === 'maint') return `in maintenance: ${backend.adminReason}`
  if (backend.adminState === 'drain') return `draining: ${backend.adminReason}`
  if (backend.health === 'down') return `down: ${backend.healthReason}`
  if (backend.health === 'unknown') return `not checked yet: ${backend.healthReason}`
  if (backend.weight === 0) return 'its weight is 0'
  if (!shares.has(backend.level)) {
    return backend.level === 0
      ? 'a primary, to which traffic has not returned'
      : `backup of level ${backend.level}`
  }
  return null
}
