/**
 * The order of pools and backends. It is worked out when the operator asks for it, and kept
 * then: a row must not jump away from under the pointer because a number changed.
 */
import type { LiveBackend, LivePool } from '../../../preload/contract/live-state.ts'
import { errorShare, type TrafficRates } from '../../../proxy-core/model/traffic-row.ts'
import { backendKey, poolKey, type LiveFigures } from './pool-lines.ts'

export const SORT_KEYS = [
  'severity',
  'name',
  'role',
  'weight',
  'since',
  'rps',
  'errors',
  'p95',
  'active'
] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface Sorting {
  readonly by: SortKey
  readonly direction: 'ascending' | 'descending'
}

export const BY_SEVERITY: Sorting = { by: 'severity', direction: 'descending' }

/** What a click on a header does first: names from A, everything else from the largest. */
export function firstDirection(by: SortKey): Sorting['direction'] {
  return by === 'name' || by === 'role' ? 'ascending' : 'descending'
}

/** A second click turns the order round. */
export function nextSorting(current: Sorting, by: SortKey): Sorting {
  if (current.by !== by) return { by, direction: firstDirection(by) }
  return { by, direction: current.direction === 'ascending' ? 'descending' : 'ascending' }
}

/** Keys of all pools and backends; equals keep the order of the configuration. */
export function sortedKeys(
  pools: readonly LivePool[],
  figures: LiveFigures,
  sorting: Sorting
): readonly string[] {
  const sign = sorting.direction === 'ascending' ? 1 : -1
  const inOrder = <Thing>(things: readonly Thing[], valueOf: (thing: Thing) => Value): Thing[] =>
    things
      .map((thing) => ({ thing, value: valueOf(thing) }))
      .sort((one, other) => sign * compare(one.value, other.value))
      .map(({ thing }) => thing)
  return inOrder(pools, (pool) => poolValue(pool, figures, sorting.by)).flatMap((pool) => [
    poolKey(pool.name),
    ...inOrder(pool.backends, (backend) =>
      backendValue(backend, figures.rates('backend', pool.name, backend.address), sorting.by)
    ).map(({ address }) => backendKey(pool.name, address))
  ])
}

/**
 * The kept order with what is gone taken out and what is new put after its neighbour in the
 * wanted order.
 */
export function mergedOrder(kept: readonly string[], wanted: readonly string[]): readonly string[] {
  const present = new Set(wanted)
  const known = new Set(kept)
  if (kept.length === wanted.length && wanted.every((key) => known.has(key))) return kept
  const order = kept.filter((key) => present.has(key))
  wanted.forEach((key, at) => {
    if (known.has(key)) return
    const before = at === 0 ? -1 : order.indexOf(wanted[at - 1]!)
    order.splice(before + 1, 0, key)
  })
  return order
}

type Value = number | string

const BACKEND_RANK = { down: 4, changing: 3, unknown: 2, healthy: 0 } as const
const POOL_RANK = { down: 4, degraded: 3, unknown: 2, serving: 1, idle: 0 } as const

/** What the world did comes before what a person did, and that before what is well. */
export function backendSeverity(backend: LiveBackend): number {
  if (backend.adminState !== 'ready') return 1
  if (backend.resolutionError !== null) return Math.max(3, BACKEND_RANK[backend.status])
  if (backend.status === 'unknown' && !backend.hasHealthCheck) return 0
  return BACKEND_RANK[backend.status]
}

function backendValue(backend: LiveBackend, rates: TrafficRates | null, by: SortKey): Value {
  switch (by) {
    case 'severity':
      return backendSeverity(backend)
    case 'name':
      return backend.address
    case 'role':
      return backend.level
    case 'weight':
      return backend.weight
    case 'since':
      return backend.changedAtMs
    default:
      return rateValue(rates, by)
  }
}

function poolValue(pool: LivePool, figures: LiveFigures, by: SortKey): Value {
  switch (by) {
    case 'severity':
      return POOL_RANK[pool.status]
    case 'name':
      return pool.name
    case 'role':
      return pool.activeLevel
    case 'weight':
      return pool.backends.reduce((sum, { weight }) => sum + weight, 0)
    case 'since':
      return Math.max(0, ...pool.backends.map(({ changedAtMs }) => changedAtMs))
    default:
      return rateValue(figures.rates('pool', pool.name), by)
  }
}

function rateValue(rates: TrafficRates | null, by: 'rps' | 'errors' | 'p95' | 'active'): number {
  if (rates === null) return -1
  if (by === 'errors') return errorShare(rates)
  if (by === 'p95') return rates.p95Ms
  return by === 'rps' ? rates.rps : rates.inFlight
}

/** Numbers inside names count as numbers: 10.0.0.9 before 10.0.0.10. */
const collator = new Intl.Collator('en-GB', { numeric: true })

function compare(one: Value, other: Value): number {
  if (typeof one === 'string' && typeof other === 'string') return collator.compare(one, other)
  return Number(one) - Number(other)
}
