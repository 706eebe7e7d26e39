/**
 * The browser's end of the WebSocket against the real web host: calls, a cut, a restarted host,
 * and a key that opens nothing.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { contractParts, type HostServices } from '../../main/contract/testing/contract-host.ts'
import { serveContract } from '../../main/contract/serve-contract.ts'
import { admitted, ask, openSocket, type Credentials } from '../../main/web/testing/web-visitor.ts'
import { startWebHost, type WebHost } from '../../main/web/web-host.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { ContractClient } from './contract-client.ts'
import { openWebSocketChannel } from './web-socket-channel.ts'

let clock: ManualClock
let host: WebHost
let sockets: WebSocket[]
let client: ContractClient | null

beforeEach(() => {
  clock = new ManualClock()
  sockets = []
  client = null
})
afterEach(async () => {
  client?.close()
  for (const socket of sockets) socket.terminate()
  await host.close('The test is over.')
  await eventually('no timer is left', () => clock.pendingCount === 0)
})

async function start(services: HostServices = {}): Promise<void> {
  const parts = contractParts(clock, services)
  host = await startWebHost({
    files: new Map(),
    hello: parts.hello,
    port: 0,
    clock,
    mintKey: 'unused',
    serve: (channel) => serveContract(channel, parts),
    log: () => {}
  })
}

/** The page of a tab; the sockets of `ws` have the interface of a browser's. */
function pageOf({ cookie, key }: Credentials): ContractClient {
  const { port } = host
  const open = (): globalThis.WebSocket => {
    const socket = openSocket(port, { cookie })
    sockets.push(socket)
    return socket as unknown as globalThis.WebSocket
  }
  client = new ContractClient({
    openChannel: () =>
      openWebSocketChannel(open, key, (path) => ask(port, path, { headers: { cookie } })),
    clock,
    random: () => 0,
    newOperationId: () => crypto.randomUUID(),
    onDefect: () => {}
  })
  return client
}

describe('a page in the browser', () => {
  test('calls through the real socket', async () => {
    await start({ handlers: { 'config.versions': () => [] } })
    const page = pageOf(await admitted(host))
    expect(await page.opened).toMatchObject({ version: '1.2.3' })
    expect(await page.call('config.versions', {})).toEqual([])
  })

  test('comes back after a cut, and a change that was in flight is OUTCOME_UNKNOWN', async () => {
    await start({ handlers: { 'demo.start': () => new Promise(() => {}) } })
    const page = pageOf(await admitted(host))
    await page.opened
    const change = page.call('demo.start', {}).catch((error: unknown) => error)
    await eventually('it is sent', () => sockets[0]!.bufferedAmount === 0)
    sockets[0]!.terminate()
    expect(await change).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    clock.advance(125)
    await eventually('it is back', () => page.connection.kind === 'open')
  })

  test('refuses a frame that the host could not take, and keeps the connection', async () => {
    await start()
    const page = pageOf(await admitted(host))
    await page.opened
    const check = page.call('config.check', { text: 'x'.repeat(1024 * 1024) })
    await expect(check).rejects.toMatchObject({ code: 'FRAME_TOO_LARGE' })
    expect(page.connection).toEqual({ kind: 'open' })
  })

  test('with a wrong key is closed for good', async () => {
    await start()
    const { cookie } = await admitted(host)
    const page = pageOf({ cookie, key: 'guess' })
    await expect(page.opened).rejects.toMatchObject({ code: 'ACCESS_REFUSED' })
    expect(page.connection).toMatchObject({ kind: 'closed', cause: 'no_key' })
  })

  test('with the cookie of a host that was restarted is closed for good', async () => {
    await start()
    const page = pageOf({ cookie: 'switchyard_1=old', key: 'old' })
    await expect(page.opened).rejects.toMatchObject({ code: 'ACCESS_REFUSED' })
    expect(page.connection).toMatchObject({ kind: 'closed', cause: 'no_key' })
  })

  test('keeps trying while nobody listens', async () => {
    await start()
    const credentials = await admitted(host)
    await host.close('Stopped.')
    const page = pageOf(credentials)
    await eventually('a failed try', () => {
      const { connection } = page
      return connection.kind === 'reconnecting' && connection.reason.includes('cannot be reached')
    })
    expect(clock.nextDueInMs).toBe(125)
    await start()
  })
})
