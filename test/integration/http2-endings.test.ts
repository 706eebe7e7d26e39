/**
 * Contract: whatever a client of HTTP/2 or a backend behind it breaks off, no part passes for the
 * whole and nothing stays taken.
 */
import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { expect, test } from 'vitest'
import { startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { get, session, start } from '../servers/http2-fixture.ts'
import { ManualClock } from '../servers/manual-clock.ts'

const { NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants

function post(client: ClientHttp2Session, path: string): ClientHttp2Stream {
  const stream = client.request({ ':method': 'POST', ':path': path, ':authority': 'a.test' })
  stream.on('error', () => undefined)
  return stream
}

/** Without the client's own ending of its stream, which would put END_STREAM before it. */
function reset(stream: ClientHttp2Stream, code: number): void {
  stream.end = () => stream
  stream.close(code)
}

test.each([
  ['with CANCEL', (stream: ClientHttp2Stream) => reset(stream, NGHTTP2_CANCEL)],
  ['with NO_ERROR', (stream: ClientHttp2Stream) => reset(stream, NGHTTP2_NO_ERROR)],
  ['with its connection', (stream: ClientHttp2Stream) => stream.session!.socket.destroy()]
])('an upload that is given up %s never looks complete to the backend', async (_name, giveUp) => {
  const backend = await startBackend('silent', { script: () => undefined })
  const fixture = await start({ backends: [backend] })
  const stream = post(session(fixture), '/up')
  stream.write('some of it')
  await eventually('the begin', () => backend.connections[0]?.bytes.includes('some of it'))
  giveUp(stream)
  await within('the cut', backend.connections[0]!.closed)
  expect(backend.connections[0]!.bytes.toString()).not.toContain('\r\n0\r\n')
  expect(backend.requests).toEqual([])
  await eventually('the end', () => fixture.pool().counters.inFlight === 0)
})

test('an upload that is reset while it waits in the queue leaves its place', async () => {
  const backend = await startBackend('silent', {
    script: (exchange) => {
      if (exchange.target !== '/first') exchange.respond({ body: exchange.target })
    }
  })
  const fixture = await start({ backends: [backend], pool: { max_connections: 1 } })
  const client = session(fixture)
  const first = client.request({ ':path': '/first', ':authority': 'a.test' })
  first.on('error', () => undefined)
  await backend.received(1)
  const upload = post(client, '/queued')
  upload.write(Buffer.alloc(200_000))
  await eventually('the queue', () => fixture.pool().counters.queued === 1)
  await eventually('all sent', () => upload.writableLength === 0)
  reset(upload, NGHTTP2_NO_ERROR)
  await eventually('the empty queue', () => fixture.pool().counters.queued === 0)
  first.close(NGHTTP2_CANCEL)
  expect((await get(client, '/next')).body.toString()).toBe('/next')
  expect(backend.targets).toEqual(['/first', '/next'])
  expect(fixture.eventsOf('fault')).toEqual([])
})

test('a client that opens no window loses its stream, and its idle connection in turn', async () => {
  const clock = new ManualClock()
  const backend = await startBackend()
  const fixture = await start({ backends: [backend] }, { clock })
  const client = session(fixture, { initialWindowSize: 0 })
  const answer = get(client, '/')
  await backend.received(1)
  await eventually('the answer', () => fixture.pool().counters.inFlight === 0)
  // The route's `idle`, then the listener's `keep_alive`.
  await clock.advanceAsync(61_000)
  expect((await answer).code).toBe(NGHTTP2_INTERNAL_ERROR)
  expect(client.closed).toBe(false)
  await clock.advanceAsync(61_000)
  await eventually('the goodbye', () => client.closed)
  await clock.advanceAsync(3000)
  await eventually('no connection', () => fixture.engine.listeners[0]!.connections === 0)
})
