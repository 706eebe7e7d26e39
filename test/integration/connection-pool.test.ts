/**
 * Contract: upstream connections are reused, checked before use and recycled; a request is
 * sent twice because of a stale connection only when that is safe.
 */
import { expect, test } from 'vitest'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

interface Started {
  readonly fixture: EngineFixture
  readonly backend: RecordingBackend
  readonly clock: ManualClock
}

async function start(pool: NonNullable<ConfigurationParts['pool']> = {}): Promise<Started> {
  const backend = await startBackend()
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(configuration({ backends: [backend], pool }), { clock })
  return { fixture, backend, clock }
}

const idle = ({ fixture, backend }: Started): number =>
  fixture.pool().connectionsOf(fixture.backend(backend.address)).idle
const open = ({ fixture, backend }: Started): number =>
  fixture.pool().connectionsOf(fixture.backend(backend.address)).open

test('a connection is reused by other clients', async () => {
  const started = await start()
  for (let n = 0; n < 5; n += 1) expect((await started.fixture.get(`/${n}`)).status).toBe(200)
  expect(started.backend.acceptedCount).toBe(1)
  expect(idle(started)).toBe(1)
})

test('the connection used last is used first, so that the others age out', async () => {
  const started = await start()
  const { fixture, backend } = started
  const release: (() => void)[] = []
  backend.script = (exchange) =>
    void (exchange.target === '/held' ? release.push(() => exchange.respond()) : exchange.respond())
  const clients = await Promise.all([fixture.connect(), fixture.connect()])
  for (const client of clients) client.send(getRequest('/held'))
  await eventually('two connections', () => release.length === 2)
  release[0]!()
  await eventually('the first idle', () => idle(started) === 1)
  release[1]!()
  await eventually('both idle', () => idle(started) === 2)
  await fixture.get('/again')
  expect(backend.connections[1]!.requests.map(({ target }) => target)).toEqual(['/held', '/again'])
})

test('a FIN of the backend takes an idle connection out before it is used', async () => {
  const started = await start()
  await started.fixture.get('/1')
  started.backend.openConnections[0]!.socket.end()
  await eventually('the connection gone', () => open(started) === 0)
  const client = await started.fixture.connect()
  client.send('POST /2 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nab')
  expect((await client.readResponse('POST')).status).toBe(200)
  expect(started.backend.acceptedCount).toBe(2)
  expect(started.backend.targets).toEqual(['/1', '/2'])
})

test('bytes on an idle connection take it out, and nobody gets them', async () => {
  const started = await start()
  await started.fixture.get('/1')
  started.backend.openConnections[0]!.socket.write(
    'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted'
  )
  await eventually('the connection gone', () => open(started) === 0)
  expect((await started.fixture.get('/2')).body).toBe('backend /2 0')
})

/** The backend takes one request, then resets the connection when the next one arrives. */
async function staleAfterOne(method: string): Promise<{ started: Started; status: number }> {
  const started = await start()
  const { backend, fixture } = started
  backend.script = async (exchange) => {
    await exchange.request
    const isSecondOnConnection = exchange.connection.requests.length > 1
    if (isSecondOnConnection) exchange.reset()
    else exchange.respond({ body: exchange.target })
  }
  await fixture.get('/first')
  const client = await fixture.connect()
  client.send(`${method} /second HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n`)
  return { started, status: (await client.readResponse(method)).status }
}

test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])(
  'a %s that met a stale connection is sent once more, on a new one',
  async (method) => {
    const { started, status } = await staleAfterOne(method)
    expect(status).toBe(200)
    expect(started.backend.targets).toEqual(['/first', '/second', '/second'])
    expect(started.backend.acceptedCount).toBe(2)
    expect(started.fixture.pool().counters.retries).toBe(1)
  }
)

test.each(['POST', 'PATCH', 'LOCK'])(
  'a %s that met a stale connection is never sent twice',
  async (method) => {
    const { started, status } = await staleAfterOne(method)
    expect(status).toBe(502)
    expect(started.backend.targets).toEqual(['/first', '/second'])
  }
)

test('a GET whose response had begun is never sent twice', async () => {
  const started = await start()
  started.backend.script = async (exchange) => {
    await exchange.request
    if (exchange.connection.requests.length === 1) return exchange.respond()
    exchange.send('HTTP/1.1 200 OK\r\nContent-Le')
    await new Promise((resolve) => setTimeout(resolve, 20))
    exchange.reset()
  }
  await started.fixture.get('/first')
  expect((await started.fixture.get('/second')).status).toBe(502)
  expect(started.backend.targets).toEqual(['/first', '/second'])
})

test('a GET that fails on a fresh connection is not sent again to the same backend', async () => {
  const started = await start()
  started.backend.script = (exchange) => exchange.reset()
  expect((await started.fixture.get('/1')).status).toBe(502)
  expect(started.backend.targets).toEqual(['/1'])
})

test('a stale connection whose replacement is stale too ends in a 502, not in a loop', async () => {
  const started = await start()
  await started.fixture.get('/first')
  started.backend.script = (exchange) => exchange.reset()
  expect((await started.fixture.get('/second')).status).toBe(502)
  expect(started.backend.requests.length).toBeLessThanOrEqual(3)
})

test('a connection older than max_age is closed instead of reused', async () => {
  const started = await start({ connections: { max_age: '1m', idle_timeout: '10m' } })
  await started.fixture.get('/1')
  await started.clock.advanceAsync(61_000)
  await started.fixture.get('/2')
  expect(started.backend.acceptedCount).toBe(2)
  expect(open(started)).toBe(1)
})

test('an idle connection is closed after idle_timeout', async () => {
  const started = await start({ connections: { idle_timeout: '20s' } })
  await started.fixture.get('/1')
  await started.clock.advanceAsync(19_000)
  expect(open(started)).toBe(1)
  await started.clock.advanceAsync(2000)
  expect(open(started)).toBe(0)
  await within('the close at the backend', started.backend.connections[0]!.closed)
})

test('no more than max_idle connections are kept', async () => {
  const started = await start({ connections: { max_idle: 2 } })
  const { fixture, backend } = started
  const release: (() => void)[] = []
  backend.script = (exchange) => void release.push(() => exchange.respond())
  const clients = await Promise.all(Array.from({ length: 6 }, () => fixture.connect()))
  for (const client of clients) client.send(getRequest('/1'))
  await eventually('six at once', () => release.length === 6)
  for (const go of release) go()
  await Promise.all(clients.map((client) => client.readResponse()))
  await eventually('two kept', () => open(started) === 2)
})

test('connections are opened only as they are needed', async () => {
  const started = await start()
  const { fixture, backend } = started
  await Promise.all(Array.from({ length: 20 }, (_, n) => fixture.get(`/${n}`)))
  expect(backend.acceptedCount).toBeLessThanOrEqual(20)
  const before = backend.acceptedCount
  for (let n = 0; n < 20; n += 1) await fixture.get(`/later-${n}`)
  expect(backend.acceptedCount).toBe(before)
})

test('a response with "Connection: close" and bytes after a response end the connection', async () => {
  const started = await start()
  started.backend.script = (exchange) =>
    exchange.target === '/close'
      ? exchange.respond({ fields: [['Connection', 'close']] })
      : exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokEXTRA')
  await started.fixture.get('/close')
  await eventually('closed after close', () => open(started) === 0)
  expect((await started.fixture.get('/extra')).body).toBe('ok')
  await eventually('closed after extra bytes', () => open(started) === 0)
})
