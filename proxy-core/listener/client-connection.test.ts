/**
 * Contract: a client connection never loses its turn, a slow or silent client costs no memory,
 * and no message ends so that a part could be taken for the whole.
 */
import { expect, test } from 'vitest'
import type { BackendExchange } from '../../test/servers/backend-connection.ts'
import { configuration } from '../../test/servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../../test/servers/engine-fixture.ts'
import { eventually, within } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { acceptedOn, connectedTo, holdWrites } from '../transport/testing/held-writes.ts'

const KILOBYTE = 1024
/** Passes through this process in one piece, and is written on by reference or copy, not as text. */
const ONE_READ = 40 * KILOBYTE
/** Longer than the lingering after a last answer, shorter than every idle timeout. */
const A_WHILE_MS = 5000

/** The one request has been answered, as far as backend and balancer are concerned. */
function hasEnded(fixture: EngineFixture): boolean {
  const { requests, inFlight } = fixture.engine.listeners[0]!.counters
  return requests === 1 && inFlight === 0
}

const inChunks = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

test('an answer before the backend has read the body does not silence the client for ever', async () => {
  const held: BackendExchange[] = []
  const backend = await startBackend('early', {
    script: (exchange) =>
      exchange.method === 'GET' ? exchange.respond({ body: 'next' }) : void held.push(exchange)
  })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  const length = ONE_READ
  client.send(`PUT /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${length}\r\n\r\n`)
  await eventually('the request', () => held.length === 1)
  const writes = holdWrites(connectedTo(backend.port))
  client.send(Buffer.alloc(length, 'b'))
  await eventually('the whole body, pending', () => writes.length === length)
  held[0]!.respond({ body: 'early' })
  expect((await client.readResponse('PUT')).body.toString()).toBe('early')
  writes.release()
  client.send(getRequest('/2'))
  expect((await client.readResponse()).body.toString()).toBe('next')
})

test('a client that takes its last answer slowly gets all of it', async () => {
  const clock = new ManualClock()
  const body = 'x'.repeat(ONE_READ)
  const backend = await startBackend('chunked', {
    script: (exchange) =>
      exchange.send(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${inChunks(body)}`)
  })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }), { clock })
  const client = await fixture.connect()
  const writes = holdWrites(acceptedOn(fixture.port()))
  client.send('GET / HTTP/1.0\r\n\r\n')
  await eventually('the end', () => hasEnded(fixture))
  await clock.advanceAsync(A_WHILE_MS)
  writes.release()
  expect((await client.readToEnd()).toString().endsWith(`\r\n\r\n${body}`)).toBe(true)
})

test('an answer that ends with the connection and is not taken is cut by a reset', async () => {
  const clock = new ManualClock()
  const backend = await startBackend('chunked', {
    script: (exchange) =>
      exchange.send(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${inChunks('x'.repeat(ONE_READ))}`
      )
  })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { timeouts: { idle: '10s' } } }),
    { clock }
  )
  const client = await fixture.connect()
  const writes = holdWrites(acceptedOn(fixture.port()))
  client.send('GET / HTTP/1.0\r\n\r\n')
  await eventually('the end', () => hasEnded(fixture))
  expect(writes.length).toBeGreaterThan(0)
  await clock.advanceAsync(30_000)
  expect(await within('the cut', client.closed)).toBe('reset')
})

test('a connection that we end after an answer may still be sent to while the client reads it', async () => {
  const held: BackendExchange[] = []
  const backend = await startBackend('early', { script: (exchange) => void held.push(exchange) })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.socket.pause()
  client.send('PUT /1 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n')
  await eventually('the request', () => held.length === 1)
  const half = 'x'.repeat(500_000)
  held[0]!.send(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${half}`)
  await eventually('the begin', () => client.socket.readableLength > 0)
  client.send('0\r\n\r\n')
  await held[0]!.request
  held[0]!.send(half)
  await eventually('the end', () => hasEnded(fixture))
  client.send(getRequest('/2'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  client.socket.resume()
  expect((await client.readResponse('PUT')).body.length).toBe(1_000_000)
})

test('nor does a drain that begins during an answer take any of it back', async () => {
  const held: BackendExchange[] = []
  const backend = await startBackend('large', { script: (exchange) => void held.push(exchange) })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.socket.pause()
  client.send(getRequest('/1'))
  await eventually('the request', () => held.length === 1)
  const half = 'x'.repeat(500_000)
  held[0]!.send(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${half}`)
  await eventually('the begin', () => client.socket.readableLength > 0)
  const stopped = fixture.stop()
  held[0]!.send(half)
  await eventually('the end', () => hasEnded(fixture))
  client.send(getRequest('/2'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  client.socket.resume()
  expect((await client.readResponse()).body.length).toBe(1_000_000)
  client.close()
  await stopped
})

test('an idle connection whose last answer is not taken yet survives keep_alive and a drain', async () => {
  const clock = new ManualClock()
  const body = 'x'.repeat(ONE_READ)
  const backend = await startBackend('large', { script: (exchange) => exchange.respond({ body }) })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { timeouts: { keep_alive: '1s' } } }),
    { clock }
  )
  const client = await fixture.connect()
  const writes = holdWrites(acceptedOn(fixture.port()))
  client.send(getRequest('/'))
  await eventually('the end', () => hasEnded(fixture))
  await clock.advanceAsync(A_WHILE_MS)
  const stopped = fixture.stop()
  await ManualClock.flush()
  writes.release()
  expect((await client.readResponse()).body.toString()).toBe(body)
  client.close()
  await stopped
})

