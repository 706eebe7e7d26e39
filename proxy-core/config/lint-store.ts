/** Stored requests that would not be treated as their author may expect. */
import { requestKeyOf } from '../model/balance-settings.ts'
import type { ConfigPath } from '../model/config-problem.ts'
import type { ConfigDocument } from '../model/config-schema.ts'
import { formatRequestKey, type RequestKey } from '../model/request-key.ts'
import type { EngineSettings, PoolSettings, RouteSettings } from '../model/settings.ts'
import type { StoreRouteSettings } from '../model/store-settings.ts'
import { formatSize } from '../model/units.ts'
import type { Finding } from './finding.ts'
import { warning } from './lint.ts'

/** Of `max_size`: what one request may take; see `proxy-core/store/request-log.ts`. */
const LARGEST_PART = 8

export function* lintStore(
  document: ConfigDocument,
  { routes, pools, store }: EngineSettings
): Generator<Finding> {
  const isUsed = routes.some((route) => route.store !== null)
  if (store !== null && !isUsed) {
    const message = 'No route stores requests, so the `buffer` takes none.'
    const hint = 'Give a route `buffer: { mode: store }`, or take it out.'
    yield warning('NO_EFFECT', ['buffer'], message, hint)
  }
  for (const [index, route] of routes.entries()) {
    if (route.store === null) continue
    const path: ConfigPath = ['routes', index]
    if (document.routes?.[index]?.name === undefined) yield unnamed(path)
    const pool = pools.find(({ name }) => name === route.pool)
    if (pool !== undefined) yield* lintKeys(route.store, pool, path)
    yield* lintSizes(route, route.store, store?.maxBytes ?? Infinity, path)
  }
}

function unnamed(path: ConfigPath): Finding {
  const message =
    'What this route stores belongs to its name, and without one that is its place in the file.'
  return warning('STORE_UNNAMED', [...path, 'buffer'], message, 'Give the route a `name`.')
}

function* lintKeys(
  store: StoreRouteSettings,
  pool: PoolSettings,
  path: ConfigPath
): Generator<Finding> {
  const poolKey = requestKeyOf(pool)
  if (poolKey === null || isSame(poolKey, store.key)) return
  const name = `Pool ${JSON.stringify(pool.name)}`
  const its = formatRequestKey(poolKey)
  if (pool.algorithm === 'partition' && store.key !== null) {
    const message = `${name} has a backend for each \`${its}\`, but the order of stored requests goes by \`${formatRequestKey(store.key)}\`: a backend that is away also holds up keys of others.`
    yield warning('STORE_KEY', [...path, 'buffer', 'key'], message, `Write \`key: "${its}"\`.`)
  }
  const field = poolKey.kind === 'header' ? poolKey.name : 'cookie'
  const isOfField = poolKey.kind === 'header' || poolKey.kind === 'cookie'
  if (isOfField && store.dropHeaders.includes(field)) {
    const message = `${name} looks at \`${its}\`, which is dropped before the request is stored.`
    const hint = `Write \`key: "${its}"\`, which is kept, or do not drop it.`
    yield warning('STORE_KEY', [...path, 'buffer', 'drop_headers'], message, hint)
  }
}

function isSame(one: RequestKey, other: RequestKey | null): boolean {
  return other !== null && formatRequestKey(one) === formatRequestKey(other)
}

function* lintSizes(
  { bodyLimitBytes }: RouteSettings,
  store: StoreRouteSettings,
  maxBytes: number,
  path: ConfigPath
): Generator<Finding> {
  const most = Math.min(store.bodyLimitBytes, Math.floor(maxBytes / LARGEST_PART))
  const limitPath: ConfigPath = [...path, 'buffer']
  if (most < store.bodyLimitBytes && bodyLimitBytes === 0) {
    const message = `With this \`buffer.max_size\` no request of more than ${formatSize(most)} can be stored; longer ones get 413.`
    yield warning('STORE_LIMIT', limitPath, message, 'Write `body_limit`, or raise `max_size`.')
  }
  if (bodyLimitBytes > most) {
    const message = `The route takes bodies of up to ${formatSize(bodyLimitBytes)}, but stores only those of up to ${formatSize(most)}; longer ones get 413.`
    yield warning('STORE_LIMIT', limitPath, message, 'Make the two limits the same.')
  }
}
