/**
 * Contract: every operation of the admin API is described in full, in OpenAPI 3.1, by what stands
 * beside its handler; what is served is what is committed.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ERROR_CATALOGUE } from '../model/error-catalogue.ts'
import type { AdminOperation } from './admin-route.ts'
import { openApiDocument } from './openapi.ts'
import { ADMIN_ROUTES } from './routes.ts'
import { jsonOf, useAdmin } from './testing/admin-under-test.ts'

type Json = Readonly<Record<string, unknown>>

interface Operation extends Json {
  readonly operationId: string
  readonly summary: string
  readonly parameters: readonly Json[]
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}

const document = JSON.parse(JSON.stringify(openApiDocument(ADMIN_ROUTES))) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Json>> }
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one] as const)
)

const admin = useAdmin()

describe('the document', () => {
  it('has every method of every route, and no other', () => {
    const served = ADMIN_ROUTES.flatMap(({ path, methods }) =>
      Object.keys(methods).map((method) => `${method} ${path}`)
    )
    expect(operations.map(([name]) => name).toSorted()).toEqual(served.toSorted())
  })

  it('gives each operation a name of its own', () => {
    const ids = operations.map(([, { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('refers only to schemas that it has, and has none that nothing refers to', () => {
    const text = JSON.stringify(document)
    const used = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, id]) => id!)
    expect([...new Set(used)].toSorted()).toEqual(
      Object.keys(document.components.schemas).toSorted()
    )
    expect(text).not.toContain('#/$defs/')
  })

  it('is what the API serves and what is committed', async () => {
    await admin().start()
    const served = jsonOf(await admin().ask('/api/v1/openapi.json'))
    const file = new URL('../../resources/openapi.json', import.meta.url)
    expect(served).toEqual(document)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(document)
  })
})

describe.each(operations)('%s', (name, one) => {
  it('says what it does, what each parameter means and what each answer is', () => {
    expect(one.summary).toMatch(/^[A-Z].*[^.]$/)
    for (const parameter of one.parameters) expect(parameter['description']).toMatch(/\.$/)
    for (const { description } of Object.values(one.responses)) expect(description).toMatch(/\S/)
    expect(Object.keys(one.responses)).toContain('500')
  })

  it('has the parameters of its path, and the query that its handler reads', () => {
    const [method, path] = name.split(' ') as ['GET', string]
    const route = ADMIN_ROUTES.find((candidate) => candidate.path === path)!
    const { description } = route.methods[method] as AdminOperation
    const named = (place: string): unknown[] =>
      one.parameters.filter((parameter) => parameter['in'] === place).map(({ name: id }) => id)
    expect(named('path')).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => id))
    expect(named('query')).toEqual(Object.keys(description.query?.shape ?? {}))
  })
})

it('asks for a number, a boolean and a word in the query where they are meant', () => {
  const query = document.paths['/api/v1/failover/activate']!['post']!.parameters
  expect(
    query.map(({ name, required, schema }) => [name, required, (schema as Json)['type']])
  ).toEqual([
    ['pool', true, 'string'],
    ['level', false, 'integer'],
    ['force', false, 'boolean'],
    ['reason', false, 'string']
  ])
})

it('says which paths need no token, and which may need none', () => {
  const security = (path: string): unknown => Object.values(document.paths[path]!)[0]!['security']
  expect(security('/health/live')).toEqual([])
  expect(security('/api/v1/failover/activate')).toEqual([{ token: [] }, {}])
  expect(security('/metrics')).toEqual([{ token: [] }, {}])
  expect(security('/api/v1/pools')).toBeUndefined()
})

it('names only errors that exist', () => {
  for (const [, { responses }] of operations) {
    for (const { description } of Object.values(responses)) {
      for (const [, code] of description.matchAll(/`([A-Z_]{4,})`/g)) {
        expect(Object.keys(ERROR_CATALOGUE)).toContain(code)
      }
    }
  }
})

it('has schemas that a reader of JSON Schema understands', () => {
  const { schemas } = document.components
  const resolved = JSON.parse(
    JSON.stringify({ $defs: schemas, ...schemas['FailoverChange'] }).replaceAll(
      '#/components/schemas/',
      '#/$defs/'
    )
  ) as Parameters<typeof z.fromJSONSchema>[0]
  const reader = z.fromJSONSchema(resolved)
  const change = admin().engine.activateFailover('api', { level: 1, isForced: false, reason: 'r' })
  expect(reader.safeParse(JSON.parse(JSON.stringify(change))).error).toBeUndefined()
  expect(reader.safeParse({ ...change, changed: 'yes' }).success).toBe(false)
})
