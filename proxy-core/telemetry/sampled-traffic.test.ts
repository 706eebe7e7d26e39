/**
 * Contract: a sample shows what really happened to a request, attempt by attempt, and why it went
 * where it went: on real sockets, with a clock that the test moves.
 */
import { beforeEach, expect, test } from 'vitest'
import type { BackendExchange } from '../../test/servers/backend-connection.ts'
import { configuration, type ConfigurationParts } from '../../test/servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../../test/servers/engine-fixture.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { freePort } from '../../test/servers/free-ports.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { RawClient } from '../../test/servers/raw-client.ts'
import type { RecordingBackend } from '../../test/servers/recording-backend.ts'
import { MASKED, trafficSampleSchema, type TrafficSample } from '../model/traffic-sample.ts'
import { TrafficSampler } from './traffic-sampler.ts'

let clock: ManualClock
let sampler: TrafficSampler

beforeEach(() => {
  clock = new ManualClock()
  sampler = new TrafficSampler(clock, () => 0.5, 0)
})

async function watched(parts: ConfigurationParts): Promise<EngineFixture> {
  const fixture = await EngineFixture.start(configuration(parts), { clock })
  fixture.engine.watchTraffic(sampler)
  return fixture
}

/** The newest sample, once there are so many. */
async function sampled(count = 1): Promise<TrafficSample> {
  const samples = await eventually(`${count} samples`, () => {
    sampler.closeTick()
    const kept = sampler.since(0)
    return kept.length >= count && kept
  })
  expect(trafficSampleSchema.safeParse(samples.at(-1)).error).toBeUndefined()
  return samples.at(-1)!
}

async function held(name = 'held'): Promise<[RecordingBackend, BackendExchange[]]> {
  const exchanges: BackendExchange[] = []
  const backend = await startBackend(name, { script: (exchange) => void exchanges.push(exchange) })
  return [backend, exchanges]
}

async function ask(fixture: EngineFixture, target = '/', ...lines: string[]): Promise<RawClient> {
  const client = await fixture.connect()
  client.send(getRequest(target, ...lines))
  return client
}

test('a plain request has one attempt, its forwarded fields, and who could have taken it', async () => {
  const backend = await startBackend()
  const fixture = await watched({ backends: [backend], route: { name: 'shop' } })
  await fixture.get('/a?b=1', 'Authorization: Bearer s3cret', 'X-Team: blue')
  const sample = await sampled()
  expect(sample).toMatchObject({
    seq: 1,
    listener: 'web',
    pool: 'main',
    backend: backend.address,
    method: 'GET',
    target: '/a?b=1',
    host: 'a.test',
    clientAddress: '127.0.0.1',
    status: 200,
    termination: '',
    keptBecause: 'sample',
    attempts: [{ backend: backend.address, status: 200, failure: null, queueMs: 0, startedMs: 0 }],
    why: { algorithm: 'round_robin', activeLevel: 0, candidates: [backend.address], exclusions: [] }
  })
  expect(sample.requestFields).toContainEqual(['X-Team', 'blue'])
  expect(sample.requestFields).toContainEqual(['Authorization', MASKED])
  expect(JSON.stringify(sample)).not.toContain('s3cret')
})

test('the times of an attempt add up to the whole', async () => {
  const [backend, exchanges] = await held()
  const fixture = await watched({ backends: [backend] })
  const client = await ask(fixture)
  await eventually('the request', () => exchanges.length === 1)
  clock.advance(40)
  exchanges[0]!.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab')
  await client.readThrough('ab')
  clock.advance(25)
  exchanges[0]!.send('cd')
  await client.readThrough('cd')
  const sample = await sampled()
  expect(sample.durationMs).toBe(65)
  expect(sample.attempts).toMatchObject([{ firstByteMs: 40, transferMs: 25 }])
})

test('a backend that refuses is the first attempt, and the one that answered the second', async () => {
  const good = await startBackend('good')
  const refusing = `127.0.0.1:${await freePort()}`
  const fixture = await watched({ backends: [refusing, good] })
  expect((await fixture.get('/')).status).toBe(200)
  const sample = await sampled()
  expect(sample).toMatchObject({ keptBecause: 'retry', backend: good.address })
  expect(sample.attempts).toMatchObject([
    {
      backend: refusing,
      status: null,
      firstByteMs: -1,
      failure: expect.stringContaining('ECONNREFUSED')
    },
    { backend: good.address, status: 200, failure: null }
  ])
  expect(sample.why?.candidates).toEqual([refusing, good.address])
  expect(fixture.engine.listeners[0]!.counters.retries).toBe(1)
})

