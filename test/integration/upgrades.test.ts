/** Contract: WebSockets and other upgrades become tunnels that end on both sides together. */
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { startWebSocketEcho, type WebSocketEcho } from '../servers/websocket-echo.ts'

const UPGRADE = getRequest('/up', 'Connection: Upgrade', 'Upgrade: line')
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: line\r\n\r\n'

async function echo(): Promise<WebSocketEcho> {
  const server = await startWebSocketEcho()
  onTestFinished(() => server.stop())
  return server
}

async function openSocket(fixture: EngineFixture): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${fixture.port()}/chat`)
  onTestFinished(() => socket.terminate())
  await within('the handshake', once(socket, 'open'))
  return socket
}

test('a WebSocket carries text, binary and large messages both ways', async () => {
  const server = await echo()
  const fixture = await EngineFixture.start(configuration({ backends: [server.address] }))
  const socket = await openSocket(fixture)
  for (const message of [Buffer.from('hello'), Buffer.alloc(300_000, 7), Buffer.from([0, 255])]) {
    const answered = once(socket, 'message')
    socket.send(message)
    const [answer] = (await within('the echo', answered)) as [Buffer]
    expect(answer.equals(message)).toBe(true)
  }
})

test('closing the client side closes the backend side', async () => {
  const server = await echo()
  const fixture = await EngineFixture.start(configuration({ backends: [server.address] }))
  const socket = await openSocket(fixture)
  socket.close(1000)
  await within('the close', once(socket, 'close'))
  await eventually('the backend closed', () => server.sockets.size === 0)
  await eventually('nothing in flight', () => fixture.pool().counters.inFlight === 0)
})

test('a backend that disappears closes the client side', async () => {
  const server = await echo()
  const fixture = await EngineFixture.start(configuration({ backends: [server.address] }))
  const socket = await openSocket(fixture)
  socket.on('error', () => undefined)
  for (const peer of server.sockets) peer.terminate()
  await within('the close', once(socket, 'close'))
})

test('an upgraded connection counts as in flight until it ends', async () => {
  const server = await echo()
  const fixture = await EngineFixture.start(configuration({ backends: [server.address] }))
  await openSocket(fixture)
  expect(fixture.backend(server.address).load).toBe(1)
  expect(fixture.pool().counters.inFlight).toBe(1)
})

test('bytes sent right behind the handshake reach the backend behind its 101', async () => {
  const backend = await startBackend()
  backend.script = (exchange) => {
    exchange.send(SWITCHING)
    exchange.connection.openTunnel((bytes) => exchange.send(bytes))
  }
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(`${UPGRADE}early`)
  await client.readThrough('\r\n\r\n')
  expect((await client.readBytes(5)).toString()).toBe('early')
})

test('half-closing one side of a tunnel passes on, and the other side may still speak', async () => {
  const backend = await startBackend()
  const script = Promise.withResolvers<string>()
  backend.script = (exchange) => {
    let heard = ''
    const ended = (): void => {
      script.resolve(heard)
      exchange.send('last words')
      exchange.end()
    }
    exchange.connection.openTunnel((bytes) => (heard += bytes.toString()), ended)
    exchange.send(SWITCHING)
  }
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  client.send(UPGRADE)
  await client.readThrough('\r\n\r\n')
  client.send('hello')
  client.halfClose()
  expect(await within('the end at the backend', script.promise)).toBe('hello')
  expect((await client.readToEnd()).toString()).toBe('last words')
})

test('a tunnel without a byte for the idle timeout is closed', async () => {
  const backend = await startBackend()
  backend.script = (exchange) => {
    exchange.connection.openTunnel(() => undefined)
    exchange.send(SWITCHING)
  }
  const clock = new ManualClock()
  const yaml = configuration({ backends: [backend], route: { timeouts: { idle: '20s' } } })
  const fixture = await EngineFixture.start(yaml, { clock })
  const client = await fixture.connect()
  client.send(UPGRADE)
  await client.readThrough('\r\n\r\n')
  await clock.advanceAsync(15_000)
  client.send('still here')
  await eventually('the byte', () => backend.connections[0]!.bytes.includes('still here'))
  await clock.advanceAsync(15_000)
  expect(client.hasEnded).toBe(false)
  await clock.advanceAsync(10_000)
  await client.readToEnd()
  await within('the close at the backend', backend.connections[0]!.closed)
})
