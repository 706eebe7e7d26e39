/**
 * Contract: every wait has its own limit and its own answer. Time is moved by hand; a deadline
 * may fire up to one tick of the wheel late and never early.
 */
import { expect, onTestFinished, test } from 'vitest'
import { TICK_MS } from '../../proxy-core/time/deadline-wheel.ts'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { HangingPort } from '../servers/hanging-port.ts'
import { fieldValue } from '../servers/http-head.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RawClient } from '../servers/raw-client.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

const TICKS_MS = 2 * TICK_MS

interface Timed {
  readonly fixture: EngineFixture
  readonly clock: ManualClock
  readonly backend: RecordingBackend
  readonly client: RawClient
}

async function start(
  parts: ConfigurationParts,
  script?: RecordingBackend['script']
): Promise<Timed> {
  const backend = await startBackend('slow', script ? { script } : {})
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(configuration({ backends: [backend], ...parts }), {
    clock
  })
  return { fixture, clock, backend, client: await fixture.connect() }
}

/** Nothing before `limitMs`, the end just behind it. */
async function passes(timed: Timed, limitMs: number): Promise<void> {
  await timed.clock.advanceAsync(limitMs - TICKS_MS)
  expect(timed.client.received.length).toBe(0)
  expect(timed.client.hasEnded).toBe(false)
  await timed.clock.advanceAsync(2 * TICKS_MS)
}

test('a head that does not end gets 408 after request_head', async () => {
  const timed = await start({ listener: { timeouts: { request_head: '10s' } } })
  timed.client.send('GET / HTTP/1.1\r\nHost: a.te')
  await eventually('the begun head', () => timed.fixture.engine.listeners[0]!.connections === 1)
  await ManualClock.flush()
  await passes(timed, 10_000)
  const response = await timed.client.readResponse()
  expect(response.status).toBe(408)
  expect(fieldValue(response, 'connection')).toBe('close')
})

test('a head that drips one byte at a time does not put its limit off', async () => {
  const timed = await start({ listener: { timeouts: { request_head: '10s' } } })
  const head = getRequest('/').slice(0, -2)
  for (let second = 0; second < 12 && !timed.client.hasEnded; second += 1) {
    timed.client.send(head[second]!)
    await ManualClock.flush()
    await timed.clock.advanceAsync(1000)
  }
  expect((await timed.client.readResponse()).status).toBe(408)
  expect(timed.backend.requests).toEqual([])
})

test('a connection on which nothing comes is closed after request_head', async () => {
  const timed = await start({ listener: { timeouts: { request_head: '10s', keep_alive: '1h' } } })
  await eventually('the connection', () => timed.fixture.engine.listeners[0]!.connections === 1)
  await timed.clock.advanceAsync(10_000 + TICKS_MS)
  await timed.client.readToEnd()
})

test('an idle keep-alive connection is closed without a word after keep_alive', async () => {
  const timed = await start({ listener: { timeouts: { keep_alive: '30s' } } })
  timed.client.send(getRequest('/1'))
  await timed.client.readResponse()
  await timed.clock.advanceAsync(29_000)
  timed.client.send(getRequest('/2'))
  await timed.client.readResponse()
  await timed.clock.advanceAsync(29_000)
  expect(timed.client.hasEnded).toBe(false)
  await timed.clock.advanceAsync(1000 + TICKS_MS)
  expect((await timed.client.readToEnd()).length).toBe(0)
})

test('a body that stops coming gets 408 after request_body, and is cut at the backend', async () => {
  const timed = await start({ listener: { timeouts: { request_body: '5s' } } })
  timed.client.send('PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100\r\n\r\nsome')
  await eventually('the begin', () => timed.backend.connections[0]?.bytes.includes('some'))
  await timed.clock.advanceAsync(4000)
  timed.client.send('more')
  await eventually('more', () => timed.backend.connections[0]?.bytes.includes('more'))
  await passes(timed, 5000)
  expect((await timed.client.readResponse()).status).toBe(408)
  await within('the cut', timed.backend.connections[0]!.closed)
})

