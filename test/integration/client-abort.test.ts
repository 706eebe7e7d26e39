/** Contract: a client that leaves cancels its request upstream, and is not the backend's fault. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'

test('a reset while the backend works closes the upstream connection', async () => {
  const backend = await startBackend('silent', { script: () => undefined })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  await backend.received(1)
  client.reset()
  await within('the cancelled request', backend.connections[0]!.closed)
  await eventually('nothing in flight', () => fixture.pool().counters.inFlight === 0)
  expect(fixture.pool().counters.clientAborts).toBe(1)
  expect(fixture.pool().counters.serverAborts).toBe(0)
  expect(fixture.backend(backend.address).load).toBe(0)
})

test('a reset in the middle of an upload cuts the upload at the backend', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send('PUT /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\nsome')
  await eventually('the begin', () => backend.openConnections[0]?.bytes.includes('some'))
  client.reset()
  await within('the cut', backend.connections[0]!.closed)
  expect(backend.requests).toEqual([])
})

test('an upload that ends early is cut at the backend and never completed', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send('PUT /1 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n')
  await eventually('the begin', () => backend.openConnections[0]?.bytes.includes('some'))
  client.halfClose()
  await within('the cut', backend.connections[0]!.closed)
  expect(backend.requests).toEqual([])
})

test('a reset in the middle of a download stops the backend', async () => {
  const backend = await startBackend()
  backend.script = (exchange) => {
    const piece = Buffer.alloc(65_536)
    const more = (): void => {
      if (exchange.connection.isClosed) return
      if (exchange.connection.socket.write(piece)) setImmediate(more)
      else exchange.connection.socket.once('drain', more)
    }
    exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n')
    more()
  }
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  await client.readThrough('\r\n\r\n')
  client.reset()
  await within('the cancelled download', backend.connections[0]!.closed)
})

test('the connection of an aborted request is never given to another', async () => {
  const backend = await startBackend()
  backend.script = (exchange) => {
    if (exchange.target !== '/slow') exchange.respond({ body: exchange.target })
  }
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(getRequest('/slow'))
  await backend.received(1)
  client.reset()
  expect((await fixture.get('/next')).body).toBe('/next')
  expect(backend.acceptedCount).toBe(2)
})

test('a client that leaves while it waits in the queue never reaches a backend', async () => {
  const backend = await startBackend('silent', { script: () => undefined })
  const yaml = configuration({ backends: [backend], pool: { max_connections: 1 } })
  const fixture = await EngineFixture.start(yaml)
  const first = await fixture.connect()
  first.send(getRequest('/first'))
  await backend.received(1)
  const second = await fixture.connect()
  second.send(getRequest('/second'))
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  second.reset()
  await eventually('the empty queue', () => fixture.pool().counters.queued === 0)
  first.reset()
  await within('the first cancelled', backend.connections[0]!.closed)
  expect(backend.targets).toEqual(['/first'])
})
