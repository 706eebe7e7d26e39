/**
 * What of a request a field of Vector's events holds. The `http_server` source puts into an event
 * only those header fields and query parameters that it lists, each as a field of its own.
 */
import type { RequestKey } from '../../../proxy-core/model/request-key.ts'
import { formatRequestKey, parseRequestKey } from '../../../proxy-core/model/request-key.ts'
import { find, textOf, textsOf, type Component } from './component.ts'
import { readFieldPath, type FieldPath } from './condition.ts'

export type RequestPart = Extract<RequestKey, { readonly kind: 'header' | 'query' | 'path' }>

const DEFAULT_PATH_KEY = 'path'
const NAMESPACES: readonly string[] = ['http_server', 'http']

/** Undefined for a field of which it is not known. */
export function requestPartOf(field: FieldPath, source: Component): RequestPart | undefined {
  const [first = '', ...rest] = NAMESPACES.includes(field[0] ?? '') ? field.slice(1) : field
  const [second] = rest
  if (second !== undefined) {
    if (rest.length > 1) return undefined
    if (first === 'headers') return partOf(`header:${second}`)
    return first === 'query_parameters' ? partOf(`query:${second}`) : undefined
  }
  const { table } = source
  const isListed = (key: string): boolean =>
    (textsOf(find(table, key)) ?? []).some((name) => name.toLowerCase() === first.toLowerCase())
  if (isListed('headers')) return partOf(`header:${first}`)
  if (isListed('query_parameters')) return partOf(`query:${first}`)
  const pathKey = textOf(find(table, 'path_key')) ?? DEFAULT_PATH_KEY
  return first === pathKey ? { kind: 'path' } : undefined
}

/** Of a template that is nothing but one field: `{{ headers.x-process-id }}`. */
export function templatePartOf(template: string, source: Component): RequestPart | undefined {
  const inner = /^\{\{(.*)\}\}$/s.exec(template.trim())?.[1] ?? template
  const field = readFieldPath(inner.trim())
  return field === undefined ? undefined : requestPartOf(field, source)
}

export function writtenPart(part: RequestPart): string {
  return formatRequestKey(part)
}

function partOf(written: string): RequestPart | undefined {
  const key = parseRequestKey(written)
  return key?.kind === 'header' || key?.kind === 'query' ? key : undefined
}
