/** Contract: the recording backend sees every byte, judges strictly, and answers by script. */
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from './eventually.ts'
import { RawClient } from './raw-client.ts'
import { RecordingBackend, type RecordingBackendOptions } from './recording-backend.ts'

async function start(
  options: RecordingBackendOptions = {}
): Promise<[RecordingBackend, RawClient]> {
  const backend = await RecordingBackend.start(options)
  onTestFinished(() => backend.stop())
  const client = await RawClient.connect(backend.port)
  onTestFinished(() => client.close())
  return [backend, client]
}

test('pipelined requests are recorded one by one and answered in order', async () => {
  const [backend, client] = await start({ name: 'b1' })
  const first = 'POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab'
  await client.sendPieces([...`${first}GET /2 HTTP/1.1\r\nHost: x\r\n\r\n`])
  expect((await client.readResponse()).body.toString()).toBe('b1 /1 2')
  expect((await client.readResponse()).body.toString()).toBe('b1 /2 0')
  expect(backend.targets).toEqual(['/1', '/2'])
  expect(backend.connections[0]!.bytes.toString().startsWith(first)).toBe(true)
})

test('an ambiguous request is a violation and closes the connection', async () => {
  const [backend, client] = await start()
  client.send('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na')
  await client.readToEnd()
  expect(backend.violations).toEqual(['content length "1 | 1"'])
  expect(backend.requests).toEqual([])
})

test('the script may answer before the body is complete, half-close and reset', async () => {
  const [backend, client] = await start({ script: (exchange) => exchange.reset() })
  client.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab')
  expect(await client.closed).toBe('reset')
  await eventually('the reset at the backend', () => backend.openConnections.length === 0)
  expect(backend.connections[0]!.unread.toString()).toMatch(/Content-Length: 10\r\n\r\nab$/)
})