test('a backend that does not answer gets its client a 504 after response_head', async () => {
  const timed = await start({ pool: { timeouts: { response_head: '3s' } } }, () => undefined)
  timed.client.send(getRequest('/1'))
  await timed.backend.received(1)
  await passes(timed, 3000)
  expect((await timed.client.readResponse()).status).toBe(504)
  await within('the closed connection', timed.backend.connections[0]!.closed)
  expect(timed.fixture.backend(timed.backend.address).counters.responseErrors).toBe(1)
})

test('the head timeout of a route goes before that of its pool', async () => {
  const timed = await start(
    { pool: { timeouts: { response_head: '30s' } }, route: { timeouts: { head: '1s' } } },
    () => undefined
  )
  timed.client.send(getRequest('/1'))
  await timed.backend.received(1)
  await passes(timed, 1000)
  expect((await timed.client.readResponse()).status).toBe(504)
})

test('a slow upload does not use up the time for the response head', async () => {
  const timed = await start({ pool: { timeouts: { response_head: '3s' } } })
  timed.client.send('PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 8\r\n\r\nsome')
  await eventually('the begin', () => timed.backend.connections[0]?.bytes.includes('some'))
  await timed.clock.advanceAsync(10_000)
  timed.client.send('more')
  expect((await timed.client.readResponse('PUT')).status).toBe(200)
})

test('a response that stalls is cut after idle, so that it cannot be taken for complete', async () => {
  const timed = await start({ route: { timeouts: { idle: '4s' } } }, (exchange) =>
    exchange.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n')
  )
  timed.client.send(getRequest('/1'))
  await timed.client.readThrough('some\r\n')
  await timed.clock.advanceAsync(3000)
  expect(timed.client.hasEnded).toBe(false)
  await timed.clock.advanceAsync(1000 + TICKS_MS)
  expect((await timed.client.readToEnd()).toString()).not.toContain('0\r\n\r\n')
  await within('the closed connection', timed.backend.connections[0]!.closed)
})

test('a response that keeps coming is not cut by idle', async () => {
  const chunk = Promise.withResolvers<(text: string) => void>()
  const timed = await start({ route: { timeouts: { idle: '4s' } } }, (exchange) => {
    exchange.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    chunk.resolve((text) => exchange.send(text))
  })
  timed.client.send(getRequest('/1'))
  const send = await chunk.promise
  for (let round = 0; round < 4; round += 1) {
    send('1\r\nx\r\n')
    await timed.client.readThrough('x\r\n')
    await timed.clock.advanceAsync(3000)
  }
  send('0\r\n\r\n')
  await timed.client.readThrough('0\r\n\r\n')
})

test('total bounds the whole exchange: 504 before the response, a cut after its begin', async () => {
  const timed = await start({ route: { timeouts: { total: '6s' } } }, (exchange) => {
    if (exchange.target === '/begun') {
      exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome')
    }
  })
  timed.client.send(getRequest('/silent'))
  await timed.backend.received(1)
  await passes(timed, 6000)
  expect((await timed.client.readResponse()).status).toBe(504)

  const other = await timed.fixture.connect()
  other.send(getRequest('/begun'))
  await other.readThrough('some')
  await timed.clock.advanceAsync(6000 + TICKS_MS)
  await other.readToEnd()
})

test('an exchange that ends in time leaves no deadline behind for the next', async () => {
  const timed = await start({
    route: { timeouts: { total: '6s' } },
    listener: { timeouts: { keep_alive: '1h' } }
  })
  for (let round = 0; round < 3; round += 1) {
    timed.client.send(getRequest(`/${round}`))
    expect((await timed.client.readResponse()).status).toBe(200)
    await timed.clock.advanceAsync(5000)
  }
  expect(timed.client.hasEnded).toBe(false)
})

test('a backend that does not take the connection gets its client a 504 after connect', async () => {
  const hanging = await HangingPort.start()
  onTestFinished(() => hanging.stop())
  const { address } = hanging
  const clock = new ManualClock()
  const yaml = configuration({ backends: [address], pool: { timeouts: { connect: '2s' } } })
  const fixture = await EngineFixture.start(yaml, { clock })
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  await eventually('the attempt', () => fixture.backend(address).counters.connectionsOpened === 1)
  await clock.advanceAsync(2000 + TICKS_MS)
  expect((await client.readResponse()).status).toBe(504)
  expect(fixture.backend(address).counters.connectErrors).toBe(1)
})
