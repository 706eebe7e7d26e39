/** The OpenAPI 3.1 description of the admin API, made from what its operations say of themselves. */
import { z } from 'zod'
import type { ErrorCode } from '../model/error-catalogue.ts'
import type {
  AdminAccess,
  AdminOperation,
  AdminRoute,
  AnswerDescription,
  OperationDescription
} from './admin-route.ts'
import { statusOf } from './error-answer.ts'
import { componentSchemas, referenceTo } from './openapi-schemas.ts'

/** Of the paths below `/api/v1`; it grows when one of them changes incompatibly. */
const API_VERSION = '1.0.0'

const JSON_TYPE = 'application/json'

type Json = Readonly<Record<string, unknown>>

export function openApiDocument(routes: readonly AdminRoute[]): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Switchyard admin API',
      version: API_VERSION,
      description:
        'What runs, and the word of the operator on it. HEAD works wherever GET does. ' +
        'docs/reference/admin-api.md says who may ask.',
      license: { name: 'MIT', identifier: 'MIT' }
    },
    servers: [{ url: 'http://127.0.0.1:9000', description: 'The default of `admin.address`.' }],
    security: [{ token: [] }],
    paths: Object.fromEntries(routes.map((route) => [route.path, pathItem(route)])),
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The content of the admin.token file that `switchyard run` names.'
        }
      }
    }
  }
}

/** What can be refused before an operation is asked. */
export function errorsOfAccess(access: AdminAccess): readonly ErrorCode[] {
  if (access === 'public') return []
  return ['ADMIN_TOKEN_REQUIRED', 'ADMIN_HOST_REFUSED', 'ADMIN_CROSS_SITE_REFUSED']
}

function pathItem({ path, access, methods }: AdminRoute): Json {
  const operations = Object.entries(methods) as [string, AdminOperation][]
  return Object.fromEntries(
    operations.map(([method, { description }]) => [
      method.toLowerCase(),
      operationItem(path, access, description)
    ])
  )
}

function operationItem(path: string, access: AdminAccess, description: OperationDescription): Json {
  const { id, summary, details, body } = description
  return {
    operationId: id,
    summary,
    ...(details === undefined ? {} : { description: details }),
    ...securityOf(access),
    parameters: [...pathParameters(path, description), ...queryParameters(description)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: jsonContent(body) } }),
    responses: { ...answers(description), ...refusals(access, description) }
  }
}

/** `{}` among the alternatives: a setting can make the token unnecessary. */
function securityOf(access: AdminAccess): Json {
  if (access === 'token') return {}
  return { security: access === 'public' ? [] : [{ token: [] }, {}] }
}

function pathParameters(path: string, { params = {} }: OperationDescription): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: params[name!],
    schema: { type: 'string', minLength: 1 }
  }))
}

function queryParameters({ query }: OperationDescription): readonly Json[] {
  if (query === null) return []
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'output' })
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as { readonly description?: string }
    return { name, in: 'query', required: required.includes(name), description, schema }
  })
}

function answers({ answers: described }: OperationDescription): Json {
  const rows = Object.entries(described) as [
    string,
    AnswerDescription | readonly AnswerDescription[]
  ][]
  return Object.fromEntries(rows.map(([status, one]) => [status, answerItem([one].flat())]))
}

function answerItem(alternatives: readonly AnswerDescription[]): Json {
  const byType = new Map<string, Json[]>()
  for (const { schema, contentType } of alternatives) {
    const type = contentType ?? (schema === undefined ? 'text/plain' : JSON_TYPE)
    const described = schema === undefined ? { type: 'string' } : referenceTo(schema)
    byType.set(type, [...(byType.get(type) ?? []), described])
  }
  const content = [...byType].map(([type, schemas]) => [
    type,
    { schema: schemas.length === 1 ? schemas[0] : { oneOf: schemas } }
  ])
  return {
    description: alternatives.map(({ meaning }) => meaning).join(' '),
    content: Object.fromEntries(content) as Json
  }
}

function refusals(access: AdminAccess, { query, errors }: OperationDescription): Json {
  const ofQuery: readonly ErrorCode[] = query === null ? [] : ['ADMIN_REQUEST_INVALID']
  const byStatus = new Map<number, Set<ErrorCode>>()
  for (const code of [...errorsOfAccess(access), ...ofQuery, ...errors, 'INTERNAL'] as const) {
    const status = statusOf(code)
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code))
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      { description: [...codes].map((code) => `\`${code}\``).join(', '), content: errorContent() }
    ])
  )
}

function errorContent(): Json {
  return { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' } } }
}

function jsonContent(schema: z.ZodType): Json {
  return { [JSON_TYPE]: { schema: referenceTo(schema) } }
}