test('an address of a backend that refuses is an attempt, and so is the next address', async () => {
  const backend = await startBackend()
  const name = `two.test:${backend.port}`
  const resolver = { resolve: () => Promise.resolve(['127.0.0.2', '127.0.0.1']) }
  const fixture = await EngineFixture.start(configuration({ backends: [name] }), {
    clock,
    resolver
  })
  fixture.engine.watchTraffic(sampler)
  expect((await fixture.get('/')).status).toBe(200)
  expect((await sampled()).attempts).toMatchObject([
    { backend: name, status: null, failure: expect.stringContaining('127.0.0.2') },
    { backend: name, status: 200, failure: null }
  ])
})

test('a pool whose every backend refuses has one failed attempt for each, and no good one', async () => {
  const refusing = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]
  const fixture = await watched({ backends: refusing })
  expect((await fixture.get('/')).status).toBe(502)
  const sample = await sampled()
  expect(sample).toMatchObject({ keptBecause: 'error', termination: 'connect_failed', status: 502 })
  expect(sample.attempts.map(({ backend }) => backend)).toEqual(refusing)
  expect(sample.attempts.every(({ failure }) => failure !== null)).toBe(true)
})

test('a backend that hangs up without an answer is one failed attempt, and no response of it', async () => {
  const backend = await startBackend('rude', { script: (exchange) => exchange.reset() })
  const fixture = await watched({ backends: [backend] })
  expect((await fixture.get('/')).status).toBe(502)
  expect((await sampled()).attempts).toMatchObject([{ status: null, failure: expect.any(String) }])
  const { counters } = fixture.backend(backend.address)
  expect([counters.responses[5], counters.ownErrors, counters.responseErrors]).toEqual([1, 1, 1])
})

test('an answer that breaks off keeps its status and says how it ended', async () => {
  const backend = await startBackend('broken', {
    script: (exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')
      exchange.end()
    }
  })
  const fixture = await watched({ backends: [backend] })
  const client = await ask(fixture)
  await client.closed
  const sample = await sampled()
  expect(sample).toMatchObject({
    keptBecause: 'error',
    status: 200,
    termination: 'upstream_closed'
  })
  expect(sample.attempts).toMatchObject([
    { status: 200, transferMs: -1, failure: 'the backend closed the connection' }
  ])
  expect(fixture.engine.listeners[0]!.counters.serverAborts).toBe(1)
})

test('a reused connection that had been closed is an attempt of its own', async () => {
  const backend = await startBackend('forgetful', {
    script: async (exchange) => {
      await exchange.request
      if (exchange.connection.requests.length > 1) exchange.connection.socket.destroy()
      else exchange.respond({ body: 'first' })
    }
  })
  const fixture = await watched({ backends: [backend] })
  await fixture.get('/one')
  expect((await fixture.get('/two')).status).toBe(200)
  const sample = await sampled(2)
  expect(sample.keptBecause).toBe('retry')
  expect(sample.attempts.map(({ status }) => status)).toEqual([null, 200])
})

test('a backend that does not answer in time is a failed attempt of that length', async () => {
  const [backend, exchanges] = await held()
  const fixture = await watched({
    backends: [backend],
    pool: { timeouts: { response_head: '2s' } }
  })
  const client = await ask(fixture)
  await eventually('the request', () => exchanges.length === 1)
  await clock.advanceAsync(2200)
  expect((await client.readResponse()).status).toBe(504)
  const sample = await sampled()
  expect(sample).toMatchObject({ status: 504, termination: 'timeout', keptBecause: 'error' })
  expect(sample.attempts).toMatchObject([
    { status: null, firstByteMs: -1, failure: 'the backend did not answer in time' }
  ])
})

