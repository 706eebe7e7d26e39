/** Algorithms that go by a key, and the settings that give them one. */
import { algorithm } from '../../model/schema/algorithm.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

const ALGORITHM = algorithm()
/** The section that an algorithm cannot do without. */
const KEYED: readonly (readonly [algorithm: string, example: string])[] = [
  ['hash', 'hash: { key: "header:x-case-id" }'],
  ['partition', 'partition: { key: "header:x-case-id" }']
]

export function* checkBalancing(root: LooseNode): Generator<Finding> {
  const byName = new Map(root.at('pools').items.map((pool) => [pool.at('name').text, pool]))
  for (const pool of root.at('pools').items) {
    yield* checkKey(pool.at('algorithm'), pool)
    yield* checkRule(pool.at('partition'))
  }
  for (const route of root.at('routes').items) {
    const pool = byName.get(route.at('pool').text)
    // Where the pool writes an algorithm it is the one that is checked.
    if (pool === undefined || pool.has('algorithm')) continue
    yield* checkKey(route.at('load_balancing').at('method'), pool)
  }
}

function* checkKey(written: LooseNode, pool: LooseNode): Generator<Finding> {
  const parsed = ALGORITHM.safeParse(written.value)
  const keyed = KEYED.find(([id]) => parsed.success && parsed.data === id)
  if (keyed === undefined || pool.has(keyed[0])) return
  const [id, example] = keyed
  const name = JSON.stringify(pool.at('name').text ?? '')
  yield {
    code: 'MISSING',
    path: written.path,
    at: 'value',
    message: `\`${id}\` needs the key to go by: pool ${name} has no \`${id}\`.`,
    hint: `Add \`${example}\` to the pool.`
  }
}

function* checkRule(partition: LooseNode): Generator<Finding> {
  if (partition.at('method').value !== 'consistent' || !partition.has('when_unavailable')) return
  yield {
    code: 'CONFLICT',
    path: partition.at('when_unavailable').path,
    at: 'key',
    message:
      '`when_unavailable` is for `modulo`: `consistent` always moves what is without a backend.',
    hint: 'Take it out, or use `method: modulo`.'
  }
}
