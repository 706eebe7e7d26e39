/**
 * The contract over a real WebSocket: the handshake's gates, the key of every message, and slow
 * and vanished pages.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { fromHostSchema, type FromHost } from '../../preload/contract/envelope.ts'
import type { Verdict } from '../../preload/contract/status.ts'
import { eventually, within } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { contractParts, type HostServices } from '../contract/testing/contract-host.ts'
import { serveContract } from '../contract/serve-contract.ts'
import { MAX_SOCKETS } from './contract-socket.ts'
import {
  admitted,
  ask,
  closing,
  handshake,
  openSocket,
  type Credentials
} from './testing/web-visitor.ts'
import { startWebHost, type WebHost } from './web-host.ts'

let clock: ManualClock
let host: WebHost
let log: string[]
let sockets: WebSocket[]
let contract: string

beforeEach(() => {
  clock = new ManualClock()
  log = []
  sockets = []
})
afterEach(async () => {
  for (const socket of sockets) socket.terminate()
  await host.close('The test is over.')
  await eventually('no timer is left', () => clock.pendingCount === 0)
})

async function start(services: HostServices = {}): Promise<void> {
  const parts = contractParts(clock, services)
  contract = parts.hello.contract
  host = await startWebHost({
    files: new Map(),
    hello: parts.hello,
    port: 0,
    clock,
    mintKey: 'unused',
    serve: (channel) => serveContract(channel, parts),
    log: (line) => log.push(line)
  })
}

function open(headers: Readonly<Record<string, string>>, path?: string): WebSocket {
  const socket = openSocket(host.port, headers, path)
  sockets.push(socket)
  return socket
}

interface Tab {
  readonly socket: WebSocket
  readonly received: FromHost[]
  send(frame: object): void
}

/** A page that has got through; it answers nothing by itself. */
async function tab({ cookie, key }: Credentials): Promise<Tab> {
  const socket = open({ cookie })
  const received: FromHost[] = []
  socket.on('message', (data: Buffer) => {
    received.push(fromHostSchema.parse(JSON.parse(data.toString())))
  })
  expect(await handshake(socket)).toBe(101)
  return { socket, received, send: (frame) => socket.send(JSON.stringify({ key, frame })) }
}

async function greetedTab(credentials: Credentials): Promise<Tab> {
  const page = await tab(credentials)
  page.send({ t: 'hello', contract })
  await eventually('the hello', () => page.received.length === 1)
  page.received.length = 0
  return page
}

describe('the handshake', () => {
  test.each<[string, (own: Credentials) => Record<string, string>]>([
    ['no cookie', () => ({})],
    ['a guessed cookie', () => ({ cookie: `switchyard_${host.port}=guess` })],
    ['a foreign Origin', ({ cookie }) => ({ cookie, origin: 'http://evil.test' })],
    ['the origin of another port', ({ cookie }) => ({ cookie, origin: 'http://127.0.0.1:8080' })],
    ['an opaque origin', ({ cookie }) => ({ cookie, origin: 'null' })],
    ['a foreign Host', ({ cookie }) => ({ cookie, host: 'evil.test' })],
    ['a cross-site relation', ({ cookie }) => ({ cookie, 'sec-fetch-site': 'cross-site' })]
  ])('with %s gets 403 and a line in the log', async (_what, headers) => {
    await start()
    expect(await handshake(open(headers(await admitted(host))))).toBe(403)
    expect(log).toEqual([expect.stringMatching(/^Refused "GET \/contract" .* with 403: /)])
  })

  test('without an Origin gets 403', async () => {
    await start()
    const { cookie } = await admitted(host)
    const fields = {
      cookie,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ=='
    }
    expect((await ask(host.port, '/contract', { headers: fields })).status).toBe(403)
  })

  test('on another path gets 404', async () => {
    await start()
    const { cookie } = await admitted(host)
    expect(await handshake(open({ cookie }, '/contract/..'))).toBe(404)
  })

  test(`beyond ${MAX_SOCKETS} open pages gets 503, until one closes`, async () => {
    await start()
    const credentials = await admitted(host)
    for (let count = 0; count < MAX_SOCKETS; count++) await greetedTab(credentials)
    const { cookie } = credentials
    expect(await handshake(open({ cookie }))).toBe(503)
    sockets[0]!.close()
    await eventually('there is room', async () => (await handshake(open({ cookie }))) === 101)
  })

  test('with the cookie alone holds no place against a page with the key', async () => {
    await start()
    const credentials = await admitted(host)
    const page = await greetedTab(credentials)
    const { cookie } = credentials
    for (let count = 0; count < 2 * MAX_SOCKETS; count++) {
      expect(await handshake(open({ cookie }))).toBe(101)
    }
    await greetedTab(credentials)
    expect(page.socket.readyState).toBe(page.socket.OPEN)
    await eventually('the oldest are cut', () => {
      return sockets.filter(({ readyState, OPEN }) => readyState === OPEN).length === MAX_SOCKETS
    })
  })
})

