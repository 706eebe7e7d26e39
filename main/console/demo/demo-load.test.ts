/** Contract: fifty a second over kept connections, never a pile of them, and nothing after the end. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { startBackend } from '../../../test/servers/engine-fixture.ts'
import { DemoLoad } from './demo-load.ts'

function loadOn(clock: ManualClock, port: number): DemoLoad {
  const load = new DemoLoad(clock, `http://127.0.0.1:${port}`)
  onTestFinished(() => load.stop())
  load.start()
  return load
}

test('sends one request every 20 ms and keeps its connections', async () => {
  const clock = new ManualClock()
  const backend = await startBackend()
  const load = loadOn(clock, backend.port)
  for (let sent = 1; sent <= 10; sent++) {
    clock.advance(20)
    await eventually('the answer', () => load.inFlight === 0)
  }
  expect(load.sent).toBe(10)
  expect(backend.requests).toHaveLength(10)
  expect(backend.acceptedCount).toBe(1)
  expect(new Set(backend.targets).size).toBeGreaterThan(2)
})

test('leaves out what cannot be sent while nothing answers', async () => {
  const clock = new ManualClock()
  const silent = await silentServer()
  const load = loadOn(clock, (silent.address() as AddressInfo).port)
  clock.advance(60_000)
  expect(load.inFlight).toBe(20)
  expect(load.sent).toBe(20)
})

test('goes on after refused connections, and at another place when it is told one', async () => {
  const clock = new ManualClock()
  const silent = await silentServer()
  const { port } = silent.address() as AddressInfo
  await new Promise((resolve) => silent.close(resolve))
  const load = loadOn(clock, port)
  clock.advance(200)
  await eventually('the refusals', () => load.inFlight === 0)
  expect(load.sent).toBe(10)
  const backend = await startBackend()
  load.aimAt(`http://127.0.0.1:${backend.port}`)
  clock.advance(20)
  await backend.received()
})

test('a stop ends the timer, the requests and the connections', async () => {
  const clock = new ManualClock()
  const sockets = new Set<Socket>()
  const silent = await silentServer(sockets)
  const load = loadOn(clock, (silent.address() as AddressInfo).port)
  clock.advance(100)
  await eventually('connections', () => sockets.size === 5)
  load.stop()
  expect(clock.pendingCount).toBe(0)
  await eventually('no connection', () => sockets.size === 0)
})

async function silentServer(sockets = new Set<Socket>()): Promise<Server> {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return server
}
