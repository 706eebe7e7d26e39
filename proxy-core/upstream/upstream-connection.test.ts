/**
 * Contract: a connection to a backend carries one exchange at a time, sends it at most once
 * unless that is safe, and blames the backend only for what the backend did.
 */
import { expect, test } from 'vitest'
import type { BackendExchange } from '../../test/servers/backend-connection.ts'
import { configuration, type ConfigurationParts } from '../../test/servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../../test/servers/engine-fixture.ts'
import { eventually, within } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { RawClient } from '../../test/servers/raw-client.ts'
import type { RecordingBackend } from '../../test/servers/recording-backend.ts'
import { acceptedOn, holdWrites } from '../transport/testing/held-writes.ts'

interface Started {
  readonly fixture: EngineFixture
  readonly backend: RecordingBackend
  readonly clock: ManualClock
  readonly client: RawClient
}

async function start(
  parts: ConfigurationParts = {},
  script?: RecordingBackend['script']
): Promise<Started> {
  const backend = await startBackend('backend', script ? { script } : {})
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(configuration({ backends: [backend], ...parts }), {
    clock
  })
  return { fixture, backend, clock, client: await fixture.connect() }
}

const POST = 'POST /post HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nab'

test('the idle time of a connection cannot end while it is checked before a POST', async () => {
  const { fixture, backend, clock, client } = await start({
    pool: { connections: { idle_timeout: '60s' } },
    listener: { timeouts: { keep_alive: '1h' } }
  })
  client.send(getRequest('/get'))
  await client.readResponse()
  const idle = (): number => fixture.pool().connectionsOf(fixture.backend(backend.address)).idle
  await eventually('the idle connection', () => idle() === 1)
  clock.advance(59_900)
  client.send(POST)
  while (idle() === 1) await new Promise((resolve) => setImmediate(resolve))
  clock.advance(1000)
  expect((await client.readResponse('POST')).status).toBe(200)
  expect(backend.targets).toEqual(['/get', '/post'])
})

test('a POST that finds its connection closed during the check goes on another, once', async () => {
  const { fixture, backend, clock, client } = await start()
  client.send(getRequest('/get'))
  await client.readResponse()
  const { openConnections } = backend
  const idle = (): number => fixture.pool().connectionsOf(fixture.backend(backend.address)).idle
  await eventually('the idle connection', () => idle() === 1)
  clock.advance(1000)
  // The FIN is in the kernel before the request is, and nobody has looked yet.
  openConnections[0]!.socket.end()
  client.send(POST)
  expect((await client.readResponse('POST')).status).toBe(200)
  expect(backend.targets).toEqual(['/get', '/post'])
  expect(fixture.pool().counters.inFlight).toBe(0)
})

test('time that passed without any event counts before the waits that follow it', async () => {
  const { backend, clock, client } = await start(
    { pool: { timeouts: { response_head: '0s' } }, listener: { timeouts: { keep_alive: '1m' } } },
    (exchange) => (exchange.target === '/long' ? undefined : exchange.respond())
  )
  client.send(getRequest('/long'))
  await backend.received(1)
  await clock.advanceAsync(600_000)
  backend.connections[0]!.socket.end()
  expect((await client.readResponse()).status).toBe(502)
  await clock.advanceAsync(30_000)
  client.send(getRequest('/next'))
  expect((await client.readResponse()).status).toBe(200)
})

test('an exchange that a dead backend held is counted with the time that it took', async () => {
  const { fixture, backend, clock, client } = await start(
    { pool: { timeouts: { response_head: '0s' } } },
    () => undefined
  )
  client.send(getRequest('/long'))
  await backend.received(1)
  await clock.advanceAsync(600_000)
  client.reset()
  await eventually('the end', () => fixture.pool().counters.inFlight === 0)
  expect(fixture.pool().counters.totalMs.sumMs).toBeGreaterThanOrEqual(600_000)
})

const UPGRADE = getRequest('/up', 'Connection: Upgrade', 'Upgrade: line')
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: line\r\n\r\n'

async function tunnel(early = ''): Promise<Started & { received: () => string }> {
  let received = ''
  const started = await start({}, (exchange) => {
    exchange.connection.openTunnel((bytes) => (received += bytes.toString()))
    exchange.send(SWITCHING)
  })
  started.client.send(UPGRADE + early)
  await started.client.readThrough('\r\n\r\n')
  return { ...started, received: () => received }
}

