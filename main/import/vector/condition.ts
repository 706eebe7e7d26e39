/**
 * The conditions of Vector that say something about a request: comparisons of one field with a fixed
 * value, and their conjunction. VRL is a language; whatever else it says is not guessed at.
 */
import type { TomlValue } from '../toml/toml-document.ts'

export type Term =
  | { readonly kind: 'number'; readonly field: FieldPath; readonly number: number }
  | { readonly kind: 'text'; readonly field: FieldPath; readonly text: string }
  | { readonly kind: 'prefix'; readonly field: FieldPath; readonly text: string }

/** `.headers."X-Id"` is `['headers', 'X-Id']`. */
export type FieldPath = readonly string[]

const MAX_LENGTH = 1000
const SEGMENT = String.raw`(?:[A-Za-z0-9_@-]+|"[^"\\]*")`
const FIELD = String.raw`[.%]?${SEGMENT}(?:\.${SEGMENT})*`
/** What makes VRL sure of a type: `string!(.path)`. */
const SURE_FIELD = String.raw`(?:(?:to_)?(?:string|int)!?\(\s*(?<inner>${FIELD})\s*\)|(?<bare>${FIELD}))`
const LITERAL = String.raw`(?:(?<number>\d{1,9})|"(?<text>[^"\\]*)"|'(?<quoted>[^'\\]*)')`
const EQUALITY = new RegExp(String.raw`^${SURE_FIELD}\s*==\s*${LITERAL}$`)
const PREFIX = new RegExp(
  String.raw`^starts_with!?\(\s*${SURE_FIELD}\s*,\s*(?:"(?<text>[^"\\]*)"|'(?<quoted>[^'\\]*)')\s*\)$`
)

/** Null for everything that is not wholly understood. */
export function readCondition(value: TomlValue): readonly Term[] | null {
  const text = conditionText(value)
  if (text === null || text.length > MAX_LENGTH) return null
  const terms = text.split('&&').map((part) => readTerm(part.trim()))
  return terms.every((term) => term !== null) ? terms : null
}

/** `.a."b c"` → `['a', 'b c']`; undefined for a text of another form. */
export function readFieldPath(text: string): FieldPath | undefined {
  if (text.length > MAX_LENGTH || !new RegExp(`^${FIELD}$`).test(text)) return undefined
  const segments = text.match(new RegExp(SEGMENT, 'g')) ?? []
  return segments.map((segment) => (segment.startsWith('"') ? segment.slice(1, -1) : segment))
}

function conditionText(value: TomlValue): string | null {
  if (value.kind === 'text') return value.text.trim()
  if (value.kind !== 'table') return null
  const type = value.table.get('type')?.value
  const source = value.table.get('source')?.value
  if (type?.kind !== 'text' || type.text !== 'vrl' || source?.kind !== 'text') return null
  return source.text.trim()
}

function readTerm(text: string): Term | null {
  const groups = (EQUALITY.exec(text) ?? PREFIX.exec(text))?.groups
  const field = readFieldPath(groups?.inner ?? groups?.bare ?? '')
  if (groups === undefined || field === undefined) return null
  if (groups.number !== undefined) return { kind: 'number', field, number: Number(groups.number) }
  const kind = text.startsWith('starts_with') && PREFIX.test(text) ? 'prefix' : 'text'
  return { kind, field, text: groups.text ?? groups.quoted ?? '' }
}
