/** Contract: attributes that no browser would take together are refused. */
import { expect, test } from 'vitest'
import { problemsOf, settingsOf, summary } from '../fixtures/load.ts'

function text(sticky: string): string {
  return `pools: [{ name: a, sticky: ${sticky} }]`
}

test.each([
  ['{ cookie: SRV, same_site: none, secure: false }', 'secure'],
  ['{ cookie: __Secure-SRV }', 'cookie'],
  ['{ cookie: __Secure-SRV, secure: false }', 'secure'],
  ['{ cookie: __Host-SRV, secure: true, path: /a }', 'path'],
  ['{ cookie: __Host-SRV, secure: true, domain: a.test }', 'domain']
])('%s is a conflict', (sticky, key) => {
  expect(summary(problemsOf(text(sticky)))).toEqual([`CONFLICT pools[0].sticky.${key}`])
})

test.each([
  '{ cookie: SRV, same_site: none }',
  '{ cookie: __Host-SRV, secure: true, path: / }',
  '{ cookie: __Secure-SRV, secure: true, path: /a, domain: a.test }'
])('%s is none', (sticky) => {
  expect(settingsOf(text(sticky)).pools).toHaveLength(1)
})

test.each([
  ['cookie', '"a b"'],
  ['cookie', '"a=b"'],
  ['path', 'shop'],
  ['path', '"/a;b"'],
  ['path', '"/a\\r\\nX: y"'],
  ['domain', '"a.test; Secure"'],
  ['domain', '".a.test"'],
  ['same_site', 'Lax'],
  ['key', '4711']
])('a %s of %s cannot end the attribute or the line that it is in', (key, value) => {
  const cookie = key === 'cookie' ? '' : 'cookie: SRV, '
  expect(problemsOf(text(`{ ${cookie}${key}: ${value} }`))).toHaveLength(1)
})
