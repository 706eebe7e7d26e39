/** Contract: the operator's word takes effect on the next request and never cuts a running one. */
import { expect, test } from 'vitest'
import { EMPTY_OVERLAY } from '../../proxy-core/engine/engine-view.ts'
import { configuration } from '../servers/configuration.ts'
import {
  EngineFixture,
  getRequest,
  startBackend,
  startBackends
} from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { gate } from '../servers/gate.ts'

async function names(fixture: EngineFixture, count: number): Promise<string> {
  const client = await fixture.connect()
  const seen: string[] = []
  for (let n = 0; n < count; n += 1) {
    client.send(getRequest('/'))
    const response = await client.readResponse()
    seen.push(response.status === 200 ? response.body.toString().split(' ')[0]! : '!')
  }
  client.close()
  return seen.join('')
}

test('a drained backend gets nothing new and finishes what runs', async () => {
  const backends = await startBackends('a', 'b')
  const held = gate()
  backends[0]!.script = async (exchange) => {
    await held.opened
    exchange.respond({ body: 'a finished' })
  }
  const fixture = await EngineFixture.start(configuration({ backends }))
  const running = await fixture.connect()
  running.send(getRequest('/slow'))
  await backends[0]!.received(1)
  fixture.engine.setAdminState('main', backends[0]!.address, 'drain', 'upgrade')
  expect(await names(fixture, 4)).toBe('bbbb')
  held.open()
  expect((await running.readResponse()).body.toString()).toBe('a finished')
})

test('maint takes a backend out, ready brings it back', async () => {
  const backends = await startBackends('a', 'b')
  const fixture = await EngineFixture.start(configuration({ backends }))
  fixture.engine.setAdminState('main', backends[1]!.address, 'maint', 'disk')
  expect(await names(fixture, 3)).toBe('aaa')
  fixture.engine.setAdminState('main', backends[1]!.address, 'ready', 'done')
  expect([...(await names(fixture, 4))].sort().join('')).toBe('aabb')
  const changes = fixture.eventsOf('backend_admin')
  expect(changes.map(({ from, to, reason }) => [from, to, reason])).toEqual([
    ['ready', 'maint', 'disk'],
    ['maint', 'ready', 'done']
  ])
})

test('with no backend left the pool answers 503, and says so once', async () => {
  const backends = await startBackends('a', 'b')
  const fixture = await EngineFixture.start(configuration({ backends }))
  fixture.events.length = 0
  for (const { address } of backends) fixture.engine.setAdminState('main', address, 'drain', 'all')
  expect(await names(fixture, 3)).toBe('!!!')
  expect(fixture.pool().activeLevel).toBe(-1)
  expect(fixture.eventsOf('pool_availability').map(({ isAvailable }) => isAvailable)).toEqual([
    false
  ])
  fixture.engine.setAdminState('main', backends[0]!.address, 'ready', 'back')
  expect(await names(fixture, 1)).toBe('a')
})

test('a live weight changes the next sequence, and null goes back to the configured one', async () => {
  const backends = await startBackends('a', 'b')
  const fixture = await EngineFixture.start(configuration({ backends }))
  fixture.engine.setWeight('main', backends[0]!.address, 0, 'empty it')
  expect(await names(fixture, 4)).toBe('bbbb')
  fixture.engine.setWeight('main', backends[0]!.address, null, 'back')
  expect([...(await names(fixture, 4))].sort().join('')).toBe('aabb')
  fixture.engine.setWeight('main', backends[0]!.address, 256, 'most of it')
  fixture.engine.setWeight('main', backends[1]!.address, 128, 'half of that')
  expect([...(await names(fixture, 6))].sort().join('')).toBe('aaaabb')
})

test.each([
  ['an unknown pool', 'POOL_UNKNOWN', 'other', '127.0.0.1:1', 1],
  ['an unknown backend', 'BACKEND_UNKNOWN', 'main', '127.0.0.1:1', 1],
  ['a weight over 256', 'WEIGHT_OUT_OF_RANGE', 'main', '', 257],
  ['a negative weight', 'WEIGHT_OUT_OF_RANGE', 'main', '', -1],
  ['half a weight', 'WEIGHT_OUT_OF_RANGE', 'main', '', 0.5]
])('%s is refused with %s and changes nothing', async (_, code, pool, address, weight) => {
  const backend = await startBackend('a')
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  expect(() => fixture.engine.setWeight(pool, address || backend.address, weight, 'test')).toThrow(
    expect.objectContaining({ code }) as Error
  )
  expect(fixture.engine.overlay()).toEqual(EMPTY_OVERLAY)
})

test('what the operator changed survives a restart with the overlay', async () => {
  const backends = await startBackends('a', 'b')
  const yaml = configuration({ backends })
  const first = await EngineFixture.start(yaml)
  first.engine.setAdminState('main', backends[0]!.address, 'drain', 'upgrade')
  first.engine.setWeight('main', backends[1]!.address, 7, 'trial')
  const overlay = first.engine.overlay()
  await first.stop()
  const second = await EngineFixture.start(yaml, { overlay })
  expect(await names(second, 3)).toBe('bbb')
  expect(second.backend(backends[1]!.address).weight).toBe(7)
  expect(second.engine.overlay()).toEqual(overlay)
})

test('ready and a reset weight clear the overlay', async () => {
  const backend = await startBackend('a')
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  fixture.engine.setAdminState('main', backend.address, 'maint', 'test')
  fixture.engine.setWeight('main', backend.address, 3, 'test')
  expect(fixture.engine.overlay().backends).toHaveLength(1)
  fixture.engine.setAdminState('main', backend.address, 'ready', 'test')
  fixture.engine.setWeight('main', backend.address, null, 'test')
  expect(fixture.engine.overlay()).toEqual(EMPTY_OVERLAY)
})

test('requests in the queue of a backend that is taken out go to another one', async () => {
  const backends = await startBackends('a', 'b')
  for (const backend of backends) backend.script = () => undefined
  const fixture = await EngineFixture.start(
    configuration({
      backends: backends.map(({ address }) => ({ address })),
      pool: { max_connections: 1 }
    })
  )
  for (const backend of backends) {
    const client = await fixture.connect()
    client.send(getRequest('/held'))
    await eventually('held', () => fixture.backend(backend.address).load > 0 || undefined)
  }
  const waiting = await fixture.connect()
  waiting.send(getRequest('/waits'))
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  for (const { address } of backends) fixture.engine.setAdminState('main', address, 'drain', 'test')
  expect((await waiting.readResponse()).status).toBe(503)
})
