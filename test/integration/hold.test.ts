/**
 * Contract: while nobody can serve, requests of a pool that holds wait with their clients, and go
 * on in the order of their arrival when a backend is there; who cannot wait is told so at once.
 */
import { describe, expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import { answerOf, session, start as startHttp2 } from '../servers/http2-fixture.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { BackendExchange } from '../servers/backend-connection.ts'
import type { RawClient } from '../servers/raw-client.ts'
import { RecordingBackend } from '../servers/recording-backend.ts'

const HOLD = { buffer: { mode: 'hold', timeout: '30s' } }

interface Away {
  readonly backend: RecordingBackend
  readonly fixture: EngineFixture
  /** The backend takes requests from now on. */
  back(): void
}

/** A pool whose only backend is in maintenance. */
async function withNobody(
  parts: Parameters<typeof configuration>[0] = {},
  options: Parameters<typeof EngineFixture.start>[1] = {}
): Promise<Away> {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ pool: HOLD, ...parts, backends: [backend] }),
    options
  )
  const set = (state: 'ready' | 'maint'): void =>
    fixture.engine.setAdminState('main', backend.address, state, 'test')
  set('maint')
  return { backend, fixture, back: () => set('ready') }
}

async function ask(fixture: EngineFixture, request: string): Promise<RawClient> {
  const client = await fixture.connect()
  client.send(request)
  return client
}

const held = (fixture: EngineFixture): number => fixture.pool().holdStatus()!.held

async function untilHeld(fixture: EngineFixture, count: number): Promise<void> {
  await eventually(`${count} held`, () => held(fixture) === count)
}

describe('while nobody can serve', () => {
  test('requests wait and are sent in the order of their arrival', async () => {
    const pool = { ...HOLD, max_connections: 1 }
    const { backend, fixture, back } = await withNobody({ pool })
    const lost = { isAvailable: false, doRequestsWait: true }
    expect(fixture.eventsOf('pool_availability')).toMatchObject([lost])
    const clients: RawClient[] = []
    for (let n = 0; n < 20; n++) {
      clients.push(await ask(fixture, getRequest(`/${n}`)))
      await untilHeld(fixture, n + 1)
    }
    expect(fixture.pool().heldRequests(2)).toMatchObject([
      { position: 1, target: '/0' },
      { position: 2, target: '/1' }
    ])
    expect(backend.requests).toEqual([])
    back()
    for (const [n, client] of clients.entries()) {
      const { status, body } = await client.readResponse()
      expect([status, body.toString()]).toEqual([200, `backend /${n} 0`])
    }
    expect(backend.targets).toEqual(clients.map((_, n) => `/${n}`))
    expect(fixture.pool().holdStatus()).toMatchObject({
      ...{ held: 0, heldMax: 20, bytes: 0, entered: 20, released: 20, expired: 0, refused: 0 }
    })
  })

  test('a pool without a buffer refuses at once', async () => {
    const { fixture } = await withNobody({ pool: {} })
    expect((await fixture.get('/')).status).toBe(503)
    const lost = { isAvailable: false, doRequestsWait: false }
    expect(fixture.eventsOf('pool_availability')).toMatchObject([lost])
  })

  test('a route can be kept out, and one alone can hold', async () => {
    const out = await withNobody({ route: { buffer: { mode: 'none' } } })
    expect((await out.fixture.get('/')).status).toBe(503)
    const alone = await withNobody({ pool: {}, route: { buffer: { mode: 'hold' } } })
    const client = await ask(alone.fixture, getRequest('/'))
    await untilHeld(alone.fixture, 1)
    alone.back()
    expect((await client.readResponse()).status).toBe(200)
  })

  test('who waits too long is told to come back', async () => {
    const clock = new ManualClock()
    const { fixture } = await withNobody({}, { clock })
    const client = await ask(fixture, getRequest('/'))
    await untilHeld(fixture, 1)
    clock.advance(29_000)
    expect(held(fixture)).toBe(1)
    clock.advance(2000)
    const response = await client.readResponse()
    expect(response.status).toBe(503)
    expect(fieldValue(response, 'retry-after')).toBe('1')
    expect(fixture.pool().holdStatus()).toMatchObject({ held: 0, expired: 1 })
  })

  test('the total timeout of the route stands still', async () => {
    const clock = new ManualClock()
    const route = { timeouts: { total: '5s' } }
    const { fixture, back } = await withNobody({ route }, { clock })
    const client = await ask(fixture, getRequest('/'))
    await untilHeld(fixture, 1)
    clock.advance(20_000)
    back()
    expect((await client.readResponse()).status).toBe(200)
  })

  test('one too many is refused, and a place is free again when its client leaves', async () => {
    const pool = { buffer: { mode: 'hold', max_requests: 2 } }
    const { fixture } = await withNobody({ pool })
    const clients = [await ask(fixture, getRequest('/0')), await ask(fixture, getRequest('/1'))]
    await untilHeld(fixture, 2)
    expect((await fixture.get('/2')).status).toBe(503)
    clients[0]!.close()
    await untilHeld(fixture, 1)
    await ask(fixture, getRequest('/3'))
    await untilHeld(fixture, 2)
    expect(
      fixture
        .pool()
        .heldRequests(10)
        .map(({ target }) => target)
    ).toEqual(['/1', '/3'])
    expect(fixture.pool().holdStatus()).toMatchObject({ refused: 1, abandoned: 1 })
  })

  test('an upgrade waits before its handshake', async () => {
    const { backend, fixture, back } = await withNobody()
    backend.script = (exchange) =>
      exchange.send('HTTP/1.1 101 X\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n')
    const client = await ask(fixture, getRequest('/', 'Connection: upgrade', 'Upgrade: echo'))
    await untilHeld(fixture, 1)
    back()
    await eventually('101', () => client.received.includes('HTTP/1.1 101'))
    expect(fixture.pool().holdStatus()).toMatchObject({ held: 0, released: 1 })
  })

  test('a shutdown answers who still waits', async () => {
    const { fixture } = await withNobody({ top: { shutdown_timeout: '100ms' } })
    const client = await ask(fixture, getRequest('/'))
    await untilHeld(fixture, 1)
    await fixture.stop()
    expect((await client.readResponse()).status).toBe(503)
  })

  test('a reload that ends the buffer tells who still waits', async () => {
    const { backend, fixture } = await withNobody()
    const client = await ask(fixture, getRequest('/'))
    await untilHeld(fixture, 1)
    await fixture.reload(configuration({ backends: [backend] }))
    expect((await client.readResponse()).status).toBe(503)
  })
})

