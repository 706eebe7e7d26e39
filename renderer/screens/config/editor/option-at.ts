/** The option whose name or value is at a place, for the hover and the line below the editor. */
import type { SchemaBook, SchemaDoc } from './schema-book.ts'
import { yamlPlaceAt, type LineSource, type PathStep } from './yaml-place.ts'

export interface OptionAt extends SchemaDoc {
  /** "pools[].backends[].weight". */
  readonly name: string
}

/** null in comments, and where the schema has nothing of that name. */
export function optionAt(
  book: SchemaBook,
  lines: LineSource,
  number: number,
  column: number
): OptionAt | null {
  const place = yamlPlaceAt(lines, number, column)
  if (place === null) return null
  const text = lines.line(number)
  const word = /^[\w-]*/.exec(text.slice(place.from))?.[0] ?? ''
  const path: readonly PathStep[] =
    place.kind === 'key' && word !== '' ? [...place.path, { key: word }] : place.path
  const named = withoutLastItems(path)
  const doc = book.docAt(named)
  return doc === null ? null : { name: pathName(path), ...doc }
}

/** The items of a list are documented with its key. */
function withoutLastItems(path: readonly PathStep[]): readonly PathStep[] {
  const last = path.findLastIndex((step) => step !== 'item')
  return path.slice(0, last + 1)
}

export function pathName(path: readonly PathStep[]): string {
  return path
    .map((step) => (step === 'item' ? '[]' : `.${step.key}`))
    .join('')
    .replace(/^\./, '')
}
