/** Options of balancing that have no effect as they are written. */
import type { ConfigPath } from '../model/config-problem.ts'
import type { PoolSettings } from '../model/settings.ts'
import type { Finding } from './finding.ts'
import { warning } from './lint.ts'

/** `path`: of the pool. */
export function* lintBalancing(pool: PoolSettings, path: ConfigPath): Generator<Finding> {
  const name = `Pool ${JSON.stringify(pool.name)}`
  for (const section of ['hash', 'partition'] as const) {
    if (pool[section] === null || pool.algorithm === section) continue
    const message = `${name} has the algorithm \`${pool.algorithm}\`, which does not read \`${section}\`.`
    const hint = `Write \`algorithm: ${section}\`, or take \`${section}\` out.`
    yield warning('NO_EFFECT', [...path, section], message, hint)
  }
  if (pool.algorithm === 'partition') yield* lintModulo(pool, name, path)
  if (pool.algorithm === 'first') yield* lintFirst(pool, name, path)
}

function* lintModulo(pool: PoolSettings, name: string, path: ConfigPath): Generator<Finding> {
  if (pool.partition?.method !== 'modulo') return
  const { count } = pool.partition
  const level = Math.min(...pool.backends.map((backend) => backend.level))
  const homes = pool.backends.filter((backend) => backend.level === level)
  if (count > 0 && count < homes.length) {
    const rest = homes.slice(count).map((backend) => backend.address)
    const message = `${name} has ${String(count)} partitions for ${String(homes.length)} backends: ${rest.join(', ')} gets none.`
    yield warning(
      'NO_EFFECT',
      [...path, 'partition', 'count'],
      message,
      'Raise `count`, or take it out.'
    )
  }
  const weights = new Set(homes.map((backend) => backend.weight).filter((weight) => weight > 0))
  if (weights.size > 1) {
    const message = `${name} has backends of different weights, which \`modulo\` does not look at.`
    yield warning(
      'NO_EFFECT',
      [...path, 'partition'],
      message,
      'Use `method: consistent` for shares by weight.'
    )
  }
}

function* lintFirst(pool: PoolSettings, name: string, path: ConfigPath): Generator<Finding> {
  const endless = pool.backends.find((backend) => backend.maxConnections === 0)
  if (endless === undefined || endless === pool.backends.at(-1)) return
  const message = `${name} never gets past ${endless.address}: \`first\` fills backends up to \`max_connections\`, and it has none.`
  yield warning('NO_EFFECT', [...path, 'algorithm'], message, 'Set `max_connections`.')
}
