/**
 * A pool has one set of options for all of its backends: that of its first sink. What other sinks of
 * the same division say otherwise is left, and said to be.
 */
import { leavesOf, type TomlEntry, type TomlValue } from '../toml/toml-document.ts'
import { find, type Component } from './component.ts'
import type { Member } from './pool-unit.ts'
import type { Translation } from './translation.ts'

/** Each sink has its own, or they say what is so in any case. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  ...['type', 'inputs', 'uri', 'condition'],
  ...['acknowledgements', 'acknowledgements.enabled', 'compression']
])

export function leaveDifferences(members: readonly Member[], translation: Translation): void {
  const [first, ...others] = members.map(({ sink }) => sink)
  for (const other of others) leaveOtherOptions(first!, other, translation)
}

function leaveOtherOptions(first: Component, other: Component, { ledger }: Translation): void {
  const written = new Map(leavesOf(first.table).map((leaf) => [nameIn(first, leaf), leaf]))
  for (const leaf of leavesOf(other.table)) {
    const name = nameIn(other, leaf)
    const counterpart = written.get(name)
    written.delete(name)
    if (OWN_KEYS.has(name) || !ledger.isTranslated(leaf)) continue
    if (counterpart !== undefined && isEqual(leaf.value, counterpart.value)) continue
    const where = counterpart === undefined ? '' : ` in line ${counterpart.place.line}`
    ledger.left(leaf, {
      why: `A pool has one set of options for all of its backends, and what sinks.${first.id} says${where} is written.`
    })
  }
  const added = [...written].filter(
    ([name, leaf]) => !OWN_KEYS.has(name) && ledger.isTranslated(leaf)
  )
  if (added.length === 0) return
  const names = added.map(([name]) => name).join(', ')
  ledger.translated(find(other.table, 'type')!, '', {
    why: `A pool has one set of options for all of its backends: what sinks.${first.id} says of ${names} is for this one, too.`
  })
}

function nameIn({ entry }: Component, leaf: TomlEntry): string {
  return leaf.path.slice(entry.path.length).join('.')
}

function isEqual(a: TomlValue, b: TomlValue): boolean {
  return comparable(a) === comparable(b)
}

function comparable(value: TomlValue): string {
  if (value.kind === 'list') return JSON.stringify(value.items.map(comparable))
  if (value.kind === 'table') return '{}'
  return JSON.stringify(Object.entries(value))
}
