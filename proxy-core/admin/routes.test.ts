/** Contract: paths lead to their resource exactly, and the reference describes each of them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ADMIN_ROUTES, matchRoute } from './routes.ts'

describe('matchRoute', () => {
  it('decodes the segments that stand for names, after splitting', () => {
    expect(matchRoute('/api/v1/pools/a%2Fb/backends/%5B::1%5D:80')).toMatchObject({
      route: { path: '/api/v1/pools/{pool}/backends/{address}' },
      params: { pool: 'a/b', address: '[::1]:80' }
    })
  })

  it('knows no path with an empty or undecodable name', () => {
    expect(matchRoute('/api/v1/pools//backends/x')).toBeNull()
    expect(matchRoute('/api/v1/pools/%zz')).toBeNull()
    expect(matchRoute('')).toBeNull()
  })
})

describe('ADMIN_ROUTES', () => {
  it('has each path once', () => {
    const paths = ADMIN_ROUTES.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
  })

  it('is described in full by the reference, which names nothing else', () => {
    const reference = readFileSync(
      new URL('../../docs/reference/admin-api.md', import.meta.url),
      'utf8'
    )
    const documented = [...reference.matchAll(/^### `([A-Z]+ [^`?]+)(?:\?[^`]*)?`$/gm)].map(
      ([, name]) => name
    )
    const served = ADMIN_ROUTES.flatMap(({ path, methods }) =>
      Object.keys(methods).map((method) => `${method} ${path}`)
    )
    expect(documented.toSorted()).toEqual(served.toSorted())
  })
})
