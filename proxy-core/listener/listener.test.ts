/**
 * Contract: a listener never holds more connections than its limit, never forgets one that
 * waits, and a drain ends when the last connection has.
 */
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../../test/servers/certificate-authority.ts'
import { configuration, type ConfigurationParts } from '../../test/servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../../test/servers/engine-fixture.ts'
import { eventually, within } from '../../test/servers/eventually.ts'
import { gate } from '../../test/servers/gate.ts'
import { RawClient } from '../../test/servers/raw-client.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { Listener } from './listener.ts'

const authority = new CertificateAuthority()
const TLS_CLIENT = { tls: { ca: authority.certPem, servername: 'a.test' } }

function tlsSection(): { certificates: { cert: string; key: string }[] } {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const { certPem, keyPem } = authority.issue({ names: ['a.test'] })
  return {
    certificates: [{ cert: folder.write('a.pem', certPem), key: folder.write('a.key', keyPem) }]
  }
}

/** TCP stands, and the first octet of the handshake is still to come. */
async function dial(port: number): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

function handshakeOn(socket: Socket): TLSSocket {
  const tls = connectTls({ socket, ca: authority.certPem, servername: 'a.test' })
  tls.on('error', () => undefined)
  onTestFinished(() => void tls.destroy())
  return tls
}

const view = (fixture: EngineFixture): EngineFixture['engine']['listeners'][number] =>
  fixture.engine.listeners[0]!

async function ask(client: RawClient, target: string): Promise<string> {
  client.send(getRequest(target))
  return (await client.readResponse()).body.toString()
}

test('a limit that a reload raises lets those in who wait', async () => {
  const backend = await startBackend()
  const parts = (limit: number): ConfigurationParts => ({
    backends: [backend],
    listener: { max_connections: limit }
  })
  const fixture = await EngineFixture.start(configuration(parts(1)))
  const first = await fixture.connect()
  expect(await ask(first, '/1')).toBe('backend /1 0')
  const others = [await fixture.connect(), await fixture.connect()]
  for (const other of others) other.send(getRequest('/waits'))
  await eventually('one only', () => view(fixture).connections === 1)
  await fixture.reload(configuration(parts(3)))
  for (const other of others) expect((await other.readResponse()).status).toBe(200)
  expect(view(fixture).connections).toBe(3)
})

test('connections that gave up while they waited take no place', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { max_connections: 1 } })
  )
  const first = await fixture.connect()
  await ask(first, '/1')
  for (let n = 0; n < 5; n += 1) (await fixture.connect()).reset()
  const last = await fixture.connect()
  last.send(getRequest('/last'))
  first.close()
  expect((await last.readResponse()).status).toBe(200)
  last.close()
  await eventually('nobody left', () => view(fixture).connections === 0)
})

test('over TLS too, where the resets arrive while they wait', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { max_connections: 1, tls: tlsSection() } })
  )
  const first = await fixture.connect('web', TLS_CLIENT)
  await ask(first, '/1')
  for (let n = 0; n < 3; n += 1) {
    const socket = await dial(fixture.port())
    await once(handshakeOn(socket), 'secureConnect')
    await new Promise((resolve) => setTimeout(resolve, 10))
    socket.resetAndDestroy()
  }
  const last = await fixture.connect('web', TLS_CLIENT)
  last.send(getRequest('/last'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  first.close()
  expect((await last.readResponse()).status).toBe(200)
  last.close()
  await eventually('nobody left', () => view(fixture).connections === 0)
})

test('resets over TLS harm nothing, and give the places of waiting up at once', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { max_connections: 1, tls: tlsSection() } })
  )
  const listener = view(fixture) as Listener
  const first = await fixture.connect('web', TLS_CLIENT)
  await ask(first, '/1')
  const sockets = await Promise.all(Array.from({ length: 3 }, () => dial(fixture.port())))
  for (const socket of sockets) handshakeOn(socket)
  await eventually('the waiting', () => listener.waitingCount === 3)
  for (const socket of sockets) socket.resetAndDestroy()
  await eventually('nobody waits', () => listener.waitingCount === 0)
  expect(await ask(first, '/2')).toBe('backend /2 0')
})

test('a TLS client that closes its sending side still gets its answer', async () => {
  const release = gate()
  const backend = await startBackend('held', {
    script: async (exchange) => {
      await release.opened
      exchange.respond({ body: 'late' })
    }
  })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { tls: tlsSection() } })
  )
  const socket = handshakeOn(await dial(fixture.port()))
  socket.allowHalfOpen = true
  let received = ''
  socket.on('data', (bytes: Buffer) => (received += bytes.toString()))
  socket.end(getRequest('/'))
  await backend.received(1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  release.open()
  await eventually('the answer', () => received.endsWith('late'))
})

test('a handshake that ends after the listener has closed gets no connection', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { tls: tlsSection() } })
  )
  const socket = await dial(fixture.port())
  await fixture.stop()
  const tls = handshakeOn(socket)
  await within('the end of the connection', once(tls, 'close'))
  expect(view(fixture).connections).toBe(0)
})

test('a listener that is removed and then stopped is drained once', async () => {
  const release = gate()
  const backend = await startBackend('held', {
    script: async (exchange) => {
      await release.opened
      exchange.respond()
    }
  })
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      listeners: [{ name: 'other', address: '127.0.0.1:0' }]
    })
  )
  const client = await RawClient.connect(fixture.port('other'))
  onTestFinished(() => client.close())
  client.send(getRequest('/'))
  await backend.received(1)
  await fixture.reload(configuration({ backends: [backend] }))
  const stopped = fixture.stop()
  release.open()
  expect((await client.readResponse()).status).toBe(200)
  expect(await stopped).toEqual({ finished: 1, cut: 0 })
  expect(fixture.eventsOf('listener').filter(({ outcome }) => outcome === 'closed')).toHaveLength(1)
})
