/** Keeps account of every key of a source: what became of it, once and for all of them. */
import type { ImportEntry, Remark, SourceKey } from './importer.ts'

/** `Key` is how the source's tree has its entries; each counts by identity. */
export class ImportLedger<Key extends object> {
  readonly #describe: (key: Key) => SourceKey
  readonly #entries = new Map<Key, ImportEntry>()

  constructor(describe: (key: Key) => SourceKey) {
    this.#describe = describe
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  isTranslated(key: Key): boolean {
    return (this.#entries.get(key)?.became ?? null) !== null
  }

  /** Of a key that is translated into several places the first one is named. */
  translated(key: Key, became: string, remark: Remark = {}): void {
    const earlier = this.#entries.get(key)
    this.#put(key, earlier?.became ?? became, { ...remarkOf(earlier), ...remark })
  }

  left(key: Key, remark: Remark & { readonly why: string }): void {
    this.#put(key, null, remark)
  }

  /** For keys that have no meaning of their own once `main` was left. */
  leftWith(key: Key, main: Key): void {
    const { line } = this.#describe(main).place
    const why = `It belongs to what was left in line ${line}.`
    this.#put(key, null, { why }, line)
  }

  /** In the order of the source. */
  entries(): readonly ImportEntry[] {
    return [...this.#entries.values()].toSorted((a, b) => a.line - b.line || a.column - b.column)
  }

  #put(
    key: Key,
    became: string | null,
    { why, origin, instead }: Remark,
    belongsToLine: number | null = null
  ): void {
    const { place, path, value } = this.#describe(key)
    this.#entries.set(key, {
      line: place.line,
      column: place.column,
      path,
      value,
      became,
      why: why ?? null,
      origin: origin ?? null,
      instead: instead ?? null,
      belongsToLine
    })
  }
}

function remarkOf(entry: ImportEntry | undefined): Remark {
  // What was said of a key that seemed to have no meaning is not true of one that has.
  if (entry === undefined || entry.became === null) return {}
  const { why, origin, instead } = entry
  return {
    ...(why === null ? {} : { why }),
    ...(origin === null ? {} : { origin }),
    ...(instead === null ? {} : { instead })
  }
}
