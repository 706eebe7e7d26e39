/** The configuration schema as a tree of nouns: which keys are known where. */
import { z } from 'zod'
import { configSchema } from '../model/config-schema.ts'
import type { ConfigPath } from '../model/config-problem.ts'
import { nounDocs } from '../model/schema/option.ts'

/** Every mapping that may stand at a path; several where a union offers them. */
export function objectsAt(path: ConfigPath): readonly z.ZodObject[] {
  let schemas: readonly z.core.$ZodType[] = [configSchema]
  for (const step of path) schemas = schemas.flatMap((schema) => childSchemas(schema, step))
  return schemas.flatMap(alternatives).filter((schema) => schema instanceof z.ZodObject)
}

/** The nouns of the whole schema in which a key of this name is known, by their titles. */
export function titlesWithKey(key: string): readonly string[] {
  const titles = new Set<string>()
  visitNouns(configSchema, (object) => {
    const doc = nounDocs.get(object)
    if (doc !== undefined && Object.hasOwn(object.shape, key)) titles.add(doc.title)
  })
  return [...titles]
}

/** A schema without its wrappers; several for a union. */
export function alternatives(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return alternatives(schema.unwrap())
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternatives)
  return [schema]
}

/** What may stand under a key or index of what the schema describes. */
export function childSchemas(
  schema: z.core.$ZodType,
  step: string | number
): readonly z.core.$ZodType[] {
  return alternatives(schema).flatMap((plain) => {
    if (plain instanceof z.ZodArray) return typeof step === 'number' ? [plain.element] : []
    if (!(plain instanceof z.ZodObject) || !Object.hasOwn(plain.shape, step)) return []
    return [plain.shape[step]!]
  })
}

function visitNouns(schema: z.core.$ZodType, visit: (object: z.ZodObject) => void): void {
  for (const plain of alternatives(schema)) {
    if (plain instanceof z.ZodArray) visitNouns(plain.element, visit)
    if (!(plain instanceof z.ZodObject)) continue
    visit(plain)
    for (const child of Object.values(plain.shape)) visitNouns(child, visit)
  }
}
