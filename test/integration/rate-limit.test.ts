/**
 * Contract: a route with a limit refuses what is too much before a backend hears of it, says when to
 * come back, and keeps the framing of its connection, whatever was refused.
 */
import { readFileSync } from 'node:fs'
import {
  connect,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader
} from 'node:http2'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../servers/certificate-authority.ts'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

const TWO_A_MINUTE = { requests: 2, per: '1m' }

/** Time stands still, so that nothing comes back unless a test says so. */
async function limited(
  rateLimit: unknown,
  parts: Parameters<typeof configuration>[0] = {}
): Promise<{ fixture: EngineFixture; backend: Awaited<ReturnType<typeof startBackend>> }> {
  const backend = await startBackend()
  const yaml = configuration({
    backends: [backend],
    ...parts,
    route: { name: 'api', rate_limit: rateLimit, ...parts.route }
  })
  return { fixture: await EngineFixture.start(yaml, { clock: new ManualClock() }), backend }
}

test('answers that pass carry the fields, the refusal a Retry-After, on one kept connection', async () => {
  const { fixture, backend } = await limited(TWO_A_MINUTE)
  const client = await fixture.connect()
  for (const left of ['r=1;t=30', 'r=0;t=30']) {
    client.send(getRequest('/'))
    const response = await client.readResponse()
    expect(response.status).toBe(200)
    expect(fieldValue(response, 'ratelimit-policy')).toBe('"1m";q=2;w=60')
    expect(fieldValue(response, 'ratelimit')).toBe(`"1m";${left}`)
    expect(fieldValue(response, 'retry-after')).toBeUndefined()
  }
  client.send(getRequest('/'))
  const refused = await client.readResponse()
  expect(refused.status).toBe(429)
  expect(fieldValue(refused, 'retry-after')).toBe('30')
  expect(fieldValue(refused, 'ratelimit')).toBe('"1m";r=0;t=30')
  expect(fieldValue(refused, 'cache-control')).toBe('no-store')
  expect(fieldValue(refused, 'connection')).toBeUndefined()
  expect(refused.body.toString()).toContain('Too many requests')
  client.send(getRequest('/', 'X-Still: here'))
  expect((await client.readResponse()).status).toBe(429)
  expect(backend.requests).toHaveLength(2)
})

test('of pipelined requests those over the limit are refused, each in its place', async () => {
  const { fixture, backend } = await limited(TWO_A_MINUTE)
  const client = await fixture.connect()
  client.send(['/1', '/2', '/3', '/4'].map((target) => getRequest(target)).join(''))
  const statuses: number[] = []
  for (let count = 0; count < 4; count++) statuses.push((await client.readResponse()).status)
  expect(statuses).toEqual([200, 200, 429, 429])
  expect(backend.targets).toEqual(['/1', '/2'])
})

test('a refused request whose body came with it keeps its connection, and the next one is read', async () => {
  const { fixture, backend } = await limited({ requests: 1, per: '1h' })
  const smuggled = getRequest('/smuggled')
  const post = `POST /second HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`
  const all = getRequest('/first') + post + getRequest('/third')
  for (const pieces of [
    [all],
    [all.slice(0, 70), all.slice(70)],
    [all.slice(0, -5), all.slice(-5)]
  ]) {
    const client = await fixture.connect()
    await client.sendPieces(pieces)
    await client.readResponse()
    const refused = await client.readResponse('POST')
    expect(refused.status).toBe(429)
    expect(fieldValue(refused, 'connection')).toBeUndefined()
    expect((await client.readResponse()).status).toBe(429)
    client.send(getRequest('/fourth'))
    expect((await client.readResponse()).status).toBe(429)
  }
  expect(backend.targets).toEqual(['/first'])
})

