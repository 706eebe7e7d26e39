/** Options of pools and backends that contradict each other. */
import { formatPath } from '../../model/config-problem.ts'
import { algorithm } from '../../model/schema/algorithm.ts'
import { HTTP_ONLY_KEYS } from '../../model/schema/health-check.ts'
import type { Finding } from '../finding.ts'
import { backendLists, healthChecks, type LooseNode } from '../loose-document.ts'

const ALGORITHM = algorithm()

export function* checkPools(root: LooseNode): Generator<Finding> {
  yield* checkShorthand(root)
  yield* checkAlgorithms(root)
  for (const backend of backendLists(root).flatMap((list) => list.items)) yield* checkLevel(backend)
  for (const check of healthChecks(root)) yield* checkProbe(check)
  const tlsHolders = [...root.at('pools').items, ...healthChecks(root)]
  for (const holder of tlsHolders) yield* checkClientCertificate(holder.at('tls'))
}

/** Seed 004's third block: a lone list of backends is a whole configuration. */
function* checkShorthand(root: LooseNode): Generator<Finding> {
  const rival = ['pools', 'routes'].find((key) => root.has(key))
  if (!root.has('backends') || rival === undefined) return
  yield {
    code: 'CONFLICT',
    path: ['backends'],
    at: 'key',
    message: `Top-level \`backends\` stand for a pool and a route, so \`${rival}\` cannot stand beside them.`,
    hint: 'Move the backends into a pool.'
  }
}

/** An algorithm belongs to a pool, so everyone who writes one for it must write the same. */
function* checkAlgorithms(root: LooseNode): Generator<Finding> {
  const writers = new Map<string, LooseNode>()
  for (const pool of root.at('pools').items) {
    const name = pool.at('name').text
    if (name !== undefined && pool.has('algorithm')) writers.set(name, pool.at('algorithm'))
  }
  for (const route of root.at('routes').items) {
    const method = route.at('load_balancing').at('method')
    const pool = route.at('pool').text
    if (pool === undefined || method.text === undefined) continue
    const earlier = writers.get(pool)
    if (earlier === undefined) writers.set(pool, method)
    else if (idOf(earlier) !== idOf(method)) {
      yield {
        code: 'CONFLICT',
        path: method.path,
        at: 'value',
        message: `Pool ${JSON.stringify(pool)} has the algorithm ${JSON.stringify(earlier.value)} already (${formatPath(earlier.path)}).`,
        hint: 'A pool has one algorithm: write it at the pool.'
      }
    }
  }
}

/** Aliases are equal; what is no algorithm equals only itself. */
function idOf(node: LooseNode): unknown {
  const parsed = ALGORITHM.safeParse(node.value)
  return parsed.success ? parsed.data : node.value
}

function* checkLevel(backend: LooseNode): Generator<Finding> {
  const isBackup = backend.at('failover').value
  const level = backend.at('failover_level')
  const contradicts =
    (isBackup === true && level.value === 0) ||
    (isBackup === false && typeof level.value === 'number' && level.value > 0)
  if (!contradicts) return
  yield {
    code: 'CONFLICT',
    path: level.path,
    at: 'value',
    message: `\`failover: ${String(isBackup)}\` and \`failover_level: ${String(level.value)}\` contradict each other.`,
    hint: 'Keep `failover_level`: 0 is primary, 1 the first backup.'
  }
}

function* checkProbe(check: LooseNode): Generator<Finding> {
  if (check.at('type').value !== 'tcp') return
  for (const key of HTTP_ONLY_KEYS.filter((name) => check.has(name))) {
    yield {
      code: 'CONFLICT',
      path: check.at(key).path,
      at: 'key',
      message: `A TCP probe has no \`${key}\`.`,
      hint: 'Take it out, or use `type: http`.'
    }
  }
}

function* checkClientCertificate(tls: LooseNode): Generator<Finding> {
  for (const [present, absent] of [
    ['cert', 'key'],
    ['key', 'cert']
  ] as const) {
    if (!tls.has(present) || tls.has(absent)) continue
    yield {
      code: 'MISSING',
      path: tls.at(present).path,
      at: 'key',
      message: `\`${present}\` needs \`${absent}\` beside it.`,
      hint: null
    }
  }
}
