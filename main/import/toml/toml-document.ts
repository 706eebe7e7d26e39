/**
 * A TOML 1.0 text as a tree in which every key knows its place. Tables are Maps, so that a key such
 * as `__proto__` is a key like any other.
 */
import { parseTOML, ParseError, type AST } from 'toml-eslint-parser'
import type { ConfigPath } from '../../../proxy-core/model/config-problem.ts'
import type { Place } from '../../../proxy-core/config/finding.ts'
import { syntaxProblem, unreadableProblem, type TomlProblem } from './toml-problem.ts'

/** Far above any configuration that people write, far below what would stop this process for long. */
export const MAX_TOML_LENGTH = 1_000_000
/** Of tables and arrays in each other. */
const MAX_DEPTH = 64

export type TomlValue =
  | { readonly kind: 'text'; readonly text: string }
  /** `number` of an integer beyond 2^53 is the nearest double; `written` is as in the text. */
  | { readonly kind: 'number'; readonly number: number; readonly written: string }
  | { readonly kind: 'flag'; readonly isSet: boolean }
  | { readonly kind: 'time'; readonly written: string }
  | { readonly kind: 'list'; readonly items: readonly TomlValue[] }
  | { readonly kind: 'table'; readonly table: TomlTable }

export interface TomlEntry {
  /** From the root; the items of arrays of tables by their number. */
  readonly path: ConfigPath
  /** Of the key as it is written, the dots included; of a table, where it is first named. */
  readonly place: Place
  readonly value: TomlValue
}

export type TomlTable = ReadonlyMap<string, TomlEntry>

export type TomlReading =
  | { readonly ok: true; readonly root: TomlTable }
  | { readonly ok: false; readonly problem: TomlProblem }

/** Never throws. A byte order mark is skipped, as Vector does; line ends may be those of Windows. */
export function readToml(text: string): TomlReading {
  if (text.length > MAX_TOML_LENGTH) {
    const limit = MAX_TOML_LENGTH.toLocaleString('en')
    return refused(unreadableProblem(`The file has more than ${limit} characters.`))
  }
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text
  try {
    return {
      ok: true,
      root: new TreeBuilder(plain).build(parseTOML(plain, { tomlVersion: '1.0' }))
    }
  } catch (cause) {
    if (cause instanceof ParseError) return refused(syntaxProblem(plain, cause))
    // The parser descends by recursion, and spreads the characters of a text over one call.
    if (cause instanceof RangeError) {
      return refused(unreadableProblem('It is nested too deeply, or a text in it is too long.'))
    }
    throw cause
  }
}

/** Every entry that is no table, and every empty table, in the order of the text. */
export function leavesOf(table: TomlTable): readonly TomlEntry[] {
  const found: TomlEntry[] = []
  collectLeaves(table, found)
  return found.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
}

function collectLeaves(table: TomlTable, found: TomlEntry[]): void {
  for (const entry of table.values()) {
    const tables = tablesIn(entry.value)
    if (tables.length === 0) found.push(entry)
    for (const inner of tables) collectLeaves(inner, found)
  }
}

/** Of a table with entries, or of an array of such tables; else none. */
function tablesIn(value: TomlValue): readonly TomlTable[] {
  if (value.kind === 'table') return value.table.size > 0 ? [value.table] : []
  if (value.kind !== 'list' || value.items.length === 0) return []
  const tables = value.items.flatMap((item) => (item.kind === 'table' ? [item.table] : []))
  const areFilled = tables.length === value.items.length && tables.every(({ size }) => size > 0)
  return areFilled ? tables : []
}

function refused(problem: TomlProblem): TomlReading {
  return { ok: false, problem }
}

interface GrowingTable {
  readonly path: ConfigPath
  readonly entries: Map<string, TomlEntry>
}

type KeyPart = AST.TOMLBare | AST.TOMLQuoted

/** The parser has refused keys and tables that are defined twice. */
class TreeBuilder {
  readonly #text: string
  readonly #growing = new Map<TomlTable, GrowingTable>()

