/** Contract: `max_connections` bounds requests in flight; what exceeds it waits in line, for a while. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { BackendExchange } from '../servers/backend-connection.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'
import type { RawClient } from '../servers/raw-client.ts'

/** Holds every request until the test lets it go. */
async function holdingBackend(name = 'held'): Promise<[RecordingBackend, BackendExchange[]]> {
  const held: BackendExchange[] = []
  const backend = await startBackend(name, { script: (exchange) => void held.push(exchange) })
  return [backend, held]
}

async function ask(fixture: EngineFixture, target: string): Promise<RawClient> {
  const client = await fixture.connect()
  client.send(getRequest(target))
  return client
}

test('requests over the limit are sent in the order of their arrival as slots become free', async () => {
  const [backend, held] = await holdingBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { max_connections: 2 } })
  )
  const clients: RawClient[] = []
  for (let n = 0; n < 6; n += 1) {
    clients.push(await ask(fixture, `/${n}`))
    await eventually(`request ${n}`, () => fixture.pool().counters.requests === n + 1)
  }
  expect(fixture.pool().counters.queued).toBe(4)
  expect(held).toHaveLength(2)
  for (let n = 0; n < 6; n += 1) {
    await eventually(`slot ${n}`, () => held.length > n)
    held[n]!.respond({ body: held[n]!.target })
    expect((await clients[n]!.readResponse()).body.toString()).toBe(`/${n}`)
  }
  expect(backend.targets).toEqual(['/0', '/1', '/2', '/3', '/4', '/5'])
  expect(fixture.pool().counters.queued).toBe(0)
  expect(fixture.pool().counters.queuedMax).toBe(4)
})

test('a request that finds its backend full goes to another with a free slot', async () => {
  const [one, heldByOne] = await holdingBackend('one')
  const [two, heldByTwo] = await holdingBackend('two')
  const fixture = await EngineFixture.start(
    configuration({
      backends: [
        { address: one.address, max_connections: 1 },
        { address: two.address, max_connections: 3 }
      ]
    })
  )
  for (let n = 0; n < 4; n += 1) {
    await ask(fixture, `/${n}`)
    await eventually(`request ${n}`, () => heldByOne.length + heldByTwo.length === n + 1)
  }
  expect(heldByOne).toHaveLength(1)
  expect(heldByTwo).toHaveLength(3)
})

test('a request that waits longer than the queue timeout gets 503 with Retry-After', async () => {
  const [backend, held] = await holdingBackend()
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { max_connections: 1, queue: { timeout: '2s' } } }),
    { clock }
  )
  await ask(fixture, '/first')
  await eventually('the first', () => held.length === 1)
  const waiting = await ask(fixture, '/second')
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  await clock.advanceAsync(1800)
  expect(waiting.received.length).toBe(0)
  await clock.advanceAsync(400)
  const response = await waiting.readResponse()
  expect(response.status).toBe(503)
  expect(Number(fieldValue(response, 'retry-after'))).toBeGreaterThan(0)
  expect(fixture.pool().counters.queued).toBe(0)
  held[0]!.respond()
  await eventually('nothing in flight', () => fixture.pool().counters.inFlight === 0)
  expect(backend.targets).toEqual(['/first'])
})

test('a full queue refuses at once with 503', async () => {
  const [backend, held] = await holdingBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { max_connections: 1, queue: { size: 1 } } })
  )
  await ask(fixture, '/first')
  await eventually('the first', () => held.length === 1)
  const second = await ask(fixture, '/second')
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  expect((await fixture.get('/third')).status).toBe(503)
  held[0]!.respond()
  await eventually('the second', () => held.length === 2)
  held[1]!.respond({ body: 'served' })
  expect((await second.readResponse()).body.toString()).toBe('served')
})

test('a queue of size zero refuses at once', async () => {
  const [backend, held] = await holdingBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { max_connections: 1, queue: { size: 0 } } })
  )
  await ask(fixture, '/first')
  await eventually('the first', () => held.length === 1)
  expect((await fixture.get('/second')).status).toBe(503)
})

test('a slot that a failed request leaves goes to the next in line', async () => {
  const [backend, held] = await holdingBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { max_connections: 1 } })
  )
  const first = await ask(fixture, '/first')
  await eventually('the first', () => held.length === 1)
  const second = await ask(fixture, '/second')
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  held[0]!.reset()
  expect((await first.readResponse()).status).toBe(502)
  await eventually('the second', () => held.length === 2)
  held[1]!.respond({ body: 'served' })
  expect((await second.readResponse()).body.toString()).toBe('served')
})

test('a body that waits in the queue is sent whole once its turn comes', async () => {
  const [backend, held] = await holdingBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { max_connections: 1 } })
  )
  await ask(fixture, '/first')
  await eventually('the first', () => held.length === 1)
  const body = 'b'.repeat(300_000)
  const client = await fixture.connect()
  client.send(
    `PUT /second HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  )
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  held[0]!.respond()
  await eventually('the second', () => held.length === 2)
  expect((await held[1]!.request).body.toString() === body).toBe(true)
})
