/** Contract: stopping finishes what runs within `shutdown_timeout`, counts what it cuts, and leaves nothing open. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { gate } from '../servers/gate.ts'
import { fieldValue } from '../servers/http-head.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { RawClient } from '../servers/raw-client.ts'

test('running requests finish, their connections say close, new ones are refused', async () => {
  const backend = await startBackend('a')
  const held = gate()
  backend.script = async (exchange) => {
    await held.opened
    exchange.respond({ body: 'finished' })
  }
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const port = fixture.port()
  const running = await fixture.connect()
  running.send(getRequest('/1'))
  await backend.received(1)
  const stopped = fixture.stop()
  expect(fixture.engine.isStopping).toBe(true)
  expect(fixture.engine.isReady).toBe(false)
  await eventually('the refusal', () =>
    RawClient.connect(port).then(
      (client) => {
        client.close()
        return false
      },
      () => true
    )
  )
  held.open()
  const response = await running.readResponse()
  expect(response.body.toString()).toBe('finished')
  expect(fieldValue(response, 'connection')).toBe('close')
  expect(await within('the stop', stopped)).toEqual({ finished: 1, cut: 0 })
})

test('idle connections close at once', async () => {
  const backend = await startBackend('a')
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const idle = await fixture.connect()
  idle.send(getRequest('/1'))
  await idle.readResponse()
  const fresh = await fixture.connect()
  await eventually('both accepted', () => fixture.engine.listeners[0]!.connections === 2)
  const report = await within('the stop', fixture.stop(), 2000)
  expect(report).toEqual({ finished: 0, cut: 0 })
  await idle.readToEnd()
  await fresh.readToEnd()
  await within('the upstream connection', backend.connections[0]!.closed)
})

test('what still runs at shutdown_timeout is cut and counted', async () => {
  const backend = await startBackend('a', { script: () => undefined })
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], top: { shutdown_timeout: '5s' } }),
    { clock }
  )
  const clients = await Promise.all([fixture.connect(), fixture.connect()])
  for (const client of clients) client.send(getRequest('/1'))
  await backend.received(2)
  const stopped = fixture.stop()
  await clock.advanceAsync(4900)
  expect(clients.every(({ hasEnded }) => !hasEnded)).toBe(true)
  await clock.advanceAsync(200)
  expect(await within('the stop', stopped)).toEqual({ finished: 0, cut: 2 })
  for (const client of clients) await client.readToEnd()
})

test('a stopped engine leaves no timer behind', async () => {
  const backend = await startBackend('a')
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { health_check: { path: '/health' } } }),
    { clock }
  )
  await fixture.get('/1')
  await fixture.stop()
  await ManualClock.flush()
  expect(clock.pendingCount).toBe(0)
})

test('a second stop gives the same report', async () => {
  const fixture = await EngineFixture.start(configuration({ backends: [] }))
  expect(await fixture.engine.stop()).toEqual({ finished: 0, cut: 0 })
  expect(await within('the second stop', fixture.engine.stop())).toEqual({ finished: 0, cut: 0 })
})