describe('the body of a request that waits', () => {
  const size = 300_000
  const body = Buffer.alloc(size, 'abcdefghij')
  const put = (...lines: readonly string[]): string =>
    ['PUT /up HTTP/1.1', 'Host: a.test', ...lines, '', ''].join('\r\n')

  test('is read meanwhile, and sent whole and unaltered', async () => {
    const { backend, fixture, back } = await withNobody()
    const client = await ask(fixture, put(`Content-Length: ${size}`))
    client.send(body)
    await untilHeld(fixture, 1)
    await eventually('the body', () => fixture.pool().heldRequests(1)[0]?.bodyBytes === size)
    back()
    expect((await client.readResponse()).status).toBe(200)
    expect(backend.requests[0]!.body.equals(body)).toBe(true)
    expect(fixture.pool().holdStatus()).toMatchObject({ bytes: 0 })
  })

  test('goes on from its client where the wait ended before the body', async () => {
    const { backend, fixture, back } = await withNobody()
    const client = await ask(fixture, put(`Content-Length: ${size}`))
    client.send(body.subarray(0, 100_000))
    await untilHeld(fixture, 1)
    back()
    client.send(body.subarray(100_000))
    expect((await client.readResponse()).status).toBe(200)
    expect(backend.requests[0]!.body.equals(body)).toBe(true)
  })

  test('may come in chunks', async () => {
    const { backend, fixture, back } = await withNobody()
    const client = await ask(fixture, put('Transfer-Encoding: chunked'))
    await untilHeld(fixture, 1)
    client.send('5\r\nhello\r\n')
    client.send('6\r\n world\r\n0\r\n\r\n')
    await eventually('the body', () => fixture.pool().heldRequests(1)[0]?.bodyBytes === 11)
    back()
    expect((await client.readResponse()).status).toBe(200)
    expect(backend.requests[0]!.body.toString()).toBe('hello world')
  })

  test('is asked for when its client waits to be asked', async () => {
    const { backend, fixture, back } = await withNobody()
    const client = await ask(fixture, put('Content-Length: 5', 'Expect: 100-continue'))
    await eventually('100', () => client.received.includes('HTTP/1.1 100 Continue\r\n\r\n'))
    client.send('hello')
    await eventually('the body', () => fixture.pool().heldRequests(1)[0]?.bodyBytes === 5)
    back()
    await eventually('200', () => client.received.includes('HTTP/1.1 200'))
    expect(backend.requests[0]!.body.toString()).toBe('hello')
    expect(backend.connections[0]!.bytes.toString()).not.toMatch(/expect/i)
  })

  test.each([
    ['is longer than may wait', { body_limit: 1000 }],
    ['does not fit beside the others', { max_bytes: 1000 }]
  ])('that %s is refused before it is read', async (_, limits) => {
    const pool = { buffer: { mode: 'hold', ...limits } }
    const { fixture } = await withNobody({ pool })
    const client = await ask(fixture, put(`Content-Length: ${size}`, 'Expect: 100-continue'))
    await eventually('503', () => client.received.includes('HTTP/1.1 503'))
    expect(client.received.includes('100 Continue')).toBe(false)
    expect(fixture.pool().holdStatus()).toMatchObject({ held: 0, bytes: 0, refused: 1 })
  })

  test('that stops coming ends the wait of its client alone', async () => {
    const clock = new ManualClock()
    const listener = { timeouts: { request_body: '3s' } }
    const { fixture } = await withNobody({ listener }, { clock })
    const client = await ask(fixture, put(`Content-Length: ${size}`))
    client.send(body.subarray(0, 1000))
    await eventually('the part', () => fixture.pool().heldRequests(1)[0]?.bodyBytes === size)
    await untilHeld(fixture, 1)
    clock.advance(4000)
    expect((await client.readResponse()).status).toBe(408)
    expect(fixture.pool().holdStatus()).toMatchObject({ held: 0, bytes: 0, abandoned: 1 })
  })

  test('that grows too long is refused', async () => {
    const pool = { buffer: { mode: 'hold', body_limit: 10 } }
    const { fixture } = await withNobody({ pool })
    const client = await ask(fixture, put('Transfer-Encoding: chunked'))
    await untilHeld(fixture, 1)
    client.send('14\r\n01234567890123456789\r\n')
    await eventually('503', () => client.received.includes('HTTP/1.1 503'))
    expect(fixture.pool().holdStatus()).toMatchObject({ held: 0, bytes: 0 })
  })
})

