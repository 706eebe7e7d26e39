/** Contract: what is too large is refused with its own status before it costs anything more. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'

const LIMITS = { limits: { head: '4KiB', line: '1KiB', fields: 10 } }

test('a request line at the limit passes, one byte more gets 414', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: LIMITS })
  )
  const around = 'GET / HTTP/1.1\r\n'.length
  const longest = `/${'a'.repeat(1024 - around)}`
  expect((await fixture.get(longest)).status).toBe(200)
  const refused = await fixture.connect()
  refused.send(getRequest(`${longest}b`))
  const response = await refused.readResponse()
  expect(response.status).toBe(414)
  expect(fieldValue(response, 'connection')).toBe('close')
  expect(backend.requests).toHaveLength(1)
})

test('a head over its limit gets 431, in one piece or in many', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: LIMITS })
  )
  const head = getRequest('/', `X-Long: ${'a'.repeat(4096)}`)
  for (const pieces of [[head], [head.slice(0, 100), head.slice(100, 3000), head.slice(3000)]]) {
    const client = await fixture.connect()
    await client.sendPieces(pieces)
    expect((await client.readResponse()).status).toBe(431)
    await client.readToEnd()
  }
  expect(backend.requests).toEqual([])
})

test('fields up to the limit pass, one more gets 431', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: LIMITS })
  )
  const fields = Array.from({ length: 9 }, (_, index) => `X-${index}: 1`)
  expect((await fixture.get('/', ...fields)).status).toBe(200)
  expect((await fixture.get('/', ...fields, 'X-9: 1')).status).toBe(431)
})

test('an announced body over the limit gets 413 before the backend hears of it', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { body_limit: '1KiB' } })
  )
  const client = await fixture.connect()
  client.send('PUT /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1025\r\n\r\n')
  const response = await client.readResponse('PUT')
  expect(response.status).toBe(413)
  expect(fieldValue(response, 'connection')).toBe('close')
  expect(backend.acceptedCount).toBe(0)
})

test('a chunked body gets 413 when it grows over the limit, and is cut at the backend', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { body_limit: '1KiB' } })
  )
  const client = await fixture.connect()
  client.send('PUT /1 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n')
  await eventually('the begin', () => backend.connections[0]?.bytes.includes('some'))
  client.send(`${(2048).toString(16)}\r\n${'a'.repeat(2048)}\r\n`)
  expect((await client.readResponse('PUT')).status).toBe(413)
  await within('the cut', backend.connections[0]!.closed)
  expect(backend.requests).toEqual([])
})

test('a body at the limit passes, with a length and in chunks', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], route: { body_limit: '1KiB' } })
  )
  const client = await fixture.connect()
  const body = 'a'.repeat(1024)
  client.send(`PUT /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1024\r\n\r\n${body}`)
  expect((await client.readResponse('PUT')).status).toBe(200)
  client.send(
    `PUT /2 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n${body}\r\n0\r\n\r\n`
  )
  expect((await client.readResponse('PUT')).body.toString()).toBe('backend /2 1024')
})

test('connections over max_connections wait until another closes', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { max_connections: 2 } })
  )
  const [first, second] = [await fixture.connect(), await fixture.connect()]
  for (const client of [first, second]) {
    client.send(getRequest('/in'))
    await client.readResponse()
  }
  const third = await fixture.connect()
  third.send(getRequest('/waits'))
  await eventually(
    'nothing further is accepted',
    () => fixture.engine.listeners[0]!.connections === 2
  )
  expect(third.received.length).toBe(0)
  first.close()
  expect((await third.readResponse()).status).toBe(200)
})
