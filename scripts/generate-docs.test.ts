/** Contract: what is generated is committed as it is, and describes the whole schema. */
import { beforeAll, expect, test } from 'vitest'
import { generateDocs, staleDocs } from './generate-docs.ts'
import { sections } from './reference/schema-tree.ts'

let generated: ReadonlyMap<string, string>

beforeAll(async () => {
  generated = await generateDocs()
})

test('no generated file is stale (`node scripts/generate-docs.ts` writes them)', async () => {
  expect(await staleDocs()).toEqual([])
})

test('every option of the schema has a heading in the reference, and every link leads to one', () => {
  const reference = generated.get('docs/reference/configuration.md') ?? ''
  const headings = new Set([...reference.matchAll(/^#{2,3} (.+)$/gm)].map(([, text]) => text))
  for (const { doc, options } of sections()) {
    for (const { key } of options) {
      expect(headings).toContain(doc.title === 'top level' ? key : `${doc.title}.${key}`)
    }
  }
  const anchors = [...headings].map((text) =>
    (text ?? '')
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
  )
  expect(new Set(anchors).size).toBe(anchors.length)
  const links = [...reference.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor ?? '')
  expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([])
})

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: unknown
  readonly description?: string
  readonly pattern?: string
  readonly definitions?: Readonly<Record<string, SchemaNode>>
}

test('the JSON Schema knows every key, explains it, and refuses others', () => {
  const schema = JSON.parse(generated.get('resources/switchyard.schema.json') ?? '{}') as SchemaNode
  const nouns = [schema, ...Object.values(schema.definitions ?? {})]
  expect(nouns.length).toBe(sections().length)
  for (const noun of nouns) {
    expect(noun.additionalProperties).toBe(false)
    for (const property of Object.values(noun.properties ?? {})) {
      expect(property.description).toBeTruthy()
      if (property.pattern !== undefined)
        expect(() => new RegExp(property.pattern ?? '', 'u')).not.toThrow()
    }
  }
})
