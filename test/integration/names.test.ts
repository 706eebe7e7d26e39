/** Contract: a backend's name may have several addresses, change them, or have none. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { ManualClock } from '../servers/manual-clock.ts'

/** Loopback addresses on which nobody listens at the backend's port. */
const DEAD = '127.0.0.9'
const ALIVE = '127.0.0.1'

async function named(
  resolve: () => Promise<readonly string[]>,
  options: { readonly clock?: ManualClock } = {}
): Promise<EngineFixture> {
  const backend = await startBackend()
  const yaml = configuration({ backends: [`app.test:${backend.port}`] })
  return EngineFixture.start(yaml, { resolver: { resolve }, ...options })
}

test('a dead address among several costs no request', async () => {
  const fixture = await named(() => Promise.resolve([DEAD, ALIVE]))
  for (let index = 0; index < 6; index++) {
    const client = await fixture.connect()
    client.send(getRequest(`/${index}`, 'Connection: close'))
    expect((await client.readResponse()).status).toBe(200)
  }
})

test('an address that refused is passed over while another serves', async () => {
  const fixture = await named(() => Promise.resolve([DEAD, ALIVE]))
  const [backend] = fixture.pool().backends
  const clients = await Promise.all(Array.from({ length: 6 }, () => fixture.connect()))
  for (const client of clients) {
    client.send(getRequest('/1'))
    await client.readResponse()
  }
  expect(backend!.counters.connectErrors).toBe(1)
})

test('connections to an address that the name has left are not used again', async () => {
  const clock = new ManualClock()
  let addresses = [ALIVE]
  const fixture = await named(() => Promise.resolve(addresses), { clock })
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  expect((await client.readResponse()).status).toBe(200)
  const [backend] = fixture.pool().backends
  expect(fixture.pool().connectionsOf(backend!)).toEqual({ open: 1, idle: 1 })
  addresses = [DEAD]
  await clock.advanceAsync(6000)
  await eventually('the old connection closed', () => {
    return fixture.pool().connectionsOf(backend!).open === 0
  })
  client.send(getRequest('/2'))
  expect((await client.readResponse()).status).toBe(502)
})

test('a name without an address is a state: 502 until it resolves, then 200', async () => {
  const clock = new ManualClock()
  let isKnown = false
  const fixture = await named(
    () => (isKnown ? Promise.resolve([ALIVE]) : Promise.reject(new Error('ENOTFOUND app.test'))),
    { clock }
  )
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  const refused = await client.readResponse()
  expect(refused.status).toBe(502)
  expect(refused.body.toString()).not.toContain('app.test')
  const [backend] = fixture.pool().backends
  expect(backend!.lastFailure?.reason).toBe('The name app.test does not resolve.')
  isKnown = true
  await clock.advanceAsync(6000)
  client.send(getRequest('/2'))
  expect((await client.readResponse()).status).toBe(200)
})
