/** Contract: every option is documented, and every example in the documentation is valid. */
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { configSchema } from '../config-schema.ts'
import { nounDocs, optionDocs } from './option.ts'

interface Noun {
  readonly title: string
  readonly schema: z.ZodObject
}

/** Every noun of the schema, each once. */
function nounsIn(schema: unknown, found = new Map<string, Noun>()): Map<string, Noun> {
  if (schema instanceof z.ZodOptional) return nounsIn(schema.unwrap(), found)
  if (schema instanceof z.ZodArray) return nounsIn(schema.element, found)
  if (schema instanceof z.ZodUnion) for (const each of schema.options) nounsIn(each, found)
  if (!(schema instanceof z.ZodObject)) return found
  const doc = nounDocs.get(schema)
  if (doc !== undefined) found.set(doc.title, { title: doc.title, schema })
  for (const child of Object.values(schema.shape)) nounsIn(child, found)
  return found
}

const NOUNS = [...nounsIn(configSchema).values()]
const OPTIONS = NOUNS.flatMap(({ title, schema }) =>
  Object.entries(schema.shape).map(([key, option]) => ({ title, key, schema, option }))
)

test('the walk finds the nouns of every area', () => {
  const titles = NOUNS.map(({ title }) => title)
  for (const title of [
    'top level',
    'listeners[]',
    'routes[]',
    'pools[].backends[]',
    'health_check',
    'failover'
  ]) {
    expect(titles).toContain(title)
  }
  expect(OPTIONS.length).toBeGreaterThan(90)
})

test.each(NOUNS)('the least $title is valid', ({ schema }) => {
  const result = schema.safeParse(nounDocs.get(schema)?.minimal)
  expect(result.error?.issues ?? []).toEqual([])
})

test.each(OPTIONS)(
  '$title $key is documented with an example that is valid',
  ({ key, schema, option }) => {
    const doc = optionDocs.get(option)
    expect(doc?.effect).toMatch(/[.]$/)
    const example = parse(doc?.example ?? '') as Record<string, unknown>
    expect(Object.keys(example)).toContain(key)
    const result = schema.safeParse({ ...nounDocs.get(schema)?.minimal, ...example })
    expect(result.error?.issues ?? []).toEqual([])
  }
)

test.each(OPTIONS)('$title $key says its default, or is required', ({ option }) => {
  const isRequired = !(option instanceof z.ZodOptional)
  const hasDefault = optionDocs.get(option)?.default !== undefined
  const isShorthand = ['global', 'backends'].some(
    (key) => configSchema.shape[key as 'global'] === option
  )
  expect(isRequired || hasDefault || isShorthand).toBe(true)
  expect(isRequired && hasDefault).toBe(false)
})

test.each(NOUNS)(
  'no word of $title is both known and not built, and hints lead to known keys',
  ({ schema }) => {
    const known = Object.keys(schema.shape)
    const { notYet = {}, synonyms = {} } = nounDocs.get(schema) ?? {}
    expect(Object.keys(notYet).filter((key) => known.includes(key))).toEqual([])
    expect(Object.keys(synonyms).filter((key) => known.includes(key))).toEqual([])
    expect(Object.values(synonyms).filter((key) => !known.includes(key))).toEqual([])
  }
)
