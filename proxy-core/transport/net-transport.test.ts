/**
 * Contract: octets arrive as they were sent, whatever is pending elsewhere. A read never
 * changes octets that a write still needs, and whoever is told to wait is told to go on.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { NetTransport } from './net-transport.ts'
import { SHARED_READ_BUFFER } from './read-buffer.ts'
import { STREAM_INTERNALS } from './stream-handle.ts'
import type { TransportOwner } from './transport.ts'

const KILOBYTE = 1024
/** More than the kernel keeps between two sockets that nobody reads. */
const MORE_THAN_THE_KERNEL_TAKES = 16 * 1024 * KILOBYTE

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

class Owner implements TransportOwner {
  drains = 0
  hasPeerEnded = false
  isClosed = false
  error: Error | undefined
  arrived: (buffer: Buffer, end: number) => void = () => undefined
  whenDrained: () => void = () => undefined

  bytesArrived(buffer: Buffer, end: number): void {
    this.arrived(buffer, end)
  }
  peerEnded(): void {
    this.hasPeerEnded = true
  }
  drained(): void {
    this.drains++
    this.whenDrained()
  }
  closed(error: Error | undefined): void {
    this.isClosed = true
    this.error = error
  }
}

interface Link {
  readonly transport: NetTransport
  readonly owner: Owner
  /** The other end, an ordinary socket that reads nothing until it is told to. */
  readonly peer: Socket
}

async function link(): Promise<Link> {
  const accepted = Promise.withResolvers<Socket>()
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, accepted.resolve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const owner = new Owner()
  const transport = new NetTransport(owner)
  transport.socket.connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  const peer = await accepted.promise
  server.close()
  peer.on('error', () => undefined)
  await eventually('the connection', () => !transport.socket.connecting)
  onTestFinished(() => {
    transport.destroy()
    peer.destroy()
  })
  return { transport, owner, peer }
}

/** As the data path does it: what `from` reads goes to `to`, which holds `from` back. */
function relayAll(from: Link, to: Link): void {
  from.owner.arrived = (buffer, end) => {
    to.transport.relay(from.transport, buffer, 0, end)
    if (to.transport.isBlocked) from.transport.pause()
  }
  to.owner.whenDrained = () => from.transport.resume()
}

/** Fills what lies between the transport and its peer, so that further writes stay pending. */
function clog(to: Link): number {
  let length = 0
  while (!to.transport.isBlocked) {
    to.transport.write('-'.repeat(64 * KILOBYTE))
    length += 64 * KILOBYTE
    if (length > MORE_THAN_THE_KERNEL_TAKES) throw new Error('The connection takes everything.')
  }
  return length
}

/** Everything that the peer gets from now on, without the first `skipped` octets. */
function collect(peer: Socket, skipped = 0): () => Buffer {
  const chunks: Buffer[] = []
  peer.on('data', (bytes: Buffer) => chunks.push(bytes))
  peer.resume()
  return () => Buffer.concat(chunks).subarray(skipped)
}

