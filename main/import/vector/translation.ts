/** What all parts of the translation share: the account of keys, the names that are taken. */
import type { DraftMap, DraftValue } from '../draft-map.ts'
import type { ImportLedger } from '../import-ledger.ts'
import type { Remark } from '../importer.ts'
import { leavesOf, type TomlEntry } from '../toml/toml-document.ts'
import { find, type Component } from './component.ts'
import { noteOf, type KeyNote, type KeyNotes } from './key-note.ts'

export class Translation {
  readonly ledger: ImportLedger<TomlEntry>
  readonly #names = new Map<string, Set<string>>()
  readonly #said = new Set<string>()

  constructor(ledger: ImportLedger<TomlEntry>) {
    this.ledger = ledger
  }

  /** Writes what a key means, with its line behind it. */
  put(map: DraftMap, key: string, value: DraftValue, from: TomlEntry, remark: Remark = {}): void {
    map.set(key, value, lineComment(from))
    this.ledger.translated(from, map.pathOf(key), remark)
  }

  /** A name that the schema takes and that nothing else of this kind has. */
  nameFor(kind: 'listener' | 'route' | 'pool', id: string): string {
    const taken = this.#names.get(kind) ?? new Set()
    this.#names.set(kind, taken)
    const base = id
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 56)
    const stem = base === '' ? kind : base
    let name = stem
    for (let count = 2; taken.has(name); count++) name = `${stem}-${count}`
    taken.add(name)
    return name
  }

  /** The remark the first time, nothing afterwards: what holds for every sink is said once. */
  once(subject: string, remark: Remark): Remark {
    if (this.#said.has(subject)) return {}
    this.#said.add(subject)
    return remark
  }

  /** Every key of the component that nobody has booked. */
  leaveRest(component: Component, notes: KeyNotes, unknown: KeyNote): void {
    for (const leaf of leavesOf(component.table)) {
      if (this.ledger.has(leaf)) continue
      this.ledger.left(leaf, noteOf(notes, leaf, component.entry) ?? unknown)
    }
  }

  /** The component as a whole, for one reason. */
  leaveAll(component: Component, note: KeyNote): void {
    const leaves = leavesOf(component.table)
    const main = find(component.table, 'type') ?? leaves[0] ?? component.entry
    this.ledger.left(main, note)
    for (const leaf of leaves) if (leaf !== main) this.ledger.leftWith(leaf, main)
  }
}

/** `line 3`, `lines 3, 7`. */
export function lineComment(...entries: readonly TomlEntry[]): string {
  const lines = [...new Set(entries.map(({ place }) => place.line))].sort((a, b) => a - b)
  return `${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}`
}
