/** Contract: what a key of requests looks like in a configuration. */
import { expect, test } from 'vitest'
import { formatRequestKey, parseRequestKey } from './request-key.ts'
import { requestKey } from './schema/request-key.ts'

test.each([
  ['header:X-Case-Id', { kind: 'header', name: 'x-case-id' }],
  ['cookie:SID', { kind: 'cookie', name: 'SID' }],
  ['query:case', { kind: 'query', name: 'case' }],
  ['query:filter[id]', { kind: 'query', name: 'filter[id]' }],
  ['path', { kind: 'path' }],
  ['path:12', { kind: 'path_segment', number: 12 }],
  ['client_ip', { kind: 'client_ip' }]
] as const)('%s', (text, key) => {
  expect(parseRequestKey(text)).toEqual(key)
  expect(parseRequestKey(formatRequestKey(key))).toEqual(key)
})

test.each([
  '',
  'header:',
  'header:a b',
  'cookie:a=b',
  'query:',
  'path:0',
  'path:',
  'path:100',
  'client_ip:1',
  'x-case-id',
  'Header:x'
])('%j is none', (text) => {
  expect(parseRequestKey(text)).toBeUndefined()
})

/** What the systems that people come from write. */
test.each([
  ['{{ headers.x-process-id }}', 'Write "header:x-process-id".'],
  ['hdr(x-case-id)', 'Write "header:x-case-id".'],
  ['$http_x_case_id', 'Write "header:x-case-id".'],
  ['$cookie_SID', 'Write "cookie:SID".'],
  ['url_param(case)', 'Write "query:case".'],
  ['$arg_case', 'Write "query:case".'],
  ['uri', 'Write "path".'],
  ['source', 'Write "client_ip".'],
  ['$remote_addr', 'Write "client_ip".'],
  [
    'x-case-id',
    'Say where it stands: "header:x-case-id", "cookie:x-case-id" or "query:x-case-id".'
  ],
  ['path:0', 'Segments count from 1: `path:2` is `17` in `/orders/17`.']
])('%s is answered with a hint', (text, hint) => {
  const { error } = requestKey().safeParse(text)
  expect(error?.issues[0]).toMatchObject({ params: { hint } })
})
