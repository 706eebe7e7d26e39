/** Contract: a request goes to the pool of the most specific route, and its path is rewritten as told. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, startBackends } from '../servers/engine-fixture.ts'
import { fieldValue } from '../servers/http-head.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

const poolOf = (backend: RecordingBackend): Record<string, unknown> => ({
  name: backend.name,
  backends: [{ address: backend.address }]
})

async function start(
  names: readonly string[],
  routes: readonly Readonly<Record<string, unknown>>[]
): Promise<{ fixture: EngineFixture; backends: RecordingBackend[] }> {
  const backends = await startBackends(...names)
  const fixture = await EngineFixture.start(configuration({ routes, pools: backends.map(poolOf) }))
  return { fixture, backends }
}

test('exact hosts go before wildcards, wildcards before the default, ports and case are ignored', async () => {
  const { fixture } = await start(
    ['exact', 'wild', 'deep', 'any'],
    [
      { pool: 'any' },
      { pool: 'wild', host: '*.example.test' },
      { pool: 'deep', host: '*.deep.example.test' },
      { pool: 'exact', host: 'www.example.test' }
    ]
  )
  const poolFor = async (host: string): Promise<string> =>
    (await fixture.get('/', `Host: ${host}`)).body.split(' ')[0]!
  expect(await poolFor('www.example.test')).toBe('exact')
  expect(await poolFor('WWW.Example.Test:8080')).toBe('exact')
  expect(await poolFor('api.example.test')).toBe('wild')
  expect(await poolFor('a.deep.example.test')).toBe('deep')
  expect(await poolFor('example.test')).toBe('any')
  expect(await poolFor('other.test')).toBe('any')
  expect(await poolFor('[::1]:80')).toBe('any')
})

test('the longest prefix wins, and prefixes end at segment boundaries', async () => {
  const { fixture } = await start(
    ['root', 'api', 'deep'],
    [
      { pool: 'root' },
      { pool: 'api', path_prefix: '/api' },
      { pool: 'deep', path_prefix: '/api/v1' }
    ]
  )
  const poolFor = async (target: string): Promise<string> =>
    (await fixture.get(target)).body.split(' ')[0]!
  expect(await poolFor('/')).toBe('root')
  expect(await poolFor('/apis')).toBe('root')
  expect(await poolFor('/api')).toBe('api')
  expect(await poolFor('/api?x=/api/v1')).toBe('api')
  expect(await poolFor('/api/v10')).toBe('api')
  expect(await poolFor('/api/v1/x')).toBe('deep')
})

test('a path cannot be disguised to pass under another route', async () => {
  const { fixture, backends } = await start(
    ['open', 'guarded'],
    [{ pool: 'open' }, { pool: 'guarded', path_prefix: '/admin' }]
  )
  for (const target of ['/%61dmin', '/x/../admin', '//admin', '/./admin', '/x/%2e%2e/admin']) {
    const { status, body } = await fixture.get(target)
    const reached = status === 200 ? body.split(' ')[0] : 'nobody'
    expect(['guarded', 'nobody'], target).toContain(reached)
  }
  expect(backends[0]!.requests).toEqual([])
})

test('methods and headers narrow a route down, and no route at all is a 404', async () => {
  const { fixture } = await start(
    ['reads', 'blue'],
    [
      { pool: 'reads', methods: ['GET', 'HEAD'], path_prefix: '/data' },
      { pool: 'blue', methods: ['GET'], headers: { 'x-team': 'blue' }, path_prefix: '/data' }
    ]
  )
  expect((await fixture.get('/data')).body).toMatch(/^reads/)
  expect((await fixture.get('/data', 'X-Team: blue')).body).toMatch(/^blue/)
  const client = await fixture.connect()
  client.send('DELETE /data HTTP/1.1\r\nHost: a.test\r\n\r\n')
  expect((await client.readResponse('DELETE')).status).toBe(404)
  expect((await fixture.get('/elsewhere')).status).toBe(404)
})

test('a prefix is stripped or replaced, the query stays', async () => {
  const { fixture, backends } = await start(
    ['strip', 'replace'],
    [
      { pool: 'strip', path_prefix: '/s', strip_prefix: true },
      { pool: 'replace', path_prefix: '/r', rewrite: { prefix: '/v1/r' } }
    ]
  )
  for (const target of ['/s', '/s/', '/s/a/b?c=/s', '/s?c', '/r', '/r/a%20b?q'])
    await fixture.get(target)
  expect(backends[0]!.targets).toEqual(['/', '/', '/a/b?c=/s', '/?c'])
  expect(backends[1]!.targets).toEqual(['/v1/r', '/v1/r/a%20b?q'])
})

test('routes can be bound to listeners', async () => {
  const backends = await startBackends('public', 'private')
  const fixture = await EngineFixture.start(
    configuration({
      listeners: [{ name: 'inner', address: '127.0.0.1:0' }],
      routes: [
        { pool: 'public', listeners: ['web'] },
        { pool: 'private', listeners: ['inner'] }
      ],
      pools: backends.map(poolOf)
    })
  )
  for (const [listener, pool] of [
    ['web', 'public'],
    ['inner', 'private']
  ] as const) {
    const client = await fixture.connect(listener)
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    const response = await client.readResponse()
    expect(fieldValue(response, 'x-backend')).toBe(pool)
  }
})

test('a pool without backends answers 503', async () => {
  const fixture = await EngineFixture.start(configuration({ backends: [] }))
  expect((await fixture.get('/')).status).toBe(503)
})