test('keep_alive begins when the answer has been taken', async () => {
  const clock = new ManualClock()
  const body = 'x'.repeat(ONE_READ)
  const backend = await startBackend('large', { script: (exchange) => exchange.respond({ body }) })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { timeouts: { keep_alive: '2s' } } }),
    { clock }
  )
  const client = await fixture.connect()
  const writes = holdWrites(acceptedOn(fixture.port()))
  client.send(getRequest('/1'))
  await eventually('the end', () => hasEnded(fixture))
  await clock.advanceAsync(A_WHILE_MS)
  writes.release()
  await client.readResponse()
  await clock.advanceAsync(1500)
  client.send(getRequest('/2'))
  await client.readResponse()
  await clock.advanceAsync(2500)
  await client.readToEnd()
})

test('a client that pipelines and never reads is not served ahead', async () => {
  const script = (exchange: BackendExchange): void =>
    exchange.respond({ body: 'x'.repeat(20 * KILOBYTE) })
  const backends = [await startBackend('one', { script }), await startBackend('two', { script })]
  const fixture = await EngineFixture.start(configuration({ backends }))
  const client = await fixture.connect()
  const writes = holdWrites(acceptedOn(fixture.port()))
  const count = 50
  client.send(Array.from({ length: count }, (_, n) => getRequest(`/${n}`)).join(''))
  await eventually('the first answer', () => writes.length > 0)
  for (let turn = 0; turn < 20; turn += 1) await ManualClock.flush()
  expect(fixture.pool().counters.requests).toBe(1)
  writes.release()
  for (let n = 0; n < count; n += 1) await client.readResponse()
})

test('refusals that the client does not read do not pile up', async () => {
  const fixture = await EngineFixture.start(configuration({ routes: [] }))
  const client = await fixture.connect()
  const writes = holdWrites(acceptedOn(fixture.port()))
  const count = 5000
  client.send(Array.from({ length: count }, () => getRequest('/')).join(''))
  await eventually('the first answers', () => writes.length > 0)
  for (let turn = 0; turn < 20; turn += 1) await ManualClock.flush()
  const answered = fixture.engine.listeners[0]!.counters.requests
  expect(answered).toBeLessThan(1000)
  writes.release()
  for (let n = 0; n < count; n += 1) expect((await client.readResponse()).status).toBe(404)
})

test('a client that pipelines and leaves is noticed, and its request broken off', async () => {
  const backend = await startBackend('silent', { script: () => undefined })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(getRequest('/1') + getRequest('/2'))
  await backend.received(1)
  client.reset()
  await within('the cut at the backend', backend.connections[0]!.closed)
  expect(fixture.pool().counters.clientAborts).toBe(1)
  expect(fixture.pool().counters.inFlight).toBe(0)
})

test('pipelined requests are all answered although the client has closed its sending side', async () => {
  const held: BackendExchange[] = []
  const backend = await startBackend('held', { script: (exchange) => void held.push(exchange) })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { path_prefix: '/in' } })
  )
  const client = await fixture.connect()
  client.send(['/in', '/out', '/out', '/in'].map((target) => getRequest(target)).join(''))
  client.halfClose()
  await eventually('the first', () => held.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  held[0]!.respond({ body: 'first' })
  expect((await client.readResponse()).body.toString()).toBe('first')
  expect((await client.readResponse()).status).toBe(404)
  expect((await client.readResponse()).status).toBe(404)
  await eventually('the last', () => held.length === 2)
  held[1]!.respond({ body: 'last' })
  expect((await client.readResponse()).body.toString()).toBe('last')
  await client.readToEnd()
})

test('an upload whose client closes its sending side while it waits for a backend is complete', async () => {
  const held: BackendExchange[] = []
  const backend = await startBackend('busy', { script: (exchange) => void held.push(exchange) })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { max_connections: 1 } })
  )
  const first = await fixture.connect()
  first.send(getRequest('/first'))
  await eventually('the first', () => held.length === 1)
  const client = await fixture.connect()
  client.send('PUT /2 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n')
  client.send('4\r\nbody\r\n0\r\n\r\n')
  client.halfClose()
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  held[0]!.respond()
  await eventually('the upload', () => held.length === 2)
  expect((await held[1]!.request).body.toString()).toBe('body')
  held[1]!.respond({ body: 'stored' })
  expect((await client.readResponse('PUT')).body.toString()).toBe('stored')
})

