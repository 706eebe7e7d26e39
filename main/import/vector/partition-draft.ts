/** A pool that divides keys among its backends, as it is written. */
import type { DraftMap } from '../draft-map.ts'
import type { Remark } from '../importer.ts'
import type { TomlEntry } from '../toml/toml-document.ts'
import { find } from './component.ts'
import type { Division } from './partition.ts'
import type { Member, PoolUnit } from './pool-unit.ts'
import { lineComment, type Translation } from './translation.ts'

const NO_SUCH_TRANSFORM =
  'There is no transform of this type. What it means takes a `remap` that computes the number, a `route` on it, and sinks that take its outputs.'

export function draftPartition(
  { members }: PoolUnit,
  division: Division,
  pool: DraftMap,
  translation: Translation
): void {
  const { transform, key, keyEntry, count, countEntry, isOfSeed } = division
  pool.set('algorithm', 'partition', lineComment(transform.entry))
  const partition = pool.child('partition')
  translation.put(partition, 'key', key, keyEntry, keyRemark(isOfSeed, key))
  partition.set('method', 'modulo', 'partition n is the n-th backend')
  const number = count ?? members.length
  if (countEntry === null) partition.set('count', number, lineComment(keyEntry))
  else translation.put(partition, 'count', number, countEntry)
  partition.set('when_unavailable', 'refuse', 'as with Vector, no other backend takes its place')
  const remark = isOfSeed ? { origin: NO_SUCH_TRANSFORM } : {}
  translation.ledger.translated(find(transform.table, 'type')!, pool.pathOf('algorithm'), remark)
  bookShares(members, pool, translation)
  warnOfGaps(members, number, countEntry ?? keyEntry, pool, translation)
}

/** A condition says which backend of the list a sink is. */
function bookShares(members: readonly Member[], pool: DraftMap, { ledger }: Translation): void {
  for (const { share } of members) {
    if (share === null) continue
    const { condition, division } = share
    const isOfSink = division.isOfSeed && condition.path.at(-1) === 'condition'
    const remark = isOfSink ? { origin: 'Sinks have no conditions; the option is refused.' } : {}
    ledger.translated(condition, pool.pathOf('backends'), remark)
  }
}

function keyRemark(isOfSeed: boolean, key: string): Remark {
  if (!isOfSeed) {
    return {
      why: 'Keys are hashed in another way, so a key can go to another backend than with Vector.'
    }
  }
  if (!key.startsWith('header:')) return {}
  return {
    origin: `A field of a request is in an event only if \`headers\` of the source lists it, and then by its own name, ."${key.slice('header:'.length)}", and not below headers.`
  }
}

/** Partitions that no sink takes, or several: what becomes of them is said. */
function warnOfGaps(
  members: readonly Member[],
  count: number,
  entry: TomlEntry,
  pool: DraftMap,
  translation: Translation
): void {
  const numbers = members.map(({ share }) => share?.number ?? 0)
  const isWhole = numbers.length === count && numbers.every((number, at) => number === at)
  if (isWhole) return
  const why = `The sinks take ${numbers.join(', ')} of ${count} partitions. Here partition n belongs to backend n modulo ${members.length}, in the order of their numbers.`
  translation.ledger.translated(entry, pool.pathOf('partition.count'), { why })
}
