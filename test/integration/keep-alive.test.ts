/**
 * Contract: client connections persist as HTTP/1.1 says, pipelined requests are answered in
 * their order whatever the backends do, and upstream connections are reused meanwhile.
 */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import {
  EngineFixture,
  getRequest,
  startBackend,
  startBackends
} from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { gate } from '../servers/gate.ts'
import { fieldValue, fieldValues } from '../servers/http-head.ts'

test('a hundred requests on one client connection use one upstream connection', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  for (let n = 0; n < 100; n += 1) {
    client.send(getRequest(`/${n}`))
    expect((await client.readResponse()).body.toString()).toBe(`backend /${n} 0`)
  }
  expect(backend.acceptedCount).toBe(1)
  expect(fixture.engine.listeners[0]!.connectionsTotal).toBe(1)
  expect(fixture.backend(backend.address).counters.connectionsReused).toBe(99)
})

test('requests pipelined over two backends are answered in their order', async () => {
  const backends = await startBackends('one', 'two')
  const first = gate()
  for (const backend of backends) {
    backend.script = async (exchange) => {
      if (exchange.target === '/0') await first.opened
      exchange.respond({ body: exchange.target })
    }
  }
  const fixture = await EngineFixture.start(configuration({ backends }))
  const client = await fixture.connect()
  client.send(Array.from({ length: 20 }, (_, n) => getRequest(`/${n}`)).join(''))
  await eventually('the first request', () => backends.some(({ requests }) => requests.length > 0))
  first.open()
  for (let n = 0; n < 20; n += 1) {
    expect((await client.readResponse()).body.toString()).toBe(`/${n}`)
  }
})

test('pipelined requests that a backend never answers do not pile up at other backends', async () => {
  const backend = await startBackend('silent', { script: () => undefined })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(Array.from({ length: 50 }, (_, n) => getRequest(`/${n}`)).join(''))
  await backend.received(1)
  client.send(getRequest('/last'))
  expect(backend.targets).toEqual(['/0'])
})

test('a bad request behind a good one gets its 400 after the good answer, then the close', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(`${getRequest('/good')}BAD\r\n\r\n${getRequest('/never')}`)
  expect((await client.readResponse()).body.toString()).toBe('backend /good 0')
  const refusal = await client.readResponse()
  expect(refusal.status).toBe(400)
  expect(fieldValue(refusal, 'connection')).toBe('close')
  await client.readToEnd()
  expect(backend.targets).toEqual(['/good'])
})

test('a 404 of the balancer itself keeps the connection', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { path_prefix: '/api' } })
  )
  const client = await fixture.connect()
  client.send(getRequest('/other') + getRequest('/api/1'))
  expect((await client.readResponse()).status).toBe(404)
  expect((await client.readResponse()).body.toString()).toBe('backend /api/1 0')
})

test('responses to HTTP/1.1 do not carry needless connection fields', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  const response = await client.readResponse()
  expect(fieldValues(response, 'connection')).toEqual([])
  expect(fieldValues(response, 'keep-alive')).toEqual([])
})

test('a client that closes its sending side still gets its answer', async () => {
  const backend = await startBackend()
  const held = gate()
  backend.script = async (exchange) => {
    await held.opened
    exchange.respond({ body: 'late' })
  }
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  client.halfClose()
  await backend.received(1)
  held.open()
  expect((await client.readResponse()).body.toString()).toBe('late')
  await client.readToEnd()
})