test.each(['client', 'backend'])(
  'a tunnel that its %s ends in order is no failure',
  async (who) => {
    const { fixture, backend, client } = await tunnel()
    if (who === 'client') client.halfClose()
    else backend.connections[0]!.socket.end()
    if (who === 'backend') {
      await client.readToEnd()
      client.halfClose()
    }
    await within('the end at the client', client.closed)
    await within('the end at the backend', backend.connections[0]!.closed)
    await eventually('nothing in flight', () => fixture.pool().counters.inFlight === 0)
    const { counters } = fixture.backend(backend.address)
    expect([counters.responseErrors, counters.serverAborts, counters.clientAborts]).toEqual([
      0, 0, 0
    ])
  }
)

test('what a client sends before the 101 goes into the tunnel', async () => {
  const { received } = await tunnel('early bytes')
  await eventually('the early bytes', () => received() === 'early bytes')
})

test('what a client sends before a refused upgrade is its next request', async () => {
  const { backend, client } = await start()
  client.send(UPGRADE + getRequest('/next'))
  expect((await client.readResponse()).body.toString()).toBe('backend /up 0')
  expect((await client.readResponse()).body.toString()).toBe('backend /next 0')
  expect(backend.targets).toEqual(['/up', '/next'])
})

test('what a backend said last in a tunnel reaches a slow client', async () => {
  const { fixture, backend, client, clock } = await tunnel()
  const writes = holdWrites(acceptedOn(fixture.port()))
  const last = 'x'.repeat(40 * 1024)
  backend.connections[0]!.socket.end(last)
  await eventually('pending', () => writes.length > 0)
  await clock.advanceAsync(5000)
  writes.release()
  expect((await client.readToEnd()).toString()).toBe(last)
})

test('two responses to one request end the connection, and nobody gets the second', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'
  const { backend, client } = await start({}, (exchange) =>
    exchange.connection.index === 0
      ? exchange.send(`${answer}ok${answer}no`)
      : exchange.respond({ body: 'other' })
  )
  client.send(getRequest('/1') + getRequest('/2'))
  expect((await client.readResponse()).body.toString()).toBe('ok')
  expect((await client.readResponse()).body.toString()).toBe('other')
  expect(backend.acceptedCount).toBe(2)
})

test('a connection on which a request was not sent whole carries no other', async () => {
  const { fixture, backend, client } = await start({}, (exchange) =>
    exchange.respond({ body: exchange.target })
  )
  client.send('PUT /half HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\npart')
  expect((await client.readResponse('PUT')).body.toString()).toBe('/half')
  expect((await fixture.get('/whole')).body).toBe('/whole')
  expect(backend.acceptedCount).toBe(2)
  expect(backend.violations).toEqual([])
})

test('a backend that floods an exchange with interim responses is held back', async () => {
  let sent = 0
  const interim = `HTTP/1.1 103 Early Hints\r\nLink: ${'x'.repeat(8000)}\r\n\r\n`
  const { fixture, client } = await start({}, (exchange) => {
    const { socket } = exchange.connection
    const more = (): void => {
      while (sent < 64_000_000 && !socket.destroyed) {
        sent += interim.length
        if (!socket.write(interim)) return void socket.once('drain', more)
      }
    }
    more()
  })
  const writes = holdWrites(acceptedOn(fixture.port()))
  client.send(getRequest('/'))
  await eventually('the flood stands still', async () => {
    const before = sent
    await new Promise((resolve) => setTimeout(resolve, 30))
    return writes.length > 0 && sent === before
  })
  expect(sent).toBeLessThan(24_000_000)
})

test('an exchange moves from a backend that is marked down, unless that is unsafe', async () => {
  const held: BackendExchange[] = []
  const down = await startBackend('down', { script: (exchange) => void held.push(exchange) })
  const fixture = await EngineFixture.start(
    configuration({ backends: [down], listener: { timeouts: { keep_alive: '1h' } } })
  )
  const [getting, posting] = [await fixture.connect(), await fixture.connect()]
  getting.send(getRequest('/get'))
  posting.send(POST)
  await eventually('both', () => held.length === 2)
  const up = await startBackend('up')
  await fixture.reload(configuration({ backends: [down, up] }))
  fixture.backend(down.address).setHealth('down', 'test')
  expect((await getting.readResponse()).body.toString()).toBe('up /get 0')
  expect(up.targets).toEqual(['/get'])
  held.find(({ method }) => method === 'POST')!.respond({ body: 'finished' })
  expect((await posting.readResponse('POST')).body.toString()).toBe('finished')
  expect(fixture.backend(down.address).load).toBe(0)
})
