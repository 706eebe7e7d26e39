/** Contract: which route takes a request, behaviour by behaviour. */
import { describe, expect, test } from 'vitest'
import { RouteTable } from './route-table.ts'
import { sampleRoute, type SampleRoute } from './sample-routes.ts'

interface Asked {
  readonly listener?: string
  readonly host?: string
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The name of the route that takes the request, or undefined. */
function taker(routes: readonly SampleRoute[], asked: Asked): string | undefined {
  const { listener = 'web', host = '', path = '/', method = 'GET', headers = {} } = asked
  const table = new RouteTable(routes.map(sampleRoute))
  return table.match(listener, host, path, method, (name) => headers[name])?.settings.name
}

describe('hosts', () => {
  const routes: readonly SampleRoute[] = [
    { name: 'any' },
    { name: 'wide', host: '*.example.test' },
    { name: 'narrow', host: '*.eu.example.test' },
    { name: 'exact', host: 'www.example.test' },
    { name: 'ipv6', host: '::1' },
    { name: 'capitals', host: 'Shop.Example.TEST' }
  ]
  test.each([
    ['www.example.test', 'exact'],
    ['WWW.Example.Test:8080', 'exact'],
    ['www.example.test.', 'exact'],
    ['api.example.test', 'wide'],
    ['a.b.example.test', 'wide'],
    ['x.eu.example.test:80', 'narrow'],
    ['eu.example.test', 'wide'],
    ['example.test', 'any'],
    ['.example.test', 'any'],
    ['badexample.test', 'any'],
    ['www.example.test.evil.test', 'any'],
    ['[::1]:8080', 'ipv6'],
    ['shop.example.test', 'capitals'],
    ['', 'any']
  ])('Host %j goes to the route %j', (host, name) => {
    expect(taker(routes, { host })).toBe(name)
  })

  test('an unknown host without a route for any host goes nowhere', () => {
    expect(taker([{ host: 'www.example.test' }], { host: 'other.test' })).toBeUndefined()
  })
})

describe('paths', () => {
  const routes: readonly SampleRoute[] = [
    { name: 'root' },
    { name: 'api', pathPrefix: '/api' },
    { name: 'v1', pathPrefix: '/api/v1' },
    { name: 'deep', pathPrefix: '/api/v1/items/all' },
    { name: 'cafe', pathPrefix: '/caf%c3%a9' }
  ]
  test.each([
    ['/', 'root'],
    ['/api', 'api'],
    ['/api/', 'api'],
    ['/api/x', 'api'],
    ['/apix', 'root'],
    ['/ap', 'root'],
    ['/API', 'root'],
    ['/api/v1', 'v1'],
    ['/api/v10', 'api'],
    ['/api/v1/items', 'v1'],
    ['/api/v1/items/all/of/them', 'deep'],
    ['/public/../api', 'api'],
    ['/api/v1/../x', 'api'],
    ['//api', 'api'],
    ['/%61pi/v1', 'v1'],
    ['/api%2Fv1', 'root'],
    ['/caf%C3%A9/menu', 'cafe'],
    ['*', 'root']
  ])('path %j goes to the route %j', (path, name) => {
    expect(taker(routes, { path })).toBe(name)
  })

  test('an encoded traversal that backends read differently is taken by no route', () => {
    expect(taker(routes, { path: '/api/..%2Fadmin' })).toBeUndefined()
    expect(taker(routes, { path: '/api/..;/admin' })).toBeUndefined()
  })

  test('a path that no prefix covers goes nowhere', () => {
    expect(taker([{ pathPrefix: '/api' }], { path: '/other' })).toBeUndefined()
  })
})

describe('conditions', () => {
  test('within one prefix the route with more conditions is asked first, whatever the order', () => {
    const routes: readonly SampleRoute[] = [
      { name: 'plain' },
      { name: 'blue', headers: { 'x-team': 'blue' } },
      { name: 'blue posts', headers: { 'x-team': 'blue' }, methods: ['POST'] }
    ]
    const headers = { 'x-team': 'blue' }
    expect(taker(routes, { headers, method: 'POST' })).toBe('blue posts')
    expect(taker(routes, { headers })).toBe('blue')
    expect(taker(routes, { headers: { 'x-team': 'Blue' } })).toBe('plain')
    expect(taker(routes, {})).toBe('plain')
  })

  test('all headers of a route must match', () => {
    const routes = [{ name: 'both', headers: { a: '1', b: '2' } }]
    expect(taker(routes, { headers: { a: '1' } })).toBeUndefined()
    expect(taker(routes, { headers: { a: '1', b: '2' } })).toBe('both')
  })

  test('among equals the first in the file wins', () => {
    const routes = [
      { name: 'first', methods: ['GET', 'HEAD'] },
      { name: 'second', methods: ['GET'] }
    ]
    expect(taker(routes, {})).toBe('first')
  })

  test('GET does not stand for HEAD', () => {
    expect(taker([{ methods: ['GET'] }], { method: 'HEAD' })).toBeUndefined()
  })

  test('unmet conditions fall back to shorter prefixes, then to less specific hosts', () => {
    const routes: readonly SampleRoute[] = [
      { name: 'long', host: 'a.example.test', pathPrefix: '/api/v1', methods: ['PUT'] },
      { name: 'short', host: 'a.example.test', pathPrefix: '/api', methods: ['POST', 'PUT'] },
      {
        name: 'wildcard',
        host: '*.example.test',
        pathPrefix: '/api/v1',
        methods: ['DELETE', 'PUT']
      },
      { name: 'wider wildcard', host: '*.test', methods: ['PATCH'] },
      { name: 'any', methods: ['GET'] }
    ]
    const taken = ['PUT', 'POST', 'DELETE', 'PATCH', 'GET', 'TRACE'].map((method) =>
      taker(routes, { host: 'a.example.test', path: '/api/v1/x', method })
    )
    expect(taken).toEqual(['long', 'short', 'wildcard', 'wider wildcard', 'any', undefined])
  })

  test('fields are not read for routes that do not match on them', () => {
    const table = new RouteTable([sampleRoute({ name: 'plain' })])
    const found = table.match('web', 'a', '/', 'GET', () => {
      throw new Error('a field was read')
    })
    expect(found?.settings.name).toBe('plain')
  })
})

describe('listeners', () => {
  const routes: readonly SampleRoute[] = [
    { name: 'internal', listeners: ['admin'], pathPrefix: '/status' },
    { name: 'both', listeners: ['admin', 'web'], pathPrefix: '/both' },
    { name: 'everywhere' }
  ]
  test.each([
    ['admin', '/status', 'internal'],
    ['web', '/status', 'everywhere'],
    ['web', '/both', 'both'],
    ['other', '/both', 'everywhere'],
    ['other', '/x', 'everywhere']
  ])('on listener %j the path %j goes to the route %j', (listener, path, name) => {
    expect(taker(routes, { listener, path })).toBe(name)
  })
})

test('a table without routes takes nothing', () => {
  expect(taker([], {})).toBeUndefined()
})
