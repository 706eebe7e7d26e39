/**
 * Contract: bodies pass through byte for byte with backpressure both ways; a slow side holds
 * the other side back instead of filling this process's memory.
 */
import { expect, test } from 'vitest'
import type { BackendExchange } from '../servers/backend-connection.ts'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'

const MEGABYTE = 1_048_576
/** Kernel buffers of both connections and ours together stay far below this. */
const IN_FLIGHT_LIMIT = 24 * MEGABYTE
const HUGE = 64 * MEGABYTE

/** Offers `total` bytes, as fast as the socket takes them; returns a live count. */
function pour(exchange: BackendExchange, total: number): { sent: number } {
  const { socket } = exchange.connection
  const count = { sent: 0 }
  const piece = Buffer.alloc(65_536, 'x')
  const more = (): void => {
    while (count.sent < total && !socket.destroyed) {
      count.sent += piece.length
      if (!socket.write(piece)) return void socket.once('drain', more)
    }
  }
  exchange.send(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`)
  more()
  return count
}

test('a client that does not read stops the backend, and goes on when it reads', async () => {
  const backend = await startBackend()
  let count = { sent: 0 }
  backend.script = (exchange) => void (count = pour(exchange, HUGE))
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.socket.pause()
  client.send(getRequest('/huge'))
  await eventually('the backend is held back', async () => {
    const before = count.sent
    await new Promise((resolve) => setTimeout(resolve, 50))
    return before > 0 && count.sent === before
  })
  expect(count.sent).toBeLessThan(IN_FLIGHT_LIMIT)
  let received = 0
  client.socket.removeAllListeners('data')
  client.socket.on('data', (bytes: Buffer) => (received += bytes.length))
  client.socket.resume()
  await eventually('the whole body', () => received > HUGE, 15_000)
  expect(count.sent).toBe(HUGE)
})

test('a backend that does not read stops the client, and goes on when it reads', async () => {
  const backend = await startBackend()
  let received = 0
  backend.script = ({ connection }) => {
    connection.socket.pause()
    connection.openTunnel((bytes) => {
      received += bytes.length
      connection.chunks.length = 0
    })
  }
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(`PUT /huge HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${HUGE}\r\n\r\n`)
  const piece = Buffer.alloc(65_536, 'y')
  let sent = 0
  const more = (): void => {
    while (sent < HUGE) {
      sent += piece.length
      if (!client.socket.write(piece)) return void client.socket.once('drain', more)
    }
  }
  more()
  await eventually('the client is held back', async () => {
    const before = sent
    await new Promise((resolve) => setTimeout(resolve, 50))
    return backend.openConnections.length > 0 && sent === before
  })
  expect(sent).toBeLessThan(IN_FLIGHT_LIMIT)
  backend.openConnections[0]!.socket.resume()
  await eventually('the whole body', () => received >= HUGE, 15_000)
})

test('sizes around every buffer boundary pass byte for byte in both directions', async () => {
  const backend = await startBackend()
  backend.script = async (exchange) => exchange.respond({ body: (await exchange.request).body })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  const boundaries = [1, 16_384, 32_768, 65_536, 131_072, 262_144]
  for (const size of boundaries.flatMap((boundary) => [boundary - 1, boundary, boundary + 1])) {
    const body = Buffer.from(Array.from({ length: size }, (_, index) => (index * 31 + size) % 256))
    client.send(`POST /${size} HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n`)
    client.send(body)
    const response = await client.readResponse('POST')
    expect(response.body.equals(body), `${size} bytes`).toBe(true)
  }
})

test("slow readers of large bodies get their own bytes and nobody else's", async () => {
  const backend = await startBackend()
  const patternOf = (target: string): string => `${target}`.repeat(1 + 3_000_000 / target.length)
  backend.script = (exchange) => exchange.respond({ body: patternOf(exchange.target) })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const read = async (index: number): Promise<void> => {
    const client = await fixture.connect()
    const pausing = (): void => {
      client.socket.pause()
      setTimeout(() => client.socket.resume(), index % 4)
    }
    client.socket.on('data', pausing)
    for (let round = 0; round < 3; round += 1) {
      const target = `/${index}-${round}-`
      client.send(getRequest(target))
      const body = (await client.readResponse('GET', 15_000)).body.toString()
      expect(body === patternOf(target), target).toBe(true)
    }
  }
  await Promise.all(Array.from({ length: 12 }, (_, index) => read(index)))
})

test('two clients at once never see a byte of each other', async () => {
  const backend = await startBackend()
  backend.script = async (exchange) => exchange.respond({ body: (await exchange.request).body })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const run = async (letter: string): Promise<void> => {
    const client = await fixture.connect()
    for (let round = 1; round <= 30; round += 1) {
      const body = letter.repeat((round * 7919) % 200_000)
      client.send(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${body.length}\r\n\r\n`)
      client.send(body)
      const echoed = (await client.readResponse('POST')).body.toString()
      expect(echoed === body, `${letter}, round ${round}`).toBe(true)
    }
  }
  await Promise.all([...'abcdefgh'].map(run))
})
