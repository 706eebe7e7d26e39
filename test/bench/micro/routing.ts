/** What a route match costs, and that the number of routes does not matter. */
import type { Routed } from '../../../proxy-core/routing/route-conditions.ts'
import { RouteTable } from '../../../proxy-core/routing/route-table.ts'
import { sampleRoute } from '../../../proxy-core/routing/sample-routes.ts'
import { compare, type Subject } from './rounds.ts'

const REQUESTS = 20_000
const SIZES = [10, 100, 1000, 10_000]

interface Asked {
  readonly host: string
  readonly path: string
}

function noField(): undefined {
  return undefined
}

/** Strings as a parser hands them over: made from bytes, never seen before by any map. */
function fromBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function subject(name: string, routes: readonly Routed[], ask: (index: number) => Asked): Subject {
  const table = new RouteTable(routes)
  const requests = Array.from({ length: REQUESTS }, (_, index) => {
    const { host, path } = ask(index * 7919)
    return { host: fromBytes(host), path: fromBytes(path) }
  })
  return {
    name,
    operations: REQUESTS,
    run() {
      let matched = 0
      for (const { host, path } of requests) {
        if (table.match('web', host, path, 'GET', noField) !== undefined) matched++
      }
      if (matched !== REQUESTS) throw new Error(`${name}: ${matched} of ${REQUESTS} matched`)
      return matched
    }
  }
}

function numbered(count: number, make: (index: number) => Routed): Routed[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

compare(
  'One prefix per route under one host',
  SIZES.map((size) =>
    subject(
      `${size} routes`,
      numbered(size, (index) => sampleRoute({ pathPrefix: `/service-${index}/api` })),
      (index) => ({ host: 'www.example.test', path: `/service-${index % size}/api/items/42` })
    )
  )
)

compare(
  'One host per route',
  SIZES.map((size) =>
    subject(
      `${size} routes`,
      numbered(size, (index) => sampleRoute({ host: `site-${index}.example.test` })),
      (index) => ({ host: `site-${index % size}.example.test`, path: '/items/42' })
    )
  )
)

compare(
  'One wildcard per route',
  SIZES.map((size) =>
    subject(
      `${size} routes`,
      numbered(size, (index) => sampleRoute({ host: `*.site-${index}.example.test` })),
      (index) => ({ host: `www.site-${index % size}.example.test`, path: '/items/42' })
    )
  )
)

const few = [
  sampleRoute({ host: 'www.example.test', pathPrefix: '/api' }),
  sampleRoute({ host: 'www.example.test' }),
  sampleRoute({})
]
compare('Spellings, three routes', [
  subject('plain', few, () => ({ host: 'www.example.test', path: '/api/items/42' })),
  subject('port in the Host field', few, () => ({
    host: 'www.example.test:8080',
    path: '/api/items/42'
  })),
  subject('capitals in the Host field', few, () => ({
    host: 'WWW.Example.Test',
    path: '/api/items/42'
  })),
  subject('escape in the path', few, () => ({
    host: 'www.example.test',
    path: '/api/items/a%20b'
  })),
  subject('dot segments in the path', few, () => ({
    host: 'www.example.test',
    path: '/x/../api/items/42'
  }))
])

compare('A single catch-all route', [
  subject('plain', [sampleRoute({})], () => ({ host: '127.0.0.1:8080', path: '/items/42' }))
])