/** Octets that depend on place and seed, so that a mix-up of any two streams shows. */
function pattern(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let state = seed * 2_654_435_761 + 1
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Writes in pieces of changing size, with turns of the event loop in between. */
async function pour(peer: Socket, bytes: Buffer, seed: number): Promise<void> {
  for (let at = 0, piece = 1 + seed * 977; at < bytes.length;) {
    const end = Math.min(bytes.length, at + piece)
    if (!peer.write(bytes.subarray(at, end))) {
      await new Promise<void>((resolve) => peer.once('drain', resolve))
    }
    at = end
    piece = 1 + ((piece * 31) % (150 * KILOBYTE))
    if (piece % 3 === 0) await turn()
  }
}

/** Reads by fits and starts, so that the writer is blocked most of the time. */
function sip(peer: Socket): () => Buffer {
  const chunks: Buffer[] = []
  peer.on('data', (bytes: Buffer) => {
    chunks.push(bytes)
    if (chunks.length % 2 === 0) return
    peer.pause()
    setImmediate(() => peer.resume())
  })
  peer.resume()
  return () => Buffer.concat(chunks)
}

describe.each([
  { name: 'through its handle', isDirect: true },
  { name: 'through the public interface of its socket', isDirect: false }
])('a transport $name', ({ isDirect }) => {
  beforeAll(() => {
    expect(STREAM_INTERNALS).not.toBeNull()
    NetTransport.isDirect = isDirect
  })
  afterAll(() => {
    NetTransport.isDirect = true
  })

  test('a bulk buffer that is given up between two reads is not reused while a write needs it', async () => {
    const [source, sink, other] = [await link(), await link(), await link()]
    let arrived = 0
    source.owner.arrived = (_buffer, end) => (arrived += end)
    source.transport.beginBulk()
    // The first read still goes to the shared buffer, the second to the large one.
    for (const length of [1, 2]) {
      source.peer.write('.')
      await eventually('the octet', () => arrived === length)
    }
    source.transport.endBulk()
    const clogged = clog(sink)
    let wasShared = true
    source.owner.arrived = (buffer, end) => {
      wasShared &&= buffer === SHARED_READ_BUFFER
      arrived += end
      sink.transport.relay(source.transport, buffer, 0, end)
      source.transport.pause()
    }
    source.peer.write(Buffer.alloc(40 * KILOBYTE, 's'))
    await eventually('the private octets', () => arrived >= 40 * KILOBYTE + 2 || !wasShared)
    const relayed = arrived - 2

    // Another connection begins a long body, and with it takes a large buffer.
    let taken = 0
    other.owner.arrived = (_buffer, end) => (taken += end)
    other.transport.beginBulk()
    for (const length of [1, 200 * KILOBYTE]) {
      other.peer.write(Buffer.alloc(length, 'o'))
      await eventually('the octets of another', () => taken >= length)
    }
    const received = collect(sink.peer, clogged)
    await eventually('what was relayed', () => received().length === relayed)
    expect(received().toString('latin1')).toBe('s'.repeat(relayed))
  })

  test('parallel streams through shared and large buffers keep every octet, however slowly read', async () => {
    const length = 3_000_000
    const streams = await Promise.all(
      Array.from({ length: 6 }, async (_, seed) => {
        const [source, sink] = [await link(), await link()]
        relayAll(source, sink)
        let reads = 0
        const relay = source.owner.arrived
        source.owner.arrived = (buffer, end) => {
          relay(buffer, end)
          // As bodies begin and end: some in the callback, some between two reads.
          reads++
          if (reads % 5 === seed % 5) source.transport.beginBulk()
          else if (reads % 7 === 0) source.transport.endBulk()
          else if (reads % 11 === 0) setImmediate(() => source.transport.endBulk())
        }
        const bytes = pattern(length, seed)
        return { bytes, poured: pour(source.peer, bytes, seed), received: sip(sink.peer) }
      })
    )
    await Promise.all(streams.map(({ poured }) => poured))
    for (const { bytes, received } of streams) {
      await eventually('the whole stream', () => received().length >= length)
      expect(received().equals(bytes)).toBe(true)
    }
  }, 15_000)

  test('octets of the shared buffer may change as soon as the callback has returned', async () => {
    const [source, sink] = [await link(), await link()]
    const clogged = clog(sink)
    let relayed = 0
    source.owner.arrived = (buffer, end) => {
      relayed += end
      sink.transport.relay(source.transport, buffer, 0, end)
    }
    source.peer.write(Buffer.alloc(40 * KILOBYTE, 's'))
    await eventually('the octets', () => relayed === 40 * KILOBYTE)
    SHARED_READ_BUFFER.fill('o')
    const received = collect(sink.peer, clogged)
    await eventually('what was relayed', () => received().length === relayed)
    expect(received().toString('latin1')).toBe('s'.repeat(relayed))
  })

  test('a bulk transport reads into a large buffer of its own, and back into the shared one', async () => {
    const { transport, owner, peer } = await link()
    const buffers: Buffer[] = []
    owner.arrived = (buffer) => buffers.push(buffer)
    transport.beginBulk()
    for (const count of [1, 2]) {
      peer.write('.')
      await eventually('the octet', () => buffers.length === count)
    }
    expect(buffers[0]).toBe(SHARED_READ_BUFFER)
    expect(buffers[1]!.length).toBeGreaterThan(SHARED_READ_BUFFER.length)
    transport.endBulk()
    for (const count of [3, 4]) {
      peer.write('.')
      await eventually('the octet', () => buffers.length === count)
    }
    expect(buffers[2]).toBe(buffers[1])
    expect(buffers[3]).toBe(SHARED_READ_BUFFER)
  })

  test('a paused transport delivers nothing until it is resumed, whoever does either when', async () => {
    const { transport, owner, peer } = await link()
    const pieces: string[] = []
    owner.arrived = (buffer, end) => {
      pieces.push(buffer.toString('latin1', 0, end))
      transport.pause()
    }
    peer.write('one')
    await eventually('the first', () => pieces.length === 1)
    peer.write('two')
    for (let turns = 0; turns < 5; turns++) await turn()
    expect(pieces).toEqual(['one'])
    transport.resume()
    await eventually('the second', () => pieces.length === 2)
    owner.arrived = (buffer, end) => {
      pieces.push(buffer.toString('latin1', 0, end))
      transport.pause()
      transport.resume()
    }
    transport.resume()
    peer.write('three')
    await eventually('the third', () => pieces.length === 3)
    peer.write('four')
    await eventually('the fourth', () => pieces.length === 4)
  })

  test('a write is unsent until the kernel has taken it, and that shows bit by bit', async () => {
    const sink = await link()
    clog(sink)
    expect(sink.transport.hasPendingWrites).toBe(true)
    const before = sink.transport.unsentBytes
    expect(before).toBeGreaterThan(0)
    sink.peer.resume()
    await eventually('an advance', () => sink.transport.unsentBytes < before)
    await eventually('the end', () => sink.owner.drains === 1)
    expect([sink.transport.hasPendingWrites, sink.transport.unsentBytes]).toEqual([false, 0])
  })

  test('a FIN waits for what is pending, and is told by one drained', async () => {
    const sink = await link()
    const clogged = clog(sink)
    sink.transport.end()
    sink.transport.end()
    const received = collect(sink.peer)
    let hasEnded = false
    sink.peer.once('end', () => (hasEnded = true))
    await eventually('the FIN', () => hasEnded)
    expect(received().length).toBe(clogged)
    expect(sink.owner.drains).toBe(1)
  })

  test('a reset is possible as long as something is pending, also after the end was asked for', async () => {
    const sink = await link()
    const clogged = clog(sink)
    sink.transport.end()
    sink.transport.destroy(true)
    const kind = Promise.withResolvers<string>()
    sink.peer.once('error', (error: NodeJS.ErrnoException) => kind.resolve(error.code ?? ''))
    sink.peer.once('end', () => kind.resolve('FIN'))
    const received = collect(sink.peer)
    expect(await kind.promise).toBe('ECONNRESET')
    expect(received().length).toBeLessThan(clogged)
    expect(sink.owner.isClosed).toBe(true)
  })

  test("a peer's FIN ends only its own direction", async () => {
    const { transport, owner, peer } = await link()
    peer.end('bye')
    await eventually('the end', () => owner.hasPeerEnded)
    expect(owner.isClosed).toBe(false)
    transport.write('still here')
    const received = collect(peer)
    await eventually('the answer', () => received().toString() === 'still here')
    transport.end()
    await eventually('the close', () => owner.isClosed)
    expect(owner.error).toBeUndefined()
  })

  test('a reset by the peer closes with an error, once', async () => {
    const { owner, peer } = await link()
    let closings = 0
    owner.closed = () => closings++
    peer.resetAndDestroy()
    await eventually('the close', () => closings === 1)
    await turn()
    expect(closings).toBe(1)
  })
})

test('a small write behind a large one does not swallow the word that both are through', async () => {
  NetTransport.isDirect = false
  onTestFinished(() => {
    NetTransport.isDirect = true
  })
  const [source, sink] = [await link(), await link()]
  const takes: (() => void)[] = []
  const { socket } = sink.transport
  socket._write = (_chunk, _encoding, taken) => void takes.push(() => taken())
  socket._writev = (_chunks, taken) => void takes.push(() => taken())
  sink.transport.relay(source.transport, Buffer.alloc(20 * KILOBYTE), 0, 20 * KILOBYTE)
  sink.transport.write('\r\n')
  expect(sink.transport.isBlocked).toBe(true)
  takes.shift()!()
  await turn()
  expect(sink.owner.drains).toBe(0)
  takes.shift()!()
  await eventually('the word', () => sink.owner.drains === 1)
  expect(sink.transport.isBlocked).toBe(false)
})
