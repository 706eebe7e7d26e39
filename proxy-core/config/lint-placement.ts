/** Options that decide where requests go and will not do what their author expects. */
import type { ConfigPath } from '../model/config-problem.ts'
import type { ConfigDocument } from '../model/config-schema.ts'
import type { Finding } from './finding.ts'

export function* lintPlacement(document: ConfigDocument): Generator<Finding> {
  const pools = document.pools ?? []
  for (const [index, pool] of pools.entries()) yield* lintPool(pool, ['pools', index])
  const backends = [...(document.backends ?? []), ...pools.flatMap((pool) => pool.backends ?? [])]
  const { region } = document
  if (region !== undefined && !backends.some((backend) => backend.region === region)) {
    yield unusedRegion(region, 'No backend', ['region'])
  }
}

type Pool = NonNullable<ConfigDocument['pools']>[number]

function* lintPool(pool: Pool, path: ConfigPath): Generator<Finding> {
  const name = `Pool ${JSON.stringify(pool.name)}`
  const backends = pool.backends ?? []
  if (pool.sticky !== undefined && pool.sticky.key === undefined) {
    yield {
      code: 'RANDOM_STICKY_KEY',
      path: [...path, 'sticky'],
      at: 'key',
      message: `${name} signs its cookies with a random key: sessions end when the engine does, and no other balancer knows them.`,
      hint: 'Write `key: { env: NAME }` or `key: { file: path }`.'
    }
  }
  const { prefer_region: region } = pool
  if (region !== undefined && !backends.some((backend) => backend.region === region)) {
    yield unusedRegion(region, `${name} has no backend that`, [...path, 'prefer_region'])
  }
}

function unusedRegion(region: string, subject: string, path: ConfigPath): Finding {
  const message = `${subject} is in ${JSON.stringify(region)}, so this prefers nobody.`
  return { code: 'REGION_UNUSED', path, at: 'value', message, hint: null }
}
