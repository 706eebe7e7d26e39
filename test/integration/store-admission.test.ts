/**
 * Contract: on a route that stores, a request is answered with 202 only after the store has it,
 * whatever its framing; what cannot be stored is refused and nothing of it is acknowledged.
 */
import { describe, expect, test } from 'vitest'
import { MemoryStore } from '../../proxy-core/delivery/testing/memory-store.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import { answerOf, secure, session } from '../servers/http2-fixture.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import {
  asked,
  post,
  startStoring,
  stored,
  storingConfiguration
} from '../servers/storing-engine.ts'

const ADDRESS = /^\/\.switchyard\/requests\/([0-9a-f]{32})$/
const KILOBYTE = 1024

describe('acceptance', () => {
  test('202 comes only after the store has the request, with its address and nothing of it', async () => {
    const { fixture, store } = await startStoring({})
    const disk = Promise.withResolvers<void>()
    store.disk = disk.promise
    const client = await fixture.connect()
    client.send(post('/orders?x=1', 'hello'))
    await eventually('the request', () => fixture.engine.listeners[0]!.counters.inFlight === 1)
    expect(client.received.length).toBe(0)
    disk.resolve()
    const response = await client.readResponse('POST')
    expect(response.status).toBe(202)
    const location = fieldValue(response, 'location')!
    const id = ADDRESS.exec(location)?.[1]
    expect(JSON.parse(response.body.toString())).toEqual({ id, status: location })
    expect(fieldValue(response, 'cache-control')).toBe('no-store')
    expect(store.all[0]).toMatchObject({
      ...{ id, route: 'orders', key: '', method: 'POST', target: '/orders?x=1' },
      body: Buffer.from('hello')
    })
  })

  test('the head is kept as it would be sent, without what belongs to one message', async () => {
    const { fixture, store } = await startStoring({
      listener: { request_id: { header: 'X-Id' }, forwarded: { x_real_ip: false } },
      route: { path_prefix: '/api', rewrite: { prefix: '/v1' } },
      store: { drop_headers: ['Authorization'] }
    })
    const lines = ['X-A: 1', 'authorization: secret', 'Connection: close, X-B', 'X-B: 2']
    await stored(fixture, '/api/orders', 'x', ...lines, 'Idempotency-Key: 42')
    const [entry] = store.all
    expect(entry).toMatchObject({ target: '/v1/orders', idempotencyKey: '42' })
    expect(entry!.head.replace(/X-Id: .*/, 'X-Id: -')).toBe(
      [
        'Host: a.test',
        'X-A: 1',
        'X-Forwarded-For: 127.0.0.1',
        'X-Forwarded-Proto: http',
        'X-Forwarded-Host: a.test',
        'X-Id: -',
        ''
      ].join('\r\n')
    )
  })

  test('a request without an Idempotency-Key gets one of its own', async () => {
    const { fixture, store } = await startStoring({})
    await stored(fixture, '/1')
    await stored(fixture, '/2')
    const keys = store.all.map(({ idempotencyKey }) => idempotencyKey)
    expect(new Set(keys).size).toBe(2)
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('key and time come from the request and the clock', async () => {
    const clock = new ManualClock()
    const { fixture, store } = await startStoring(
      { store: { key: 'header:x-case-id', ttl: '1h', drop_headers: ['X-Case-Id'] } },
      { clock }
    )
    await stored(fixture, '/', '', 'X-Case-ID: 7')
    expect(store.all[0]).toMatchObject({
      ...{ key: '7', receivedAtMs: clock.wallNow(), expiresAtMs: clock.wallNow() + 3_600_000 }
    })
    expect(store.all[0]!.head).not.toContain('Case')
  })

  test('requests of one connection are answered in turn', async () => {
    const { fixture, store } = await startStoring({})
    const client = await fixture.connect()
    client.send(post('/1', 'a') + post('/2', 'b') + post('/3', ''))
    for (let turn = 0; turn < 3; turn++) {
      expect((await client.readResponse('POST')).status).toBe(202)
    }
    expect(store.all.map(({ target, body }) => `${target} ${body.toString()}`)).toEqual([
      '/1 a',
      '/2 b',
      '/3 '
    ])
  })

  test('what could not be delivered is not accepted: more fields than a head can have', async () => {
    const backend = await startBackend()
    const { fixture, store } = await startStoring({
      backends: [backend],
      listener: { limits: { fields: 2000, head: '1MiB' }, request_id: {} }
    })
    const fields = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, at) => `X-${at}: 1`)
    // Host and Content-Length are two more.
    await stored(fixture, '/most', '', ...fields(998))
    expect((await asked(fixture, post('/more', '', ...fields(999)))).status).toBe(431)
    await eventually('the delivery', () => store.all[0]?.state === 'delivered')
    expect(store.all.length).toBe(1)
  })

  test('other methods and upgrades pass through', async () => {
    const backend = await startBackend('web')
    const { fixture, store } = await startStoring({
      backends: [backend],
      store: { methods: ['PUT'] }
    })
    expect((await asked(fixture, getRequest('/page'))).body.toString()).toBe('web /page 0')
    expect((await asked(fixture, post('/form', 'x'))).body.toString()).toBe('web /form 1')
    expect(store.all).toEqual([])
  })
})