  constructor(text: string) {
    this.#text = text
  }

  build(program: AST.TOMLProgram): TomlTable {
    const root = this.#newTable([])
    for (const item of program.body[0].body) {
      if (item.type === 'TOMLKeyValue') this.#assign(root, item, 1)
      else {
        const table = this.#tableOf(root, item)
        for (const pair of item.body) this.#assign(table, pair, item.key.keys.length + 1)
      }
    }
    return root.entries
  }

  #newTable(path: ConfigPath): GrowingTable {
    const table = { path, entries: new Map<string, TomlEntry>() }
    this.#growing.set(table.entries, table)
    return table
  }

  #tableOf(root: GrowingTable, { key, kind }: AST.TOMLTable): GrowingTable {
    const parts = key.keys
    if (kind === 'standard') return this.#descend(root, key, parts)
    const parent = this.#descend(root, key, parts.slice(0, -1))
    const name = nameOf(parts.at(-1)!)
    const path = [...parent.path, name]
    const there = parent.entries.get(name)
    const items = there?.value.kind === 'list' ? there.value.items : []
    const table = this.#newTable([...path, items.length])
    const value = { kind: 'list', items: [...items, tableValue(table)] } as const
    parent.entries.set(name, { ...(there ?? this.#entry(path, key)), value })
    return table
  }

  /** Of an array of tables, the last one is meant. */
  #descend(from: GrowingTable, key: AST.TOMLKey, parts: readonly KeyPart[]): GrowingTable {
    let table = from
    for (const part of parts) {
      const name = nameOf(part)
      const there = table.entries.get(name)?.value
      const last = there?.kind === 'list' ? there.items.at(-1) : there
      const known = last?.kind === 'table' ? this.#growing.get(last.table) : undefined
      table = known ?? this.#addTable(table, name, key)
    }
    return table
  }

  #addTable(parent: GrowingTable, name: string, key: AST.TOMLKey): GrowingTable {
    const path = [...parent.path, name]
    const table = this.#newTable(path)
    parent.entries.set(name, { ...this.#entry(path, key), value: tableValue(table) })
    return table
  }

  #assign(table: GrowingTable, { key, value }: AST.TOMLKeyValue, depth: number): void {
    const parent = this.#descend(table, key, key.keys.slice(0, -1))
    const name = nameOf(key.keys.at(-1)!)
    const path = [...parent.path, name]
    const read = this.#valueOf(value, path, depth + key.keys.length)
    parent.entries.set(name, { ...this.#entry(path, key), value: read })
  }

  #valueOf(node: AST.TOMLContentNode, path: ConfigPath, depth: number): TomlValue {
    if (depth > MAX_DEPTH) throw new RangeError('too deep')
    if (node.type === 'TOMLArray') {
      const items = node.elements.map((item, at) => this.#valueOf(item, [...path, at], depth + 1))
      return { kind: 'list', items }
    }
    if (node.type === 'TOMLValue') return scalarOf(node, this.#text.slice(...node.range))
    const table = this.#newTable(path)
    for (const pair of node.body) this.#assign(table, pair, depth + 1)
    return tableValue(table)
  }

  #entry(path: ConfigPath, { loc, range }: AST.TOMLKey): Omit<TomlEntry, 'value'> {
    const width = range[1] - range[0]
    return { path, place: { line: loc.start.line, column: loc.start.column + 1, width } }
  }
}

function tableValue({ entries }: GrowingTable): TomlValue {
  return { kind: 'table', table: entries }
}

function nameOf(part: KeyPart): string {
  return part.type === 'TOMLBare' ? part.name : part.value
}

function scalarOf(node: AST.TOMLValue, written: string): TomlValue {
  switch (node.kind) {
    case 'string':
      return { kind: 'text', text: node.value }
    case 'boolean':
      return { kind: 'flag', isSet: node.value }
    case 'integer':
    case 'float':
      return { kind: 'number', number: node.value, written }
    default:
      return { kind: 'time', written }
  }
}
