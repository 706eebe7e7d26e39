/** The configuration schema as the option reference walks it: every mapping once, with its places. */
import { z } from 'zod'
import { configSchema } from '../../proxy-core/model/config-schema.ts'
import {
  nounDocs,
  optionDocs,
  type NounDoc,
  type OptionDoc
} from '../../proxy-core/model/schema/option.ts'
import { notations } from '../../proxy-core/model/schema/scalar.ts'

export interface Section {
  readonly doc: NounDoc
  /** Every path at which the mapping may stand: `pools[].health_check`; '' for the file itself. */
  readonly places: readonly string[]
  readonly options: readonly Option[]
}

export interface Option {
  readonly key: string
  readonly isRequired: boolean
  /** `<duration>`, `{ … }`, `[<name>, …]`. */
  readonly syntax: string
  /** Titles of the sections that describe what may stand inside. */
  readonly inner: readonly string[]
  readonly doc: OptionDoc
}

/** In the order of the schema, each mapping where it occurs first. */
export function sections(): readonly Section[] {
  const found = new Map<string, { doc: NounDoc; places: string[]; schema: z.ZodObject }>()
  visit(configSchema, '', (schema, place) => {
    const doc = nounDocs.get(schema)
    if (doc === undefined) return
    const earlier = found.get(doc.title)
    if (earlier === undefined) found.set(doc.title, { doc, places: [place], schema })
    else earlier.places.push(place)
  })
  return [...found.values()].map(({ doc, places, schema }) => ({
    doc,
    places: [...new Set(places)],
    options: Object.entries(schema.shape).map(([key, option]) => optionOf(doc, key, option))
  }))
}

function optionOf(noun: NounDoc, key: string, schema: z.core.$ZodType): Option {
  const doc = optionDocs.get(schema)
  if (doc === undefined) throw new Error(`${noun.title}: \`${key}\` has no documentation`)
  const isRequired = !(schema instanceof z.ZodOptional)
  return { key, isRequired, syntax: syntaxOf(schema), inner: titlesIn(schema), doc }
}

/** The nouns that a value may consist of, not those inside them. */
function titlesIn(schema: z.core.$ZodType): readonly string[] {
  if (schema instanceof z.ZodOptional) return titlesIn(schema.unwrap())
  if (schema instanceof z.ZodArray) return titlesIn(schema.element)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(titlesIn)
  const doc = schema instanceof z.ZodObject ? nounDocs.get(schema) : undefined
  return doc === undefined ? [] : [doc.title]
}

function visit(
  schema: z.core.$ZodType,
  place: string,
  seen: (schema: z.ZodObject, place: string) => void
): void {
  if (schema instanceof z.ZodOptional) visit(schema.unwrap(), place, seen)
  else if (schema instanceof z.ZodArray) visit(schema.element, `${place}[]`, seen)
  else if (schema instanceof z.ZodUnion) {
    for (const option of schema.options) visit(option, place, seen)
  } else if (schema instanceof z.ZodObject) {
    seen(schema, place)
    for (const [key, child] of Object.entries(schema.shape)) {
      visit(child, place === '' ? key : `${place}.${key}`, seen)
    }
  }
}

function syntaxOf(schema: z.core.$ZodType): string {
  const notation = notations.get(schema)
  if (notation !== undefined) return notation.syntax
  if (schema instanceof z.ZodOptional) return syntaxOf(schema.unwrap())
  if (schema instanceof z.ZodArray) return `[${syntaxOf(schema.element)}, …]`
  if (schema instanceof z.ZodRecord) return '{ <field name>: <text>, … }'
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String).join(' | ')
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.map(syntaxOf))].join(' | ')
  return '{ … }'
}
