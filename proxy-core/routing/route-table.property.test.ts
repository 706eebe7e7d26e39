/** Contract: the compiled table decides exactly as a plain search through all routes does. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RouteSettings } from '../model/settings.ts'
import { normalisePath } from './path-normal-form.ts'
import type { Routed } from './route-conditions.ts'
import { RouteTable } from './route-table.ts'
import { sampleRoute } from './sample-routes.ts'

interface Asked {
  readonly listener: string
  readonly host: string
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

/** Sorts every route that fits by the documented order and takes the first. */
function searchAll(routes: readonly Routed[], asked: Asked): Routed | undefined {
  const path = normalisePath(asked.path)
  if (path === undefined) return undefined
  const name = asked.host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
  const fitting = routes.filter(
    ({ settings }) =>
      (settings.listeners.length === 0 || settings.listeners.includes(asked.listener)) &&
      hostRank(settings, name) >= 0 &&
      (settings.pathPrefix === '/' || `${path}/`.startsWith(`${settings.pathPrefix}/`)) &&
      (settings.methods.length === 0 || settings.methods.includes(asked.method)) &&
      settings.headers.every((header) => asked.headers[header.name] === header.value)
  )
  return fitting.sort((a, b) => specificity(b.settings, name, a.settings))[0]
}

function specificity(a: RouteSettings, name: string, b: RouteSettings): number {
  return (
    hostRank(a, name) - hostRank(b, name) ||
    a.pathPrefix.length - b.pathPrefix.length ||
    conditions(a) - conditions(b)
  )
}

/** Negative: does not match. */
function hostRank({ host }: RouteSettings, name: string): number {
  if (host.kind === 'any') return 0
  if (host.kind === 'exact') return host.host === name ? Infinity : -1
  return name.length > host.suffix.length && name.endsWith(host.suffix) ? host.suffix.length : -1
}

function conditions(settings: RouteSettings): number {
  return settings.headers.length + Number(settings.methods.length > 0)
}

const label = fc.constantFrom('a', 'b', 'long-label-of-a-host')
const hostName = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
const segments = fc.array(fc.constantFrom('a', 'b', 'aa', 'items-of-a-collection'), {
  maxLength: 4
})
const prefix = segments.map((parts) => `/${parts.join('/')}`)
const method = fc.constantFrom('GET', 'POST', 'PUT')
const header = fc.record(
  { x: fc.constantFrom('1', '2'), y: fc.constantFrom('1', '2') },
  { requiredKeys: [] }
)
const listener = fc.constantFrom('web', 'secure', 'other')

const route = fc
  .record({
    host: fc.option(
      fc.oneof(
        hostName,
        hostName.map((name) => `*.${name}`)
      ),
      { nil: undefined }
    ),
    pathPrefix: prefix,
    methods: fc.oneof(fc.constant([]), fc.constant([]), fc.uniqueArray(method, { maxLength: 2 })),
    headers: fc.oneof(fc.constant({}), fc.constant({}), header),
    listeners: fc.oneof(fc.constant([]), fc.uniqueArray(listener, { maxLength: 2 }))
  })
  .map(({ host, ...rest }) => sampleRoute(host === undefined ? rest : { host, ...rest }))

const asked: fc.Arbitrary<Asked> = fc.record({
  listener,
  host: fc.oneof(
    hostName,
    hostName.map((name) => `${name.toUpperCase()}:8080`),
    hostName.map((name) => `${name}.`),
    hostName.map((name) => `.${name}`),
    fc.constant('')
  ),
  path: fc.oneof(
    prefix,
    prefix.map((path) => `${path}/`),
    prefix.map((path) => `${path}x`),
    prefix.map((path) => `/b/..${path}`),
    prefix.map((path) => path.replaceAll('a', '%61'))
  ),
  method,
  headers: header
})

test('the table picks the route that a search by the documented order picks', () => {
  let requestCount = 0
  let takenCount = 0
  fc.assert(
    fc.property(
      fc.array(route, { minLength: 5, maxLength: 40, size: 'max' }),
      fc.array(asked, { minLength: 10, maxLength: 20 }),
      (routes, requests) => {
        const table = new RouteTable(routes)
        for (const request of requests) {
          const { listener: on, host, path, method: verb, headers } = request
          const picked = table.match(on, host, path, verb, (name) => headers[name])
          const expected = searchAll(routes, request)
          requestCount++
          if (expected !== undefined) takenCount++
          expect(picked).toBe(expected)
        }
      }
    ),
    { numRuns: 300 }
  )
  // A property over requests that no route takes would prove nothing.
  expect(takenCount / requestCount).toBeGreaterThan(0.2)
})
