/** Names that are used must be defined. */
import { DEFAULT_LISTENER_NAME } from '../../model/default-settings.ts'
import { nearestName } from '../../model/schema/nearest-name.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

export function* checkReferences(root: LooseNode): Generator<Finding> {
  const pools = namesIn(root.at('pools'))
  const listeners = root.has('listeners') ? namesIn(root.at('listeners')) : [DEFAULT_LISTENER_NAME]
  for (const route of root.at('routes').items) {
    yield* checkReference(route.at('pool'), 'pool', pools)
    for (const name of route.at('listeners').items)
      yield* checkReference(name, 'listener', listeners)
  }
  for (const pool of root.at('pools').items) {
    yield* checkReference(pool.at('fallback').at('pool'), 'pool', pools)
  }
}

function* checkReference(
  use: LooseNode,
  noun: string,
  defined: readonly string[]
): Generator<Finding> {
  const name = use.text
  if (name === undefined || defined.includes(name)) return
  const near = nearestName(name, defined)
  const all =
    defined.length === 0 ? `This file defines no ${noun}.` : `Defined: ${listed(defined)}.`
  yield {
    code: 'UNKNOWN_REFERENCE',
    path: use.path,
    at: 'value',
    message: `No ${noun} has the name ${JSON.stringify(name)}.`,
    hint: near === undefined ? all : `Did you mean ${JSON.stringify(near)}?`
  }
}

function namesIn(section: LooseNode): readonly string[] {
  return section.items.map((item) => item.at('name').text).filter((name) => name !== undefined)
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ')
  return names.length > 8 ? `${shown}, …` : shown
}