test('an upload that breaks off while it waits for a backend is given up', async () => {
  const held: BackendExchange[] = []
  const backend = await startBackend('busy', { script: (exchange) => void held.push(exchange) })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { max_connections: 1 } })
  )
  const first = await fixture.connect()
  first.send(getRequest('/first'))
  await eventually('the first', () => held.length === 1)
  const client = await fixture.connect()
  client.send('PUT /2 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\npart')
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  client.reset()
  await eventually('the place given back', () => fixture.pool().counters.queued === 0)
  expect(fixture.pool().counters.inFlight).toBe(1)
})

test('a refusal carries its text although the record served a HEAD request before', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const first = await fixture.connect()
  first.send('HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await first.readResponse('HEAD')
  const second = await fixture.connect()
  second.send('NONSENSE\r\n\r\n')
  const refusal = await second.readResponse()
  expect(refusal.status).toBe(400)
  expect(refusal.body.length).toBeGreaterThan(0)
})

test('an empty line between two requests is no slow head', async () => {
  const clock = new ManualClock()
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      listener: { timeouts: { request_head: '1s', keep_alive: '1m' } }
    }),
    { clock }
  )
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  await client.readResponse()
  client.send('\r\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  await clock.advanceAsync(A_WHILE_MS)
  client.send(getRequest('/2'))
  expect((await client.readResponse()).status).toBe(200)
})

test('a client learns nothing of the addresses behind the balancer', async () => {
  const gone = await startBackend()
  await gone.stop()
  const fixture = await EngineFixture.start(configuration({ backends: [gone] }))
  const { status, body } = await fixture.get('/')
  expect(status).toBe(502)
  expect(body).not.toContain('127.0.0.1')
  expect(body).not.toContain(String(gone.port))
  expect(body).not.toContain('ECONNREFUSED')
})

test('a backend that does not take the body gets its client a 504, and the blame', async () => {
  const clock = new ManualClock()
  const backend = await startBackend('stuck', { script: () => undefined })
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      listener: { timeouts: { request_body: '5s' } },
      route: { timeouts: { idle: '5s' } }
    }),
    { clock }
  )
  const client = await fixture.connect()
  client.send('PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\n')
  await eventually('the head', () => backend.connections[0]?.bytes.includes('\r\n\r\n'))
  const writes = holdWrites(connectedTo(backend.port))
  client.send(Buffer.alloc(300 * KILOBYTE))
  await eventually('pending', () => writes.length > 0)
  await clock.advanceAsync(12_000)
  expect((await client.readResponse('PUT')).status).toBe(504)
  expect(fixture.backend(backend.address).counters.responseErrors).toBe(1)
})

test('a client that does not take its answer is cut after idle, and the backend not blamed', async () => {
  const clock = new ManualClock()
  const backend = await startBackend('endless', {
    script: (exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
      exchange.send(Buffer.alloc(300 * KILOBYTE))
    }
  })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { timeouts: { idle: '5s' } } }),
    { clock }
  )
  const client = await fixture.connect()
  const writes = holdWrites(acceptedOn(fixture.port()))
  client.send(getRequest('/'))
  await eventually('pending', () => writes.length > 0)
  await clock.advanceAsync(12_000)
  expect(await within('the cut', client.closed)).toBe('reset')
  await within('the cut at the backend', backend.connections[0]!.closed)
  const { counters } = fixture.backend(backend.address)
  expect([counters.responseErrors, counters.serverAborts, counters.inFlight]).toEqual([0, 0, 0])
})

test('a backend that stops sending while its client catches up is still cut after idle', async () => {
  const clock = new ManualClock()
  const backend = await startBackend('stops', {
    script: (exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
      exchange.send(Buffer.alloc(ONE_READ))
    }
  })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { timeouts: { idle: '5s' } } }),
    { clock }
  )
  const client = await fixture.connect()
  const writes = holdWrites(acceptedOn(fixture.port()))
  client.send(getRequest('/'))
  await eventually('pending', () => writes.length > 0)
  await clock.advanceAsync(3000)
  writes.release()
  await eventually('all that came', () => client.received.length > ONE_READ)
  await clock.advanceAsync(6000)
  await within('the cut', client.closed)
  expect(fixture.backend(backend.address).counters.serverAborts).toBe(1)
})

test('a body that grows over the limit after the answer has begun is cut, not answered twice', async () => {
  const backend = await startBackend('eager', {
    script: (exchange) => exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun')
  })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { body_limit: '1KiB' } })
  )
  const client = await fixture.connect()
  client.send('PUT / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n')
  await client.readThrough('begun')
  client.send(`800\r\n${'a'.repeat(2048)}\r\n`)
  expect(await within('the cut', client.closed)).toBe('reset')
  expect(client.received.toString()).not.toContain('413')
})
