/** Contract: what a backend receives as request target. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rewriteTarget } from './rewrite-target.ts'
import { RouteTable } from './route-table.ts'
import { sampleRoute } from './sample-routes.ts'

function rewritten(
  pathPrefix: string,
  replacePrefix: string | null,
  path: string,
  query = ''
): string {
  const { settings } = sampleRoute(
    replacePrefix === null ? { pathPrefix } : { pathPrefix, replacePrefix }
  )
  return rewriteTarget(settings, path, query)
}

test.each([
  ['/api', '/api/x', '?a=/../b', '/api/x?a=/../b'],
  ['/admin', '/public/../admin//x', '', '/public/../admin//x'],
  ['/', '/%61', '?', '/%61?'],
  ['/', '*', '', '*']
])('route %j without a rewrite forwards %j%j byte for byte', (prefix, path, query, target) => {
  expect(rewritten(prefix, null, path, query)).toBe(target)
})

test.each([
  ['/api', '/', '/api', '/'],
  ['/api', '/', '/api/', '/'],
  ['/api', '/', '/api/x/y', '/x/y'],
  ['/api', '', '/api/x', '/x'],
  ['/api', '', '/api', '/'],
  ['/api', '/v1', '/api', '/v1'],
  ['/api', '/v1', '/api/', '/v1/'],
  ['/api', '/v1', '/api/x', '/v1/x'],
  ['/api', '/v1/', '/api/x', '/v1/x'],
  ['/api', 'v1', '/api/x', '/v1/x'],
  ['/', '/v1', '/', '/v1/'],
  ['/', '/v1', '/x', '/v1/x'],
  ['/', '/', '/x', '/x'],
  ['/caf%c3%a9', '/m', '/caf%C3%A9/x', '/m/x'],
  ['/%61pi', '/v1', '/api/x', '/v1/x']
])(
  'route %j that replaces its prefix by %j turns %j into %j',
  (prefix, replacement, path, target) => {
    expect(rewritten(prefix, replacement, path)).toBe(target)
  }
)

test.each([
  ['/public/../api/x', '/v1/x'],
  ['/%61pi/x', '/v1/x'],
  ['//api//evil.test/x', '/v1/evil.test/x'],
  ['/api/a%2Fb%20c', '/v1/a%2Fb%20c']
])('%j is rewritten from its normal form, the one that was matched, into %j', (path, target) => {
  expect(rewritten('/api', '/v1', path)).toBe(target)
})

test('the query of a rewritten request stays as it was', () => {
  expect(rewritten('/api', '/', '/api', '?next=%2e%2e//x')).toBe('/?next=%2e%2e//x')
})

test('a stripped path never begins with two slashes and always with one', () => {
  const route = sampleRoute({ pathPrefix: '/api', replacePrefix: '/' })
  const table = new RouteTable([route])
  const tail = fc.array(fc.constantFrom('/', 'a', '.', '%2e', '\\', '%2F'), { maxLength: 8 })
  fc.assert(
    fc.property(tail, (parts) => {
      const path = `/api/${parts.join('')}`
      fc.pre(table.match('web', '', path, 'GET', () => undefined) === route)
      expect(rewriteTarget(route.settings, path, '')).toMatch(/^\/(?!\/)/)
    })
  )
})
