/** Sources, transforms and sinks of a Vector configuration, as they stand in it. */
import type { TomlEntry, TomlTable } from '../toml/toml-document.ts'

export type ComponentKind = 'source' | 'transform' | 'sink'

export interface Component {
  readonly kind: ComponentKind
  readonly id: string
  /** `[sinks.http_out]`. */
  readonly entry: TomlEntry
  readonly table: TomlTable
  /** '' where it has none. */
  readonly type: string
}

const SECTIONS = { source: 'sources', transform: 'transforms', sink: 'sinks' } as const

export function componentsOf(root: TomlTable, kind: ComponentKind): readonly Component[] {
  const section = root.get(SECTIONS[kind])?.value
  if (section?.kind !== 'table') return []
  return [...section.table].flatMap(([id, entry]) => {
    if (entry.value.kind !== 'table') return []
    const { table } = entry.value
    return [{ kind, id, entry, table, type: textOf(table.get('type')) ?? '' }]
  })
}

/** The key at this place below a table, by single names: `['buffer', 'max_size']`. */
export function find(table: TomlTable, ...names: readonly string[]): TomlEntry | undefined {
  let entry: TomlEntry | undefined
  let at: TomlTable | undefined = table
  for (const name of names) {
    entry = at?.get(name)
    at = entry?.value.kind === 'table' ? entry.value.table : undefined
  }
  return entry
}

export function textOf(entry: TomlEntry | undefined): string | undefined {
  return entry?.value.kind === 'text' ? entry.value.text : undefined
}

export function numberOf(entry: TomlEntry | undefined): number | undefined {
  return entry?.value.kind === 'number' ? entry.value.number : undefined
}

export function flagOf(entry: TomlEntry | undefined): boolean | undefined {
  return entry?.value.kind === 'flag' ? entry.value.isSet : undefined
}

/** Of a list of nothing but texts; one text counts as a list of one, as Vector takes it. */
export function textsOf(entry: TomlEntry | undefined): readonly string[] | undefined {
  const value = entry?.value
  if (value?.kind === 'text') return [value.text]
  if (value?.kind !== 'list') return undefined
  const texts = value.items.flatMap((item) => (item.kind === 'text' ? [item.text] : []))
  return texts.length === value.items.length ? texts : undefined
}