describe('bodies', () => {
  test.each([
    ['that comes in pieces', 100, 20],
    ['larger than every read', 1000 * KILOBYTE, 64 * KILOBYTE]
  ])('a body %s is stored whole', async (_what, length, piece) => {
    const { fixture, store } = await startStoring({})
    const body = Buffer.from(Array.from({ length }, (_, at) => at % 251))
    const client = await fixture.connect()
    client.send(`POST /big HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${length}\r\n\r\n`)
    for (let at = 0; at < length; at += piece) {
      client.send(body.subarray(at, at + piece))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await client.readResponse('POST')).status).toBe(202)
    expect(store.all[0]!.body.equals(body)).toBe(true)
    client.send(post('/next', 'n'))
    expect((await client.readResponse('POST')).status).toBe(202)
  })

  test('a chunked body is stored without its framing, extensions and trailers', async () => {
    const { fixture, store } = await startStoring({})
    const client = await fixture.connect()
    const head =
      'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n'
    client.send(`${head}5;a=b\r\nhello\r\n1\r\n`)
    client.send('!\r\n0\r\nX-Sum: 9\r\n\r\n')
    expect((await client.readResponse('POST')).status).toBe(202)
    expect(store.all[0]!.body.toString()).toBe('hello!')
    expect(store.all[0]!.head).not.toMatch(/chunked|trailer|x-sum/i)
    client.send(post('/next', ''))
    expect((await client.readResponse('POST')).status).toBe(202)
  })

  test('a client that asks before it sends gets its 100 on admission', async () => {
    const { fixture, store } = await startStoring({})
    const client = await fixture.connect()
    client.send(
      'POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'
    )
    await client.readThrough('HTTP/1.1 100 Continue\r\n\r\n')
    client.send('ok')
    expect((await client.readResponse('POST')).status).toBe(202)
    expect(store.all[0]!.body.toString()).toBe('ok')
  })

  test('one that is announced as too long is refused before it is read', async () => {
    const { fixture, store } = await startStoring({ store: { body_limit: '10B' } })
    const client = await fixture.connect()
    client.send(
      'POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n'
    )
    expect((await client.readResponse('POST')).status).toBe(413)
    expect(store.all).toEqual([])
  })

  test('one that turns out to be too long is refused, and its connection ends', async () => {
    const { fixture, store } = await startStoring({ store: { body_limit: '10B' } })
    const client = await fixture.connect()
    client.send(
      'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n'
    )
    client.send('6\r\nworld!\r\n')
    expect((await client.readResponse('POST')).status).toBe(413)
    await client.readToEnd()
    expect(store.all).toEqual([])
  })

  test('a malformed chunk is refused', async () => {
    const { fixture, store } = await startStoring({})
    const client = await fixture.connect()
    client.send('POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n')
    expect((await client.readResponse('POST')).status).toBe(400)
    expect(store.all).toEqual([])
  })

  test('a client that stops in the midst of its body is told, and nothing is stored', async () => {
    const clock = new ManualClock()
    const { fixture, store } = await startStoring(
      { listener: { timeouts: { request_body: '5s' } } },
      { clock }
    )
    const client = await fixture.connect()
    client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nhalf')
    await eventually('the request', () => fixture.engine.listeners[0]!.counters.inFlight === 1)
    await clock.advanceAsync(6000)
    expect((await client.readResponse('POST')).status).toBe(408)
    expect(store.all).toEqual([])
  })

  test('bodies that wait for their rest take no more than their room', async () => {
    const { fixture } = await startStoring({ store: { body_limit: '32MiB' } })
    const half = 24 * KILOBYTE * KILOBYTE
    const clients = await Promise.all([fixture.connect(), fixture.connect()])
    for (const client of clients) {
      client.send(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${half + 1}\r\n\r\n`)
      client.send(Buffer.alloc(half))
    }
    await eventually('both bodies', () => fixture.engine.buffer!.intakeBytes === 2 * half, 20_000)
    const third = await fixture.connect()
    third.send(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${half}\r\n\r\n`)
    const response = await third.readResponse('POST')
    expect(response.status).toBe(503)
    expect(fieldValue(response, 'retry-after')).toBe('5')
    for (const client of clients) client.close()
    await eventually('room', () => fixture.engine.buffer!.intakeBytes === 0)
  })
})