describe('a message', () => {
  test.each<[string, (own: Credentials, other: Credentials) => string | undefined]>([
    ['no key', () => undefined],
    ['an empty key', () => ''],
    ['a guessed key', () => 'guess'],
    ['the cookie for a key', ({ cookie }) => cookie.split('=')[1]],
    ['the key of another session', (_own, other) => other.key]
  ])('with %s opens nothing: the cookie alone is not enough', async (_what, keyFor) => {
    let calls = 0
    await start({ handlers: { 'config.versions': () => (calls++, []) } })
    const own = await admitted(host)
    const key = keyFor(own, await admitted(host))
    const page = await tab(own)
    const closed = closing(page.socket)
    const keyed = key === undefined ? {} : { key }
    page.socket.send(JSON.stringify({ ...keyed, frame: { t: 'hello', contract } }))
    page.socket.send(
      JSON.stringify({ ...keyed, frame: { t: 'call', id: 1, m: 'config.versions', a: {} } })
    )
    const { code } = await within('the close', closed)
    expect(code).toBe(key === undefined ? 4000 : 4403)
    expect(page.received).toEqual([])
    expect(calls).toBe(0)
    if (key !== undefined) expect(log.join()).toContain('came without the key of its session')
  })

  test('after the hello needs the key as well', async () => {
    let calls = 0
    await start({ handlers: { 'config.versions': () => (calls++, []) } })
    const page = await greetedTab(await admitted(host))
    const closed = closing(page.socket)
    page.socket.send(
      JSON.stringify({ key: 'guess', frame: { t: 'call', id: 1, m: 'config.versions', a: {} } })
    )
    expect((await within('the close', closed)).code).toBe(4403)
    expect(calls).toBe(0)
  })

  test.each<[string, string | Buffer]>([
    ['no JSON', '{"t":'],
    ['binary', Buffer.from('{}')],
    ['a bare frame', '{"t":"hello","contract":"x"}'],
    ['an array', '[]']
  ])('that is %s closes the socket', async (_what, message) => {
    await start()
    const page = await tab(await admitted(host))
    const closed = closing(page.socket)
    page.socket.send(message)
    expect(await within('the close', closed)).toMatchObject({
      code: 4000,
      reason: expect.stringMatching(/^FRAME_INVALID: /) as string
    })
  })

  test('of more than 1 MB closes the socket', async () => {
    await start()
    const page = await tab(await admitted(host))
    const closed = closing(page.socket)
    page.send({ t: 'hello', contract: 'x'.repeat(1024 * 1024) })
    expect((await within('the close', closed)).code).toBe(1009)
  })

  test('with a prototype in it changes no prototype', async () => {
    await start()
    const credentials = await admitted(host)
    const page = await greetedTab(credentials)
    const key = JSON.stringify(credentials.key)
    page.socket.send(
      `{"key":${key},"frame":{"t":"call","id":1,"m":"__proto__","a":{"__proto__":{"isAdmin":true}}}}`
    )
    await eventually('the answer', () => page.received.length === 1)
    expect(page.received).toMatchObject([{ t: 'err', e: { code: 'METHOD_UNKNOWN' } }])
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})

describe('a page', () => {
  const VERDICT: Verdict = {
    status: 'serving',
    sentence: 'All is well.',
    short: 'api 3/3',
    servingBackends: 3,
    totalBackends: 3
  }

  test('that acknowledges nothing is sent one payload, and later the newest', async () => {
    const { promise: opened, resolve } = Promise.withResolvers<(verdict: Verdict) => void>()
    const open = (_args: object, push: (verdict: Verdict) => void): (() => void) => {
      resolve(push)
      return () => {}
    }
    await start({ topics: { verdict: { open } } })
    const page = await greetedTab(await admitted(host))
    page.send({ t: 'sub', id: 1, topic: 'verdict', a: {} })
    const send = await within('the subscription', opened)
    for (let count = 1; count <= 1000; count++) send({ ...VERDICT, servingBackends: count })
    await eventually('the first', () => page.received.length === 1)
    page.send({ t: 'ack', id: 1, seq: 1 })
    await eventually('the newest', () => page.received.length === 2)
    expect(page.received).toMatchObject([
      { seq: 1, p: { servingBackends: 1 } },
      { seq: 2, p: { servingBackends: 1000 } }
    ])
  })

  test('that reads nothing is cut before it costs much memory', async () => {
    const large = { text: 'x'.repeat(900_000), hash: '', hasMaskedSecrets: false }
    await start({ handlers: { 'config.version': () => large } })
    const page = await greetedTab(await admitted(host))
    page.socket.pause()
    const closed = closing(page.socket)
    for (let id = 1; id <= 60; id++) {
      page.send({ t: 'call', id, m: 'config.version', a: { id: 1 } })
    }
    // What the system's own buffers hold is still delivered; then the connection is found dead.
    await new Promise((resolve) => setTimeout(resolve, 50))
    page.socket.resume()
    expect((await within('the cut', closed)).code).toBe(1006)
    expect(page.received.length).toBeLessThan(60)
  })

  test('that answers no ping is cut after the second', async () => {
    await start()
    const page = await greetedTab(await admitted(host))
    const closed = closing(page.socket)
    page.socket.pause()
    clock.advance(15_000)
    clock.advance(15_000)
    page.socket.resume()
    expect((await within('the cut', closed)).code).toBe(1006)
  })

  test('that answers its pings stays', async () => {
    await start()
    const page = await greetedTab(await admitted(host))
    for (let count = 0; count < 3; count++) {
      const pinged = new Promise((resolve) => page.socket.once('ping', resolve))
      clock.advance(15_000)
      await within('the ping', pinged)
      // The pong travels behind this frame's predecessor: an answer proves that it has arrived.
      page.send({ t: 'call', id: count + 1, m: 'nothing', a: {} })
      await eventually('the answer', () => page.received.length === count + 1)
    }
    expect(page.socket.readyState).toBe(page.socket.OPEN)
  })

  test('is told why when the host stops', async () => {
    await start()
    const page = await greetedTab(await admitted(host))
    const closed = closing(page.socket)
    await host.close('The console was stopped.')
    expect(await closed).toEqual({ code: 4000, reason: 'The console was stopped.' })
    await start()
  })
})