test.each([
  [
    'that has come in part',
    'Content-Length: 44\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n'
  ],
  ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ['that never came', 'Content-Length: 10\r\n\r\n']
])(
  'a refused request with a body %s ends its connection, and no octet of it is a request',
  async (_, rest) => {
    const { fixture, backend } = await limited({ requests: 1, per: '1h' })
    const client = await fixture.connect()
    client.send(getRequest('/first'))
    await client.readResponse()
    client.send(`POST /second HTTP/1.1\r\nHost: a.test\r\n${rest}`)
    const refused = await client.readResponse('POST')
    expect(refused.status).toBe(429)
    expect(fieldValue(refused, 'connection')).toBe('close')
    expect((await client.readToEnd()).length).toBe(0)
    expect(backend.targets).toEqual(['/first'])
    expect(fixture.engine.listeners[0]!.counters.requests).toBe(2)
  }
)

test('a client that waits for 100 Continue is refused before it sends its body', async () => {
  const { fixture, backend } = await limited({ requests: 1, per: '1h' })
  await fixture.get('/')
  const client = await fixture.connect()
  client.send('PUT / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n')
  expect((await client.readResponse('PUT')).status).toBe(429)
  expect(backend.requests).toHaveLength(1)
})

test('HEAD is refused without a body, an upgrade before it is one', async () => {
  const { fixture } = await limited({ requests: 1, per: '1h' })
  const client = await fixture.connect()
  client.send(getRequest('/'))
  await client.readResponse()
  client.send('HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  expect(await client.readResponse('HEAD')).toMatchObject({ status: 429, body: Buffer.alloc(0) })
  client.send(getRequest('/', 'Connection: Upgrade', 'Upgrade: websocket'))
  expect((await client.readResponse()).status).toBe(429)
})

test('the client is the one that trusted proxies tell, and nobody else may', async () => {
  const parts = { listener: { trusted_proxies: ['127.0.0.1'] } }
  const trusting = (await limited({ requests: 1, per: '1h' }, parts)).fixture
  const from = (address: string): Promise<{ status: number }> =>
    trusting.get('/', `X-Forwarded-For: ${address}`)
  expect((await from('198.51.100.1')).status).toBe(200)
  expect((await from('198.51.100.2')).status).toBe(200)
  expect((await from('198.51.100.9, 198.51.100.1')).status).toBe(429)
  expect((await from('2001:db8::1')).status).toBe(200)
  expect((await from('2001:db8::ffff')).status).toBe(429)
  const strict = (await limited({ requests: 1, per: '1h' })).fixture
  expect((await strict.get('/', 'X-Forwarded-For: 198.51.100.1')).status).toBe(200)
  expect((await strict.get('/', 'X-Forwarded-For: 198.51.100.2')).status).toBe(429)
})

test('by a field of the request, with another status and without fields', async () => {
  const { fixture } = await limited({
    requests: 1,
    per: '1h',
    by: 'header:X-Api-Key',
    status: 503,
    headers: false
  })
  expect((await fixture.get('/', 'X-Api-Key: a')).status).toBe(200)
  expect((await fixture.get('/', 'x-api-key: b')).status).toBe(200)
  const client = await fixture.connect()
  client.send(getRequest('/', 'X-Api-Key: a'))
  const refused = await client.readResponse()
  expect(refused.status).toBe(503)
  expect(fieldValue(refused, 'retry-after')).toBe('3600')
  expect(fieldValue(refused, 'ratelimit')).toBeUndefined()
})

test('only the limited route is limited, and tokens come back with time', async () => {
  const clock = new ManualClock()
  const backend = await startBackend()
  const yaml = configuration({
    backends: [backend],
    routes: [
      { pool: 'main', path_prefix: '/limited', rate_limit: { requests: 60, per: '1m', burst: 1 } },
      { pool: 'main' }
    ]
  })
  const fixture = await EngineFixture.start(yaml, { clock })
  expect((await fixture.get('/limited')).status).toBe(200)
  expect((await fixture.get('/limited')).status).toBe(429)
  expect((await fixture.get('/free')).status).toBe(200)
  clock.advance(999)
  expect((await fixture.get('/limited')).status).toBe(429)
  clock.advance(1)
  expect((await fixture.get('/limited')).status).toBe(200)
})

test('a reload keeps what was used of a limit that did not change', async () => {
  const backend = await startBackend()
  const yaml = (requests: number, target: string): string =>
    configuration({
      backends: [backend],
      route: { name: 'api', rate_limit: { requests, per: '1h' }, rewrite: { prefix: target } }
    })
  const fixture = await EngineFixture.start(yaml(1, '/a'))
  expect((await fixture.get('/')).status).toBe(200)
  await fixture.reload(yaml(1, '/b'))
  expect((await fixture.get('/')).status).toBe(429)
  await fixture.reload(yaml(2, '/b'))
  expect((await fixture.get('/')).status).toBe(200)
  expect(fixture.engine.rateLimits).toMatchObject([{ route: 'api', name: '1h', keys: 1 }])
})

test('a refusal is counted at its limit, and at no pool or backend', async () => {
  const { fixture, backend } = await limited([
    { requests: 1, per: '1h' },
    { requests: 9, per: '1h', by: 'route' }
  ])
  await fixture.get('/')
  await fixture.get('/')
  await eventually('both ended', () => fixture.engine.listeners[0]!.counters.inFlight === 0)
  expect(fixture.engine.rateLimits).toMatchObject([
    { name: '1h/client_ip', refused: 1, keys: 1 },
    { name: '1h/route', refused: 0, keys: 1 }
  ])
  expect(fixture.pool().counters.requests).toBe(1)
  expect(fixture.backend(backend.address).counters.requests).toBe(1)
  expect(fixture.engine.listeners[0]!.counters.responses[4]).toBe(1)
})

test('a refusal has its word in the access log and for whoever looks at the traffic', async () => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const file = join(folder.path, 'access.log')
  const listener = { access_log: { format: 'json', file } }
  const { fixture } = await limited({ requests: 1, per: '1h' }, { listener })
  const seen: string[] = []
  fixture.engine.watchTraffic({
    finished: ({ route, status, termination }) =>
      void seen.push([route, status, termination].join(' ')),
    poolChanged: () => {}
  })
  await fixture.get('/passes')
  await fixture.get('/refused')
  await fixture.stop()
  expect(seen).toEqual(['api 200 ', 'api 429 rate_limited'])
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { target: '/passes', termination: null },
    { target: '/refused', status: 429, backend: null, attempts: 0, termination: 'rate_limited' }
  ])
})

