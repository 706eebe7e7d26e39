/** What can be written at a place of the text, as the schema has it. */
import type { SchemaBook, SchemaKey } from './schema-book.ts'
import type { PathStep, YamlPlace } from './yaml-place.ts'

export interface Offer {
  readonly label: string
  /** Form of the value, beside the label. */
  readonly detail: string
  /** The option's documentation. */
  readonly info: string
  /** What is written, with line breaks. */
  readonly insert: string
  /** A value follows that can be offered, too. */
  readonly hasValues: boolean
  /** Required keys come first. */
  readonly isRequired: boolean
}

const ITEM: PathStep = 'item'

/** Empty where nothing is known. */
export function offersAt(book: SchemaBook, place: YamlPlace): readonly Offer[] {
  if (place.kind === 'value') return valueOffers(book, place)
  const own = keyOffers(book, place, place.path, '')
  if (own.length > 0 || place.isFlow) return own
  // Below the key of a list: a dash begins an item.
  return keyOffers(book, place, [...place.path, ITEM], '- ')
}

function valueOffers(book: SchemaBook, { path }: YamlPlace): readonly Offer[] {
  const info = book.docAt(path)?.description ?? ''
  return book.valuesAt(path).map((value) => ({
    label: value,
    detail: '',
    info,
    insert: value,
    hasValues: false,
    isRequired: false
  }))
}

function keyOffers(
  book: SchemaBook,
  place: YamlPlace,
  path: readonly PathStep[],
  prefix: string
): readonly Offer[] {
  return book
    .keysAt(path)
    .filter(({ name }) => !place.siblings.has(name) || name === place.typed)
    .map((key) => ({
      label: key.name,
      detail: key.isRequired ? `required, ${key.form}` : key.form,
      info: key.description,
      insert: prefix + insertOf(key, place, prefix.length),
      hasValues: book.valuesAt([...path, { key: key.name }]).length > 0,
      isRequired: key.isRequired
    }))
}

function insertOf({ name, shape }: SchemaKey, place: YamlPlace, prefixed: number): string {
  if (shape === 'value') return `${name}: `
  if (place.isFlow) return shape === 'list' ? `${name}: [` : `${name}: { `
  const inner = ' '.repeat(place.indent + prefixed + 2)
  return shape === 'list' ? `${name}:\n${inner}- ` : `${name}:\n${inner}`
}
