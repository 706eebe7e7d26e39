/**
 * Reads the key of a request. What has to be looked at is decided when the configuration is
 * loaded; at admission one call remains, and none on a route whose pool wants no key.
 */
import { requestKeyOf, type KeyedSettings } from '../model/balance-settings.ts'
import type { RequestKey } from '../model/request-key.ts'
import { cookieValue } from './cookie-value.ts'
import { needsNormalising, normalisePath } from './path-normal-form.ts'
import { queryValue } from './query-value.ts'
import type { FieldLookup } from './route-conditions.ts'

/** A request that lacks what its key is made of, or has it empty. */
export const NO_KEY = ''

/**
 * `path` as received, without query; `query` without its question mark. The result is text of
 * which one character is one octet, or `NO_KEY`.
 */
export type KeyReader = (
  path: string,
  query: string,
  clientAddress: string,
  field: FieldLookup
) => string

/** null: the pool's algorithm goes by no key. */
export function keyReaderOf(pool: KeyedSettings): KeyReader | null {
  const key = requestKeyOf(pool)
  return key === null ? null : compileRequestKey(key)
}

export function compileRequestKey(key: RequestKey): KeyReader {
  switch (key.kind) {
    case 'header': {
      const { name } = key
      return (_path, _query, _client, field) => field(name) ?? NO_KEY
    }
    case 'cookie': {
      const { name } = key
      return (_path, _query, _client, field) => cookieValue(field('cookie') ?? '', name) ?? NO_KEY
    }
    case 'query': {
      const { name } = key
      return (_path, query) => (query === '' ? NO_KEY : (queryValue(query, name) ?? NO_KEY))
    }
    case 'path':
      return comparablePath
    case 'path_segment': {
      const { number } = key
      return (path) => segmentOf(comparablePath(path), number)
    }
    case 'client_ip':
      return (_path, _query, clientAddress) => clientAddress
  }
}

/** Two spellings of one path are one key, as they are for routes. */
function comparablePath(path: string): string {
  return needsNormalising(path) ? (normalisePath(path) ?? path) : path
}

/** `number` counts from 1. */
function segmentOf(path: string, number: number): string {
  let start = 0
  for (let left = number; left > 0; left--) {
    const slash = path.indexOf('/', start)
    if (slash < 0) return NO_KEY
    start = slash + 1
  }
  const end = path.indexOf('/', start)
  return path.substring(start, end < 0 ? path.length : end)
}
