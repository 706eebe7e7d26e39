/** What the table of pools shows: one line per pool, then one per backend of it. */
import type { LiveBackend, LivePool } from '../../../preload/contract/live-state.ts'
import type { ProbedBackend } from '../../../proxy-core/model/engine-telemetry.ts'
import { errorShare, type TrafficRates } from '../../../proxy-core/model/traffic-row.ts'

/** Where the numbers beside the states come from. */
export interface LiveFigures {
  rates(...scope: ['pool', string] | ['backend', string, string]): TrafficRates | null
  probes(pool: string, backend: string): ProbedBackend | null
}

export interface PoolLine {
  readonly kind: 'pool'
  readonly key: string
  readonly pool: LivePool
  readonly isCollapsed: boolean
  /** Backends that an operator should look at, shown or not. */
  readonly problemCount: number
  /** Backends under it that the filter, or `only problems`, leaves out. */
  readonly hiddenCount: number
}

export interface BackendLine {
  readonly kind: 'backend'
  readonly key: string
  readonly pool: LivePool
  readonly backend: LiveBackend
}

export type Line = PoolLine | BackendLine

/** Neither name can hold a line feed. */
export function poolKey(pool: string): string {
  return pool
}

export function backendKey(pool: string, address: string): string {
  return `${pool}\n${address}`
}

/** Never changed in place: another set takes its place. */
export function keySet(keys: Iterable<string> = []): ReadonlySet<string> {
  return new Set(keys)
}

/** Traffic fails on it although nobody calls it down: config, health and traffic are three facts. */
const NOTABLE_ERROR_SHARE = 0.05

/**
 * Anything that departs from normal, whoever did it: a forgotten maintenance counts as much as a
 * failed probe. A backend without checks is no problem for that alone.
 */
export function isProblemBackend(backend: LiveBackend, rates: TrafficRates | null): boolean {
  if (backend.status === 'down' || backend.status === 'changing') return true
  if (backend.status === 'unknown' && backend.hasHealthCheck) return true
  if (backend.adminState !== 'ready' || backend.resolutionError !== null) return true
  return rates !== null && rates.rps > 0 && errorShare(rates) >= NOTABLE_ERROR_SHARE
}

/** What an address is called; the address itself where it has no other name. */
export type NameOf = (address: string) => string

/** Every word is found in what the row shows of the backend or of its pool. */
export function isNamedBy(
  filter: string,
  pool: LivePool,
  backend: LiveBackend,
  nameOf: NameOf
): boolean {
  const shown = [
    pool.name,
    backend.address,
    nameOf(backend.address),
    backend.statusWord,
    roleText(backend.level),
    backend.region ?? '',
    backend.adminState === 'ready' ? '' : adminWord(backend.adminState)
  ]
    .join(' ')
    .toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word))
}

export function roleText(level: number): string {
  return level === 0 ? 'Primary' : `Backup L${level}`
}

function adminWord(state: 'drain' | 'maint'): string {
  return state === 'drain' ? 'draining' : 'maintenance'
}

export interface LineQuery {
  readonly filter: string
  readonly nameOf: NameOf
  /** Keys of the backends that are problems now. */
  readonly problems: ReadonlySet<string>
  /** Keys of the only backends to show; null = all. */
  readonly only: ReadonlySet<string> | null
  readonly collapsed: ReadonlySet<string>
  /** Keys of pools and backends in the order to show them. */
  readonly order: readonly string[]
}

/**
 * The lines of the table. A pool of which nothing is left is left out too, except while nothing is
 * asked for: an empty pool is a fact.
 */
export function linesOf(pools: readonly LivePool[], query: LineQuery): readonly Line[] {
  const place = new Map(query.order.map((key, at) => [key, at]))
  const placeOf = (key: string): number => place.get(key) ?? Number.POSITIVE_INFINITY
  return [...pools]
    .sort((one, other) => placeOf(poolKey(one.name)) - placeOf(poolKey(other.name)))
    .flatMap((pool) => linesOfPool(pool, query, placeOf))
}

function linesOfPool(
  pool: LivePool,
  query: LineQuery,
  placeOf: (key: string) => number
): readonly Line[] {
  const shown = pool.backends
    .filter((backend) => isShown(pool, backend, query))
    .map((backend): BackendLine => {
      return { kind: 'backend', key: backendKey(pool.name, backend.address), pool, backend }
    })
    .sort((one, other) => placeOf(one.key) - placeOf(other.key))
  const isAsked = query.filter.trim() !== '' || query.only !== null
  const isPoolItself = query.only !== null && pool.status === 'down'
  if (shown.length === 0 && isAsked && !isPoolItself) return []
  const isCollapsed = query.collapsed.has(pool.name)
  const line: PoolLine = {
    kind: 'pool',
    key: poolKey(pool.name),
    pool,
    isCollapsed,
    problemCount: pool.backends.filter(({ address }) =>
      query.problems.has(backendKey(pool.name, address))
    ).length,
    hiddenCount: pool.backends.length - shown.length
  }
  return isCollapsed ? [line] : [line, ...shown]
}

function isShown(pool: LivePool, backend: LiveBackend, query: LineQuery): boolean {
  const key = backendKey(pool.name, backend.address)
  if (query.only !== null && !query.only.has(key)) return false
  return query.filter.trim() === '' || isNamedBy(query.filter.trim(), pool, backend, query.nameOf)
}