test('the fallback takes who may not wait, and whose time is over', async () => {
  const clock = new ManualClock()
  const pool = {
    buffer: { mode: 'hold', max_requests: 1, timeout: '5s' },
    fallback: { status: 503, body: 'back soon' }
  }
  const { fixture } = await withNobody({ pool }, { clock })
  const client = await ask(fixture, getRequest('/'))
  await untilHeld(fixture, 1)
  expect((await fixture.get('/')).body).toBe('back soon')
  clock.advance(6000)
  expect((await client.readResponse()).body.toString()).toBe('back soon')
})

test('streams of HTTP/2 wait side by side on one connection, each with its body', async () => {
  const backend = await startBackend()
  const fixture = await startHttp2({ backends: [backend], pool: HOLD })
  fixture.engine.setAdminState('main', backend.address, 'maint', 'test')
  const client = session(fixture)
  const bodies = [10, 100_000, 70_000].map((bytes, n) => Buffer.alloc(bytes, String(n)))
  const answers = bodies.map((body, n) => {
    const stream = client.request({ ':method': 'PUT', ':path': `/${n}`, ':authority': 'a.test' })
    stream.end(body)
    return answerOf(stream)
  })
  await untilHeld(fixture, 3)
  fixture.engine.setAdminState('main', backend.address, 'ready', 'test')
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
  for (const { target, body } of backend.requests) {
    expect(body.equals(bodies[Number(target.slice(1))]!)).toBe(true)
  }
})

