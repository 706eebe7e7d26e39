/** The leaf for a key of requests, and what other systems write where we write one. */
import type { z } from 'zod'
import { parseRequestKey, REQUEST_KEY_PATTERN, type RequestKey } from '../request-key.ts'
import { scalar, show, wrongType } from './scalar.ts'

const SYNTAX = 'header:<name> | cookie:<name> | query:<name> | path | path:<segment> | client_ip'

/** Spellings of HAProxy, nginx, Envoy, Kong and Vector, and what they are here. */
const ELSEWHERE: readonly (readonly [pattern: RegExp, key: string])[] = [
  [/^\{\{\s*headers\.([\w-]+)\s*\}\}$/, 'header:$1'],
  [/^(?:hdr|req\.hdr|header|headers)[(.[ ]([\w-]+)[)\]]?$/, 'header:$1'],
  [/^(?:cookie|req\.cook)[(.[ ]([\w-]+)[)\]]?$/, 'cookie:$1'],
  [/^(?:url_param|query|query_arg|param)[(.[ ]([\w-]+)[)\]]?$/, 'query:$1'],
  [/^\$http_(\w+)$/, 'header:$1'],
  [/^\$cookie_(\w+)$/, 'cookie:$1'],
  [/^\$arg_(\w+)$/, 'query:$1'],
  [/^(?:\$uri|\$request_uri|uri|url)$/, 'path'],
  [/^(?:\$remote_addr|source|src|ip|client|client_ip_address|address)$/, 'client_ip']
]

export function requestKey(): z.ZodType<RequestKey> {
  const json = { type: 'string', pattern: REQUEST_KEY_PATTERN }
  return scalar<RequestKey>({ syntax: SYNTAX, json }, (value) => {
    if (typeof value !== 'string') return wrongType('a key such as "header:x-case-id"', value)
    const key = parseRequestKey(value)
    if (key !== undefined) return { value: key }
    return {
      code: 'BAD_VALUE',
      message: `${show(value)} is not a key of requests.`,
      hint: hintFor(value)
    }
  })
}

function hintFor(value: string): string {
  for (const [pattern, key] of ELSEWHERE) {
    if (!pattern.test(value)) continue
    const written = value.replace(pattern, key)
    const isField = written.startsWith('header:')
    return `Write "${isField ? written.replaceAll('_', '-') : written}".`
  }
  if (/^[\w-]+$/.test(value)) {
    return `Say where it stands: "header:${value}", "cookie:${value}" or "query:${value}".`
  }
  if (/^path:/.test(value)) return 'Segments count from 1: `path:2` is `17` in `/orders/17`.'
  return `Use one of ${SYNTAX}.`
}
