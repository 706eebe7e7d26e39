/** Valid configurations that are probably not what their author wants. Sparing by intent. */
import type { ConfigPath } from '../model/config-problem.ts'
import type { ConfigDocument } from '../model/config-schema.ts'
import type {
  BackendSettings,
  EngineSettings,
  PoolSettings,
  RouteSettings
} from '../model/settings.ts'
import type { Finding } from './finding.ts'
import { lintBalancing } from './lint-balancing.ts'
import { lintFailover, lintPoolFailover } from './lint-failover.ts'
import { lintPlacement } from './lint-placement.ts'
import { lintRateLimits } from './lint-rate-limit.ts'
import { lintStore } from './lint-store.ts'

export function lint(document: ConfigDocument, settings: EngineSettings): readonly Finding[] {
  const findings: Finding[] = []
  if (settings.admin.auth === 'none') {
    const message = 'The failover calls of the admin API are open to every user of this machine.'
    findings.push(
      warning('OPEN_ADMIN', ['admin', 'auth'], message, 'Use `auth: token`, the default.')
    )
  }
  if (settings.pools.length === 0) {
    findings.push(warning('NO_POOLS', [], 'No pool is defined, so every request is refused.', null))
  }
  settings.pools.forEach((pool, index) => {
    const path: ConfigPath = document.backends === undefined ? ['pools', index] : ['backends']
    const routes = settings.routes.filter((route) => route.pool === pool.name)
    findings.push(...lintPool(pool, path, routes))
  })
  findings.push(
    ...lintFailover(document),
    ...lintPlacement(document),
    ...lintRateLimits(document, settings),
    ...lintStore(document, settings)
  )
  return findings
}

function* lintPool(
  pool: PoolSettings,
  path: ConfigPath,
  routes: readonly RouteSettings[]
): Generator<Finding> {
  const name = `Pool ${JSON.stringify(pool.name)}`
  const { backends } = pool
  if (routes.length === 0) {
    const hint = `Add a route with \`pool: ${pool.name}\`.`
    yield warning('NO_ROUTE', path, `${name} has no route, so it gets no requests.`, hint)
  }
  if (backends.length === 0) {
    yield warning('NO_BACKENDS', path, `${name} has no backends and answers 503.`, null)
    return
  }
  yield* lintLevels(pool, name, path)
  yield* lintBalancing(pool, path)
  if (backends.some(({ slowStartMs }) => slowStartMs > 0) && !backends.some(hasCheck)) {
    const message = `${name} has \`slow_start\`, but without a health check no backend ever comes back.`
    yield warning('SLOW_START_UNUSED', path, message, 'Add a `health_check`.')
  }
  // Where requests wait or are stored, a failed check costs time and no answers.
  const isRefused = routes.some(({ hold, store }) => hold === null && store === null)
  if (backends.length === 1 && backends[0]?.healthCheck && isRefused) {
    const message = `${name} has one backend: while its health check fails, every request is answered with 503.`
    yield warning('LONE_BACKEND', path, message, 'Add a second backend.')
  }
  if (pool.timeouts.responseHeadMs === 0) {
    const message = `${name} waits for ever for a response, also for one that a frozen backend never sends.`
    yield warning('NO_RESPONSE_TIMEOUT', path, message, 'Set `timeouts.response_head`.')
  }
}

function hasCheck({ healthCheck }: BackendSettings): boolean {
  return healthCheck !== null
}

function* lintLevels(pool: PoolSettings, name: string, path: ConfigPath): Generator<Finding> {
  const levels = new Set(pool.backends.map((backend) => backend.level))
  if (levels.size === 1 && pool.algorithm === 'failover') {
    const message = `${name} cannot fail over: all of its backends are primaries.`
    yield warning('SINGLE_LEVEL', path, message, 'Mark backups with `failover: true`.')
  }
  const unprobed = pool.backends.filter((backend) => backend.healthCheck === null)
  if (levels.size > 1 && unprobed.length > 0) {
    const message = `${name} has backups, but nothing probes ${unprobed.map((backend) => backend.address).join(', ')}.`
    yield warning('UNPROBED_LEVELS', path, message, 'Take `health_check: false` out.')
  }
  if (levels.size > 1) yield* lintPoolFailover(pool, name, path)
}

export function warning(
  code: Finding['code'],
  path: ConfigPath,
  message: string,
  hint: string | null
): Finding {
  return { code, path, at: 'key', message, hint }
}
