/**
 * What a configuration with stored requests adds to its routes: the status of stored requests on
 * every listener that takes some, before whatever else has that path, and the plans of delivery.
 */
import type { RoutePlan } from '../delivery/delivery-desk.ts'
import { Courier } from '../delivery/courier.ts'
import type { AccessLog } from '../access-log/access-log.ts'
import type { CompiledRoute } from '../exchange/compiled-route.ts'
import type { StatusDesk } from '../intake/status-desk.ts'
import { requestKeyOf } from '../model/balance-settings.ts'
import { DEFAULT_ROUTE } from '../model/default-settings.ts'
import { formatRequestKey, type RequestKey } from '../model/request-key.ts'
import type {
  EngineSettings,
  HostPattern,
  ListenerSettings,
  RouteSettings
} from '../model/settings.ts'
import type { StoreRouteSettings } from '../model/store-settings.ts'
import type { Pool } from '../pool/pool.ts'
import type { EngineContext } from './engine-context.ts'

/** What `Pool.activeLevel` says then. */
const NOBODY = -1

type StoreRoute = CompiledRoute & {
  readonly settings: RouteSettings & { readonly store: StoreRouteSettings }
}

/** One for each path, and for each host that some route has: a more specific host goes first. */
export function statusRoutes(
  routes: readonly CompiledRoute[],
  desk: StatusDesk
): readonly CompiledRoute[] {
  const storing = routes.filter(storesRequests)
  const byPath = Map.groupBy(storing, ({ settings }) => settings.store.statusPath)
  return [...byPath].flatMap(([pathPrefix, its]) =>
    hostsOf(routes).map((host) => {
      const { name, pool, accessLog } = its[0]!.settings
      const listeners = listenersOf(its)
      const settings = { ...DEFAULT_ROUTE, name, pool, accessLog, listeners, host, pathPrefix }
      return { settings, pool: desk, limiter: null, readKey: null, retry: null, intake: null }
    })
  )
}

export interface PlanSurroundings {
  readonly context: EngineContext
  readonly settings: EngineSettings
  /** undefined: the configuration does not have it any more. */
  readonly poolOf: (name: string) => Pool | undefined
  readonly logOf: (listener: ListenerSettings) => AccessLog | null
}

export function deliveryPlans(
  routes: readonly CompiledRoute[],
  around: PlanSurroundings
): readonly RoutePlan[] {
  return routes.filter(storesRequests).map((route) => planOf(route, around))
}

function planOf(
  route: StoreRoute,
  { context, settings, poolOf, logOf }: PlanSurroundings
): RoutePlan {
  const { name, pool, store, listeners } = route.settings
  const its = settings.listeners.filter(
    (listener) => listeners.length === 0 || listeners.includes(listener.name)
  )
  const poolSettings = settings.pools.find((one) => one.name === pool)!
  const { fallback } = poolSettings
  const pools = [pool, ...(fallback?.kind === 'pool' ? [fallback.pool] : [])]
  const carrier = new Courier({
    context,
    route,
    isPoolKeyed: isSameKey(store.key, requestKeyOf(poolSettings)),
    accessLog: its.map(logOf).find((log) => log !== null) ?? null,
    requestId: its[0]?.requestId ?? null,
    trustedProxies: [...new Set(its.flatMap(({ trustedProxies }) => trustedProxies))]
  })
  const isHeld = (): boolean => (poolOf(pool)?.holdLine?.operator ?? null) !== null
  const isPoolServing = (): boolean =>
    !isHeld() && pools.some((one) => (poolOf(one)?.activeLevel ?? NOBODY) > NOBODY)
  return { route: name, pools, settings: store, carrier, isPoolServing }
}

function storesRequests(route: CompiledRoute): route is StoreRoute {
  return route.settings.store !== null
}

function isSameKey(one: RequestKey | null, other: RequestKey | null): boolean {
  if (one === null || other === null) return false
  return formatRequestKey(one) === formatRequestKey(other)
}

/** Empty: all. */
function listenersOf(routes: readonly StoreRoute[]): readonly string[] {
  if (routes.some(({ settings }) => settings.listeners.length === 0)) return []
  return [...new Set(routes.flatMap(({ settings }) => settings.listeners))]
}

function hostsOf(routes: readonly CompiledRoute[]): readonly HostPattern[] {
  const any: HostPattern = { kind: 'any' }
  const hosts = [any, ...routes.map(({ settings }) => settings.host)]
  return [...new Map(hosts.map((host) => [JSON.stringify(host), host])).values()]
}
