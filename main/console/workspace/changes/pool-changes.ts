/** What changes in one pool, as sentences. */
import type { BackendSettings, PoolSettings } from '../../../../proxy-core/model/settings.ts'
import { changeSentence, isSame, optionChanges, type OptionChange } from './option-changes.ts'

/** More addresses than these are counted only. */
const MAX_NAMED = 3

export function poolChanges(before: PoolSettings, now: PoolSettings): readonly string[] {
  const { name } = now
  const kept = keptBackends(before, now)
  const shared = sharedChanges(kept)
  return [
    ...movedBackends(before, now),
    ...optionChanges(before, now, ['name', 'backends']).map((change) =>
      changeSentence(name, change)
    ),
    ...shared.map((change) => changeSentence(name, change)),
    ...kept.flatMap(([was, is]) => ownChanges(name, was, is, shared))
  ]
}

/** "3 backends", "1 backend (10.0.0.1:80)". */
export function countedBackends(addresses: readonly string[]): string {
  const count = addresses.length === 1 ? '1 backend' : `${addresses.length} backends`
  return addresses.length > MAX_NAMED ? count : `${count} (${addresses.join(', ')})`
}

function movedBackends(before: PoolSettings, now: PoolSettings): readonly string[] {
  const was = new Set(before.backends.map(({ address }) => address))
  const is = new Set(now.backends.map(({ address }) => address))
  const added = [...is].filter((address) => !was.has(address))
  const removed = [...was].filter((address) => !is.has(address))
  const sentences: string[] = []
  if (added.length > 0) sentences.push(`${withNames('added to', now.name, added)}`)
  if (removed.length > 0) {
    const end = removed.length === 1 ? 'it finishes' : 'they finish'
    sentences.push(`${withNames('removed from', now.name, removed)}: ${end} what runs`)
  }
  return sentences
}

/** "2 backends added to api (10.0.0.3:80, 10.0.0.4:80)". */
function withNames(verb: string, pool: string, addresses: readonly string[]): string {
  const count = addresses.length === 1 ? '1 backend' : `${addresses.length} backends`
  const names = addresses.length > MAX_NAMED ? '' : ` (${addresses.join(', ')})`
  return `${count} ${verb} ${pool}${names}`
}

type Kept = readonly [was: BackendSettings, is: BackendSettings]

function keptBackends(before: PoolSettings, now: PoolSettings): readonly Kept[] {
  return now.backends.flatMap((is): Kept[] => {
    const was = before.backends.find(({ address }) => address === is.address)
    return was ? [[was, is]] : []
  })
}

/** What every kept backend has in common was written once, at the pool. */
function sharedChanges(kept: readonly Kept[]): readonly OptionChange[] {
  const [first, ...others] = kept.map(([was, is]) => optionChanges(was, is, IDENTITY))
  if (first === undefined || others.length === 0) return []
  return first.filter((change) =>
    others.every((changes) => changes.some((other) => isSame(other, change)))
  )
}

const IDENTITY = ['address', 'host', 'port']

function ownChanges(
  pool: string,
  was: BackendSettings,
  is: BackendSettings,
  shared: readonly OptionChange[]
): readonly string[] {
  return optionChanges(was, is, IDENTITY)
    .filter((change) => !shared.some((other) => isSame(other, change)))
    .map((change) => changeSentence(`${pool}, ${is.address}`, change))
}
