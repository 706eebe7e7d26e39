/**
 * Contract: a body that is being sent again harms neither a response that comes meanwhile nor the
 * backend that gets it, whatever becomes of the copy.
 */
import { expect, test } from 'vitest'
import { interceptDisk } from '../../proxy-core/exchange/testing/intercepted-disk.ts'
import {
  connectedTo,
  holdWrites,
  type HeldWrites
} from '../../proxy-core/transport/testing/held-writes.ts'
import type { Script } from '../servers/backend-connection.ts'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, startBackend, startBackends } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { gate } from '../servers/gate.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RawClient } from '../servers/raw-client.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

const PIECE = Buffer.alloc(1_000_000, 'abcdefghij')
const IN_FILE = { body_memory: 0 }
const IN_MEMORY = { body_memory: '10MB' }
const ANSWER = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\n'

const takesAll: Script = async (exchange) => {
  await exchange.request
  exchange.reset()
}

function upload(client: RawClient, length: number): void {
  client.send(`PUT /up HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${length}\r\n\r\n`)
}

interface Replay {
  readonly fixture: EngineFixture
  readonly clock: ManualClock
  readonly client: RawClient
  readonly good: RecordingBackend
  /** What goes to the second backend behind the head. */
  readonly writes: HeldWrites
}

/** The second backend has the head, and half of its answer has come while the body waits. */
async function answeredEarly(retry: object, length: number, first: Script): Promise<Replay> {
  const bad = await startBackend('bad', { script: first })
  const good = await startBackend('good', {
    script: (exchange) => exchange.send(`${ANSWER}half`)
  })
  let writes = 0
  const isHeld = connectedTo(good.port)
  const held = holdWrites((socket) => isHeld(socket) && ++writes > 1)
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(
    configuration({
      backends: [bad, good],
      listener: { timeouts: { request_body: '1h' } },
      route: { timeouts: { idle: '10s' } },
      pool: {
        retry: { backoff: { scale: 0 }, ...retry },
        timeouts: { response_head: '1s' }
      }
    }),
    { clock }
  )
  const client = await fixture.connect()
  upload(client, length)
  client.send(PIECE)
  await eventually('half of the answer', () => client.received.includes('half'))
  await eventually('a part that waits', () => held.length > 0)
  return { fixture, clock, client, good, writes: held }
}

test.each([
  ['memory', IN_MEMORY],
  ['a file', IN_FILE]
])(
  'an answer that comes while the body is sent again from %s stays whole',
  async (_from, retry) => {
    const { fixture, clock, client, good, writes } = await answeredEarly(
      retry,
      PIECE.length,
      takesAll
    )
    writes.release()
    expect((await good.received(1)).body.equals(PIECE)).toBe(true)
    // Longer than a head may take, and shorter than a body may rest.
    await clock.advanceAsync(5000)
    good.connections[0]!.socket.write('rest')
    const response = await client.readResponse('PUT')
    expect([response.status, response.body.toString()]).toEqual([413, 'halfrest'])
    const { counters } = fixture.backend(good.address)
    expect([counters.responseErrors, counters.serverAborts]).toEqual([0, 0])
  }
)

test('a body that was sent again does not end the time in which the rest of an answer is due', async () => {
  const { clock, client, good, writes } = await answeredEarly(
    IN_FILE,
    PIECE.length + 1,
    async (exchange) => {
      await eventually('the body', () => exchange.connection.unread.length > PIECE.length)
      exchange.reset()
    }
  )
  writes.release()
  await eventually('the body', () => good.connections[0]!.unread.length > PIECE.length)
  client.send('x')
  await good.received(1)
  await clock.advanceAsync(11_000)
  await within('the end', client.closed)
})

test('a disk that lost the body fails its request, and no backend is blamed', async () => {
  const whole = gate()
  const lost = gate()
  await interceptDisk(async () => {
    await whole.opened
    lost.open()
    throw new Error('ENOSPC')
  })
  const backends = await startBackends('bad', 'good', 'other')
  const [bad, good, other] = backends as [RecordingBackend, RecordingBackend, RecordingBackend]
  bad.script = async (exchange) => {
    await exchange.request
    whole.open()
    await lost.opened
    exchange.reset()
  }
  const fixture = await EngineFixture.start(
    configuration({
      backends,
      pool: {
        retry: { backoff: { scale: 0 }, ...IN_FILE },
        circuit_breaker: { failure_threshold: 1 }
      }
    })
  )
  const client = await fixture.connect()
  upload(client, 100_000)
  client.send(PIECE.subarray(0, 100_000))
  expect((await client.readResponse('PUT')).status).toBe(500)
  expect([good.acceptedCount, other.acceptedCount]).toEqual([1, 0])
  const { counters, judge } = fixture.backend(good.address)
  expect([counters.responseErrors, judge!.breaker!.state]).toEqual([0, 'closed'])
})

test('time that passed while the disk was behind counts before the waits that follow it', async () => {
  // As much as may wait for the disk: what comes behind it stays with the client's connection.
  const first = 1_048_576
  const disk = gate()
  await interceptDisk(async (pieces, write) => {
    await disk.opened
    return write(pieces)
  })
  const answer = gate()
  const backend = await startBackend('backend', {
    script: async (exchange) => {
      await exchange.request
      await answer.opened
      exchange.respond({ body: 'in time' })
    }
  })
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      listener: { timeouts: { request_body: '0s' } },
      pool: { retry: IN_FILE, timeouts: { response_head: '60s' } }
    }),
    { clock }
  )
  const client = await fixture.connect()
  upload(client, first + 100)
  client.send(Buffer.alloc(first))
  const atBackend = (): number => backend.connections[0]?.unread.length ?? 0
  await eventually('the disk is behind', () => atBackend() > first)
  client.send(Buffer.alloc(100))
  await ManualClock.flush()
  clock.advance(600_000)
  disk.open()
  await backend.received(1)
  await clock.advanceAsync(30_000)
  answer.open()
  expect((await client.readResponse('PUT')).body.toString()).toBe('in time')
  // A second try would have been in time too.
  expect(backend.acceptedCount).toBe(1)
})