test('streams of HTTP/2 share the allowance of their client, and a refusal ends none of the others', async () => {
  const authority = new CertificateAuthority()
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const { certPem, keyPem } = authority.issue({ names: ['a.test'] })
  const certificates = [
    { cert: folder.write('a.pem', certPem), key: folder.write('a.key', keyPem) }
  ]
  const { fixture, backend } = await limited(TWO_A_MINUTE, { listener: { tls: { certificates } } })
  const session = connect(`https://127.0.0.1:${fixture.port()}`, {
    ca: authority.certPem,
    servername: 'a.test'
  })
  onTestFinished(() => session.destroy())
  const post = (path: string): Promise<ResponseFields> => answerOf(session, path, 'a body')
  const answers = await Promise.all(['/1', '/2', '/3'].map(post))
  expect(answers.map((fields) => fields[':status']).sort()).toEqual([200, 200, 429])
  const refused = answers.find((fields) => fields[':status'] === 429)!
  expect(refused).toMatchObject({ 'ratelimit-policy': '"1m";q=2;w=60', 'retry-after': '30' })
  expect((await post('/4'))[':status']).toBe(429)
  expect(backend.requests).toHaveLength(2)
  expect(fixture.engine.listeners[0]!.connectionsTotal).toBe(1)
})

type ResponseFields = IncomingHttpHeaders & IncomingHttpStatusHeader

function answerOf(
  session: ClientHttp2Session,
  path: string,
  body: string
): Promise<ResponseFields> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': path, ':authority': 'a.test' })
    stream.on('response', resolve)
    stream.on('error', reject)
    stream.resume()
    stream.end(body)
  })
}
