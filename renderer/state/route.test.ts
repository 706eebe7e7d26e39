/** Addresses of views: what is written can be read again, and nonsense leads to Live. */
import { describe, expect, test } from 'vitest'
import { HOME, readRoute, writeRoute, type Route } from './route.ts'

const AT_MS = Date.UTC(2026, 10, 21, 2, 14)

const ROUTES: readonly (readonly [string, Partial<Route>])[] = [
  ['/live', {}],
  ['/live?at=2026-11-21T02:14:00.000Z', { atMs: AT_MS }],
  ['/pools', { screen: 'pools' }],
  ['/pools/api', { screen: 'pools', pool: 'api' }],
  ['/pools/api/backends/10.0.0.1:80', { screen: 'pools', pool: 'api', backend: '10.0.0.1:80' }],
  ['/pools/a%2Fb%3F', { screen: 'pools', pool: 'a/b?' }],
  ['/incidents/12', { screen: 'incidents', incidentId: 12 }],
  ['/settings', { screen: 'settings' }]
]

describe('the route', () => {
  test.each(ROUTES)('%s is read and written alike', (hash, given) => {
    const route = { ...HOME, ...given }
    expect(readRoute(hash)).toEqual(route)
    expect(writeRoute(route)).toBe(hash)
  })

  test.each(['', '/', '/nowhere', 'ticket=abc', '//'])('"%s" leads to Live', (hash) => {
    expect(readRoute(hash)).toEqual(HOME)
  })

  test('ignores what makes no sense within a known screen', () => {
    expect(readRoute('/incidents/0').incidentId).toBeNull()
    expect(readRoute('/incidents/x').incidentId).toBeNull()
    expect(readRoute('/live?at=yesterday').atMs).toBeNull()
    expect(readRoute('/traffic/api').pool).toBeNull()
    expect(readRoute('/pools/50%').pool).toBe('50%')
  })
})