describe('refusals', () => {
  test.each([
    ['full', 507, '5'],
    ['no_space', 507, '30'],
    ['disk', 503, '30'],
    ['closing', 503, '5'],
    ['too_large', 413, undefined]
  ] as const)('a store that says %s', async (kind, status, retryAfter) => {
    const { fixture, store } = await startStoring({})
    store.refusal = kind
    const client = await fixture.connect()
    client.send(post('/', 'x'))
    const response = await client.readResponse('POST')
    expect(response.status).toBe(status)
    expect(fieldValue(response, 'retry-after')).toBe(retryAfter)
    store.refusal = null
    client.send(post('/', 'x'))
    expect((await client.readResponse('POST')).status).toBe(202)
  })

  test('refusing is told once, and its end after a while without', async () => {
    const clock = new ManualClock()
    const { fixture, store } = await startStoring({}, { clock })
    store.refusal = 'full'
    for (let turn = 0; turn < 3; turn++) {
      expect((await asked(fixture, post('/', 'x'))).status).toBe(507)
    }
    store.refusal = null
    await stored(fixture, '/')
    expect(fixture.eventsOf('store').map(({ outcome }) => outcome)).toEqual(['refusing'])
    await clock.advanceAsync(10_000)
    expect(fixture.eventsOf('store').map(({ outcome }) => outcome)).toEqual([
      'refusing',
      'accepting'
    ])
    expect(fixture.engine.buffer!.refused).toBe(3)
  })

  test('with when_full: block requests wait for room', async () => {
    const { fixture, store } = await startStoring({ buffer: { when_full: 'block' } })
    store.refusal = 'full'
    const client = await fixture.connect()
    client.send(post('/waits', 'x'))
    await eventually('somebody who waits', () => fixture.engine.buffer!.blocked === 1)
    store.makeRoom()
    expect((await client.readResponse('POST')).status).toBe(202)
    expect(store.all.map(({ target }) => target)).toEqual(['/waits'])
  })

  test('who comes while others wait stands behind them', async () => {
    const { fixture, store } = await startStoring({ buffer: { when_full: 'block' } })
    store.refusal = 'full'
    const clients = [await fixture.connect(), await fixture.connect()]
    clients[0]!.send(post('/first', 'x'))
    await eventually('somebody who waits', () => fixture.engine.buffer!.blocked === 1)
    // There is room by now, of which the first one has not heard yet.
    store.refusal = null
    clients[1]!.send(post('/second', 'x'))
    await eventually('both', () => fixture.engine.buffer!.blocked === 2)
    store.makeRoom()
    for (const client of clients) expect((await client.readResponse('POST')).status).toBe(202)
    expect(store.all.map(({ target }) => target)).toEqual(['/first', '/second'])
  })

  test('who waits in vain is told after block_timeout', async () => {
    const clock = new ManualClock()
    const { fixture, store } = await startStoring(
      { buffer: { when_full: 'block', block_timeout: '3s' } },
      { clock }
    )
    store.refusal = 'full'
    const client = await fixture.connect()
    client.send(post('/', 'x'))
    await eventually('somebody who waits', () => fixture.engine.buffer!.blocked === 1)
    await clock.advanceAsync(3000)
    const response = await client.readResponse('POST')
    expect([response.status, fieldValue(response, 'retry-after')]).toEqual([503, '5'])
  })

  test('who leaves while it waits is not stored', async () => {
    const { fixture, store } = await startStoring({ buffer: { when_full: 'block' } })
    store.refusal = 'full'
    const client = await fixture.connect()
    client.send(post('/', 'x'))
    await eventually('somebody who waits', () => fixture.engine.buffer!.blocked === 1)
    client.close()
    await eventually('nobody', () => fixture.engine.buffer!.blocked === 0)
    store.makeRoom()
    await stored(fixture, '/next')
    expect(store.all.map(({ target }) => target)).toEqual(['/next'])
  })

  test('a disk that says nothing is not waited for without end', async () => {
    const clock = new ManualClock()
    const { fixture, store } = await startStoring({}, { clock })
    const disk = Promise.withResolvers<void>()
    store.disk = disk.promise
    const client = await fixture.connect()
    client.send(post('/', 'x'))
    await eventually('the request', () => fixture.engine.listeners[0]!.counters.inFlight === 1)
    await clock.advanceAsync(31_000)
    expect((await client.readResponse('POST')).status).toBe(503)
    client.send(post('/again', 'x'))
    disk.resolve()
    expect((await client.readResponse('POST')).status).toBe(202)
  })

  test('a client that leaves before the answer ends its request and nothing else', async () => {
    const { fixture, store } = await startStoring({})
    const disk = Promise.withResolvers<void>()
    store.disk = disk.promise
    const gone = await fixture.connect()
    gone.send(post('/gone', 'x'))
    await eventually('the request', () => fixture.engine.listeners[0]!.counters.inFlight === 1)
    gone.close()
    await eventually('its end', () => fixture.engine.listeners[0]!.counters.inFlight === 0)
    const other = await fixture.connect()
    other.send(post('/other', 'y'))
    disk.resolve()
    expect((await other.readResponse('POST')).status).toBe(202)
    expect(fixture.engine.buffer!.intakeBytes).toBe(0)
    // Records of exchanges are used again: the late word about one must not end another.
    expect(fixture.engine.listeners[0]!.counters.inFlight).toBe(0)
  })
})

