/**
 * Documentation that lives with the schema: the option reference and the descriptions in
 * the JSON Schema are generated from it, so they cannot differ from what is checked.
 */
import { z } from 'zod'

export interface OptionDoc {
  /** What it does, in full sentences. */
  readonly effect: string
  /** As one would write it; absent for required options and those without a default. */
  readonly default?: string
  readonly unit?: string
  /** What happens at the edges: zero, absence, combination with other options. */
  readonly edge?: string
  /** YAML that is valid inside the noun, shown as it is and checked by a test. */
  readonly example: string
  /** Other options to read, as full names: `pools[].queue`. */
  readonly see?: readonly string[]
}

export interface NounDoc {
  /** Heading in the option reference: `pools[]`. */
  readonly title: string
  readonly effect: string
  /** The least that makes a valid one; examples are checked on top of it. */
  readonly minimal: Readonly<Record<string, unknown>>
  /** Keys of the design that are not built: key → what it will be, as a noun phrase. */
  readonly notYet?: Readonly<Record<string, string>>
  /** What other balancers call an option: their name → ours. Only used in hints. */
  readonly synonyms?: Readonly<Record<string, string>>
}

export const optionDocs = z.registry<OptionDoc>()
export const nounDocs = z.registry<NounDoc>()

/** An optional key of a noun. */
export function option<T extends z.ZodType>(schema: T, doc: OptionDoc): z.ZodOptional<T> {
  const optional = documented(schema, doc).optional()
  optionDocs.add(optional, doc)
  return optional
}

/** A key without which the noun is invalid. */
export function required<T extends z.ZodType>(schema: T, doc: OptionDoc): T {
  const present = documented(schema, doc)
  optionDocs.add(present, doc)
  return present
}

/** A mapping that knows all of its keys. `id` names it in the JSON Schema; null for the root. */
export function noun<S extends z.core.$ZodLooseShape>(
  id: string | null,
  shape: S,
  doc: NounDoc
): z.ZodObject<S, z.core.$strict> {
  const naming = id === null ? {} : { id }
  const meta = { ...naming, description: doc.effect }
  return z.strictObject(shape).meta(meta).register(nounDocs, doc)
}

function documented<T extends z.ZodType>(schema: T, doc: OptionDoc): T {
  const sentences = [doc.effect]
  if (doc.edge !== undefined) sentences.push(doc.edge)
  if (doc.default !== undefined) sentences.push(`Default: ${doc.default}.`)
  return schema.meta({ description: sentences.join(' ') })
}