test('the wait for a slot is told apart from the answer', async () => {
  const [backend, exchanges] = await held()
  const fixture = await watched({ backends: [backend], pool: { max_connections: 1 } })
  const first = await ask(fixture, '/first')
  await eventually('the first', () => exchanges.length === 1)
  const second = await ask(fixture, '/second')
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  clock.advance(300)
  exchanges[0]!.respond({ body: '1' })
  await first.readResponse()
  await eventually('the second', () => exchanges.length === 2)
  clock.advance(20)
  exchanges[1]!.respond({ body: '2' })
  await second.readResponse()
  const sample = await sampled(2)
  expect(sample.target).toBe('/second')
  expect(sample.attempts).toMatchObject([{ startedMs: 0, queueMs: 300, firstByteMs: 20 }])
})

test('a request that waited in vain was never attempted', async () => {
  const [backend, exchanges] = await held()
  const fixture = await watched({
    backends: [backend],
    pool: { max_connections: 1, queue: { size: 5, timeout: '1s' } }
  })
  await ask(fixture, '/first')
  await eventually('the first', () => exchanges.length === 1)
  const second = await ask(fixture, '/second')
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  await clock.advanceAsync(1200)
  expect((await second.readResponse()).status).toBe(503)
  expect(await sampled()).toMatchObject({ termination: 'queue_timeout', backend: '', attempts: [] })
})

test('a client that leaves cuts the attempt short', async () => {
  const [backend, exchanges] = await held()
  const fixture = await watched({ backends: [backend] })
  const client = await ask(fixture)
  await eventually('the request', () => exchanges.length === 1)
  client.reset()
  const sample = await sampled()
  expect(sample).toMatchObject({ status: 0, termination: 'client_left', keptBecause: 'error' })
  expect(sample.attempts).toMatchObject([{ status: null, failure: 'client left' }])
})

test('a request without a route reached no pool', async () => {
  const backend = await startBackend()
  const fixture = await watched({ backends: [backend], route: { path_prefix: '/api' } })
  expect((await fixture.get('/other')).status).toBe(404)
  expect(await sampled()).toMatchObject({
    pool: '',
    backend: '',
    attempts: [],
    why: null,
    requestFields: [],
    keptBecause: 'sample'
  })
})

test('the reason is that of the moment of routing, not that of the end', async () => {
  const [backend, exchanges] = await held()
  const other = await startBackend('other')
  const fixture = await watched({ backends: [backend, other] })
  const client = await ask(fixture)
  await eventually('the request', () => exchanges.length === 1)
  clock.advance(10)
  fixture.engine.setAdminState('main', other.address, 'drain', 'a rebuild')
  clock.advance(10)
  exchanges[0]!.respond({ body: 'x' })
  await client.readResponse()
  expect((await sampled()).why).toMatchObject({ candidateCount: 2, exclusions: [] })
  const later = await ask(fixture)
  await eventually('the next request', () => exchanges.length === 2)
  exchanges[1]!.respond({ body: 'x' })
  await later.readResponse()
  expect((await sampled(2)).why).toMatchObject({
    candidates: [backend.address],
    exclusions: [{ backend: other.address, reason: 'draining: a rebuild' }]
  })
})

test.each([
  [
    'in maintenance: disks',
    (f: EngineFixture, a: string) => f.engine.setAdminState('main', a, 'maint', 'disks')
  ],
  ['its weight is 0', (f: EngineFixture, a: string) => f.engine.setWeight('main', a, 0, 'quiet')]
])('a backend that is left out says why: %s', async (reason, change) => {
  const [one, two] = [await startBackend('one'), await startBackend('two')]
  const fixture = await watched({ backends: [one, two] })
  change(fixture, two.address)
  await fixture.get('/')
  expect((await sampled()).why?.exclusions).toEqual([{ backend: two.address, reason }])
})

test('a backup says that it is one', async () => {
  const [one, two] = [await startBackend('one'), await startBackend('two')]
  const fixture = await watched({
    backends: [{ address: one.address }, { address: two.address, failover_level: 2 }],
    pool: { health_check: { type: 'tcp', interval: '5s' } }
  })
  await fixture.get('/')
  expect((await sampled()).why?.exclusions).toEqual([
    { backend: two.address, reason: 'backup of level 2' }
  ])
})

test('nothing is kept of exchanges after the watch has ended', async () => {
  const backend = await startBackend()
  const fixture = await watched({ backends: [backend] })
  await fixture.get('/')
  await sampled()
  fixture.engine.watchTraffic(null)
  await fixture.get('/')
  sampler.closeTick()
  expect(sampler.since(0)).toHaveLength(1)
})