describe('an attempt that failed', () => {
  test('is followed by a wait and another, when no other backend is left', async () => {
    const backend = await startBackend()
    const fixture = await EngineFixture.start(configuration({ backends: [backend], pool: HOLD }))
    await backend.stop()
    const clients = await Promise.all(
      Array.from({ length: 10 }, (_, n) => ask(fixture, getRequest(`/${n}`)))
    )
    await untilHeld(fixture, 10)
    const again = await RecordingBackend.start({ port: backend.port })
    for (const client of clients) expect((await client.readResponse()).status).toBe(200)
    expect(again.requests).toHaveLength(10)
    await again.stop()
  })

  test('of a request that may have had an effect is not repeated', async () => {
    const backend = await startBackend('once', { script: (exchange) => exchange.reset() })
    const fixture = await EngineFixture.start(configuration({ backends: [backend], pool: HOLD }))
    const post = ['POST / HTTP/1.1', 'Host: a.test', 'Content-Length: 0', '', ''].join('\r\n')
    const client = await ask(fixture, post)
    expect((await client.readResponse()).status).toBe(502)
    expect(backend.requests).toHaveLength(1)
  })

  test('with an Idempotency-Key it is', async () => {
    const scripts = [(exchange: BackendExchange) => exchange.reset()]
    const backend = await startBackend('twice', {
      script: async (exchange) => {
        const { body } = await exchange.request
        const script = scripts.shift()
        if (script) script(exchange)
        else exchange.respond({ body: body.toString() })
      }
    })
    const fixture = await EngineFixture.start(configuration({ backends: [backend], pool: HOLD }))
    const fields = ['Host: a.test', 'Idempotency-Key: "1"', 'Content-Length: 70000']
    const client = await ask(fixture, ['POST / HTTP/1.1', ...fields, '', ''].join('\r\n'))
    client.send('x'.repeat(70_000))
    const { status, body } = await client.readResponse()
    expect([status, body.length]).toEqual([200, 70_000])
    expect(backend.requests).toHaveLength(2)
  })
})

test('a graceful failover lets those who wait go with the share that moves', async () => {
  const clock = new ManualClock()
  const [primary, standby] = [await startBackend('primary'), await startBackend('standby')]
  const fixture = await EngineFixture.start(
    configuration({
      backends: [{ address: primary.address }, { address: standby.address, failover_level: 1 }],
      pool: {
        ...{ ...HOLD, health_check: false, failover: { strategy: 'graceful', ramp: '10s' } },
        // The clock runs ahead of the sockets.
        timeouts: { connect: '1m' }
      }
    }),
    { clock }
  )
  fixture.engine.setAdminState('main', primary.address, 'maint', 'test')
  const clients: RawClient[] = []
  for (let n = 0; n < 8; n++) {
    clients.push(await ask(fixture, getRequest(`/${n}`)))
    await untilHeld(fixture, n + 1)
  }
  expect(fixture.engine.failoverStatus('main')).toMatchObject({ activeLevel: -1, level: 1 })
  clock.advance(5000)
  await untilHeld(fixture, 4)
  expect(fixture.engine.failoverStatus('main')).toMatchObject({ activeLevel: 1 })
  // Of two that come now one may go, and it is the one that has waited longest.
  for (const n of [8, 9]) clients.push(await ask(fixture, getRequest(`/${n}`)))
  await eventually('both', () => fixture.pool().counters.requests === 10)
  await untilHeld(fixture, 5)
  clock.advance(5000)
  for (const client of clients) expect((await client.readResponse()).status).toBe(200)
  expect(standby.requests).toHaveLength(10)
})

test('keys that are bound to a backend that is away do not hold up the others', async () => {
  const [a, b] = [await startBackend('a'), await startBackend('b')]
  const partition = { key: 'header:x-case', when_unavailable: 'refuse' }
  const fixture = await EngineFixture.start(
    configuration({ backends: [a, b], pool: { ...HOLD, algorithm: 'partition', partition } })
  )
  const cases = Array.from({ length: 12 }, (_, n) => `case-${n}`)
  fixture.engine.setAdminState('main', a.address, 'maint', 'test')
  const clients = await Promise.all(
    cases.map((name) => ask(fixture, getRequest('/', `X-Case: ${name}`)))
  )
  await eventually('the rest', () => held(fixture) + b.requests.length === cases.length)
  expect(b.requests.length).toBeGreaterThan(0)
  expect(held(fixture)).toBeGreaterThan(0)
  fixture.engine.setAdminState('main', a.address, 'ready', 'test')
  for (const client of clients) expect((await client.readResponse()).status).toBe(200)
  expect(a.requests.length + b.requests.length).toBe(cases.length)
})
