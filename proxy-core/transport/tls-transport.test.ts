/** Contract: over TLS the same promises hold as over plain TCP (`net-transport.test.ts`). */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../../test/servers/certificate-authority.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { NetTransport } from './net-transport.ts'
import { SHARED_READ_BUFFER } from './read-buffer.ts'
import { TlsTransport } from './tls-transport.ts'
import type { TransportOwner } from './transport.ts'

const KILOBYTE = 1024
const authority = new CertificateAuthority()
const pair = authority.issue({ names: ['a.test'] })

class Owner implements TransportOwner {
  text = ''
  drains = 0
  hasPeerEnded = false
  closings = 0

  bytesArrived(buffer: Buffer, end: number): void {
    this.text += buffer.toString('latin1', 0, end)
  }
  peerEnded(): void {
    this.hasPeerEnded = true
  }
  drained(): void {
    this.drains++
  }
  closed(): void {
    this.closings++
  }
}

interface Link {
  readonly transport: TlsTransport
  readonly owner: Owner
  /** The client, which reads nothing until it is told to. */
  readonly peer: TLSSocket
}

/** The accepting side of a connection. */
async function link(): Promise<Link> {
  const accepted = Promise.withResolvers<TLSSocket>()
  const server = createTlsServer({ cert: pair.certPem, key: pair.keyPem }, accepted.resolve)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const peer = connect({ port, host: '127.0.0.1', ca: authority.certPem, servername: 'a.test' })
  peer.allowHalfOpen = true
  peer.on('error', () => undefined)
  const owner = new Owner()
  const transport = new TlsTransport(owner, await accepted.promise)
  server.close()
  onTestFinished(() => {
    transport.destroy()
    peer.destroy()
  })
  return { transport, owner, peer }
}

function clog({ transport }: Link): number {
  let length = 0
  while (length < 16 * 1024 * KILOBYTE) {
    transport.write('-'.repeat(64 * KILOBYTE))
    length += 64 * KILOBYTE
  }
  return length
}

function collect(peer: TLSSocket, skipped = 0): () => string {
  const chunks: Buffer[] = []
  peer.on('data', (bytes: Buffer) => chunks.push(bytes))
  return () => Buffer.concat(chunks).toString('latin1', skipped)
}

test('octets of the shared buffer may change as soon as they are relayed', async () => {
  const sink = await link()
  const plain = createServer()
  await once(plain.listen(0, '127.0.0.1'), 'listening')
  const source = new NetTransport(new Owner())
  source.socket.connect({ host: '127.0.0.1', port: (plain.address() as AddressInfo).port })
  onTestFinished(() => {
    source.destroy()
    plain.close()
  })
  const clogged = clog(sink)
  SHARED_READ_BUFFER.fill('s')
  sink.transport.relay(source, SHARED_READ_BUFFER, 0, 40 * KILOBYTE)
  SHARED_READ_BUFFER.fill('o')
  const received = collect(sink.peer, clogged)
  await eventually('what was relayed', () => received().length === 40 * KILOBYTE)
  expect(received()).toBe('s'.repeat(40 * KILOBYTE))
})

test('who is blocked is told once when everything has gone', async () => {
  const sink = await link()
  clog(sink)
  expect([sink.transport.isBlocked, sink.transport.hasPendingWrites]).toEqual([true, true])
  expect(sink.transport.unsentBytes).toBeGreaterThan(0)
  sink.peer.resume()
  await eventually('the word', () => sink.owner.drains === 1)
  expect([sink.transport.isBlocked, sink.transport.unsentBytes]).toEqual([false, 0])
})

test('an end waits for what is pending, and the other direction stays open', async () => {
  const sink = await link()
  const clogged = clog(sink)
  sink.transport.end()
  sink.transport.end()
  const received = collect(sink.peer)
  await once(sink.peer, 'end')
  expect(received().length).toBe(clogged)
  expect(sink.owner.drains).toBe(1)
  sink.peer.write('still here')
  await eventually('the answer', () => sink.owner.text === 'still here')
  expect(sink.owner.closings).toBe(0)
})

test("a peer's end leaves our own direction open", async () => {
  const { transport, owner, peer } = await link()
  const received = collect(peer)
  peer.end('bye')
  await eventually('the end', () => owner.hasPeerEnded)
  transport.write('still here')
  await eventually('the answer', () => received() === 'still here')
})

test('a reset reaches the peer as one, also after an end that is still pending', async () => {
  const sink = await link()
  clog(sink)
  sink.transport.end()
  sink.transport.destroy(true)
  const kind = Promise.withResolvers<string>()
  sink.peer.once('error', (error: NodeJS.ErrnoException) => kind.resolve(error.code ?? ''))
  sink.peer.once('end', () => kind.resolve('FIN'))
  sink.peer.resume()
  expect(await kind.promise).toBe('ECONNRESET')
  await eventually('the close', () => sink.owner.closings === 1)
})

test('a paused transport delivers nothing until it is resumed', async () => {
  const { transport, owner, peer } = await link()
  transport.pause()
  peer.write('later')
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(owner.text).toBe('')
  transport.resume()
  await eventually('the octets', () => owner.text === 'later')
})