test('over HTTP/2 a request is stored by the same rules', async () => {
  const { fixture, store } = await startStoring({
    listener: secure(),
    store: { key: 'query:case' }
  })
  const stream = session(fixture).request({
    ':method': 'POST',
    ':path': '/orders?case=3',
    ':authority': 'a.test',
    expect: '100-continue'
  })
  stream.write('hello ')
  stream.end('world')
  const answer = await answerOf(stream)
  expect(answer.status).toBe(202)
  expect(answer.headers['location']).toMatch(ADDRESS)
  expect(store.all[0]).toMatchObject({ key: '3', body: Buffer.from('hello world') })
})

test('a store that cannot be opened is an event, and the rest of the engine serves', async () => {
  const clock = new ManualClock()
  const backend = await startBackend('web')
  const store = new MemoryStore()
  let isBroken = true
  const fixture = await EngineFixture.start(storingConfiguration({ backends: [backend] }), {
    clock,
    openStore: () =>
      isBroken ? Promise.reject(new Error('It is locked.')) : Promise.resolve(store)
  })
  expect((await fixture.get('/page')).status).toBe(200)
  expect((await asked(fixture, post('/', 'x'))).status).toBe(503)
  await clock.advanceAsync(4000)
  expect(fixture.eventsOf('fault').map(({ reason }) => reason)).toEqual(['It is locked.'])
  isBroken = false
  await clock.advanceAsync(2000)
  await stored(fixture, '/')
})
