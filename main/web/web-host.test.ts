/**
 * The web host over real sockets, without its WebSocket: who gets in and how far, what is served
 * with which header fields, and that nothing outside the page can be read.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { helloFrom } from '../page/hello.ts'
import type { PageFiles } from '../page/page-files.ts'
import { CONTENT_SECURITY_POLICY } from '../page/page-headers.ts'
import {
  admitted,
  ask,
  askKey,
  enter,
  pathOfLink,
  type Answer,
  type Entered
} from './testing/web-visitor.ts'
import { startWebHost, type WebHost, type WebHostOptions } from './web-host.ts'

const FILES: PageFiles = new Map([
  ['/', { body: Buffer.from('<title>page</title>'), contentType: 'text/html', isImmutable: false }],
  ['/assets/a-1.js', { body: Buffer.from('1'), contentType: 'text/javascript', isImmutable: true }]
])
const MINT_KEY = 'mint-key-of-the-test'

let clock: ManualClock
let host: WebHost
let log: string[]

function options(): WebHostOptions {
  return {
    files: FILES,
    hello: helloFrom('web', '1.2.3'),
    port: 0,
    clock,
    mintKey: MINT_KEY,
    serve: (channel) => channel.close('No contract in this test.'),
    log: (line) => log.push(line)
  }
}

beforeEach(async () => {
  clock = new ManualClock()
  log = []
  host = await startWebHost(options())
})
afterEach(async () => {
  await host.close('The test is over.')
  expect(clock.pendingCount).toBe(0)
})

function linkPath(): string {
  return pathOfLink(host.mintUrl())
}

function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(host.port, path, { headers })
}

async function cookie(): Promise<string> {
  return (await enter(host)).cookie
}

describe('the one-time link', () => {
  test('is exchanged for a strict cookie named after the port and a ticket in the fragment', async () => {
    const { status, headers } = await get(linkPath())
    expect(status).toBe(303)
    expect(headers.location).toMatch(/^\/#ticket=[\w-]{43}$/)
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^switchyard_${host.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`)
      )
    ])
  })

  test('is refused when it was used, when it is too old and when it is a guess', async () => {
    const used = linkPath()
    await get(used)
    const old = linkPath()
    clock.advance(10 * 60_000)
    for (const path of [used, old, '/enter?link=guess', '/enter']) {
      const { status, headers, body } = await get(path)
      expect(status).toBe(403)
      expect(body).toContain('switchyard console --url')
      expect(headers['set-cookie']).toBeUndefined()
    }
    expect(log).toHaveLength(4)
    expect(log.join()).not.toContain('link=')
  })

  test('survives previews by HEAD and by prefetch', async () => {
    const path = linkPath()
    expect((await ask(host.port, path, { method: 'HEAD' })).status).toBe(403)
    expect((await get(path, { 'sec-purpose': 'prefetch' })).status).toBe(403)
    expect((await get(path)).status).toBe(303)
  })

  test('is not spent by a request that the gate refuses', async () => {
    const path = linkPath()
    expect((await get(path, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await get(path)).status).toBe(303)
  })

  test('keeps the cookie of a browser that is already in, so that its other tabs stay in', async () => {
    const first = await enter(host)
    const second = await enter(host, first.cookie)
    expect(second.cookie).toBe(first.cookie)
    expect(second.ticket).not.toBe(first.ticket)
  })
})

describe('the key', () => {
  test('is given once for cookie and ticket, and never kept by a cache', async () => {
    const entered = await enter(host)
    const { status, headers, body } = await askKey(host.port, entered)
    expect(status).toBe(200)
    expect(JSON.parse(body)).toEqual({ key: expect.stringMatching(/^[\w-]{43}$/) as string })
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['set-cookie']).toBeUndefined()
    expect((await askKey(host.port, entered)).status).toBe(403)
  })

  test.each<[string, (mine: Entered, other: Entered) => Entered]>([
    ['the cookie alone', ({ cookie: own }) => ({ cookie: own, ticket: '' })],
    ['the ticket alone', ({ ticket }) => ({ cookie: '', ticket })],
    ['the ticket with the cookie of another', (mine, other) => ({ ...mine, cookie: other.cookie })]
  ])('is not given for %s', async (_what, mixed) => {
    const { status, body } = await askKey(host.port, mixed(await enter(host), await enter(host)))
    expect(status).toBe(403)
    expect(body).not.toContain('"key"')
    expect(log).toHaveLength(1)
  })

  test.each(['', '{', '[]', '{"ticket":1}', '{"ticket":"a","more":1}', `"${'x'.repeat(5000)}"`])(
    'is not given for the body %.20s',
    async (body) => {
      const headers = { cookie: await cookie() }
      expect((await ask(host.port, '/key', { method: 'POST', headers, body })).status).toBe(403)
    }
  )

  test('is refused to another origin and to a GET', async () => {
    const headers = { cookie: await cookie() }
    const foreign = { ...headers, origin: 'http://127.0.0.1:8080' }
    expect((await ask(host.port, '/key', { method: 'POST', headers: foreign })).status).toBe(403)
    const read = await ask(host.port, '/key', { headers })
    expect(read).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  })
})

describe('another link', () => {
  const POST = { method: 'POST', headers: { authorization: `Bearer ${MINT_KEY}` } }

  test('is minted for the holder of the key', async () => {
    const { status, body } = await ask(host.port, '/mint', POST)
    expect(status).toBe(200)
    const { url } = JSON.parse(body) as { url: string }
    expect((await get(pathOfLink(url))).status).toBe(303)
  })

  test.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['a wrong key', { authorization: 'Bearer guess' }],
    ['an empty key', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: `Basic ${MINT_KEY}` }]
  ])('is not minted for %s, with a cookie either', async (_who, headers) => {
    const fields = { ...headers, cookie: await cookie() }
    const { status, body } = await ask(host.port, '/mint', { method: 'POST', headers: fields })
    expect(status).toBe(403)
    expect(body).not.toContain('link=')
  })

  test('is not minted for another origin, whatever it carries', async () => {
    const headers = { ...POST.headers, origin: 'http://evil.test' }
    expect((await ask(host.port, '/mint', { ...POST, headers })).status).toBe(403)
  })
})

describe('the page', () => {
  test.each([{}, { cookie: 'switchyard=1' }, { cookie: 'other=switchyard_1' }])(
    'is closed to a browser with the cookies %o, and the log says so',
    async (headers: Record<string, string>) => {
      const paths = ['/', '/assets/a-1.js', '/hello.json', '/absent']
      for (const path of paths) {
        const { status, body } = await get(path, headers)
        expect(status).toBe(403)
        expect(body).not.toContain('page</title>')
      }
      expect(log).toHaveLength(paths.length)
      expect(log[0]).toContain('Refused "GET /"')
    }
  )

  test('is served with its policy and without being stored', async () => {
    const { status, headers, body } = await get('/', { cookie: await cookie() })
    expect({ status, body }).toEqual({ status: 200, body: '<title>page</title>' })
    expect(headers).toMatchObject({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store'
    })
  })

  test('lets hashed assets be kept by this browser only', async () => {
    const { headers } = await get('/assets/a-1.js', { cookie: await cookie() })
    expect(headers['cache-control']).toBe('private, max-age=31536000, immutable')
  })

  test('answers HEAD with the length and no body', async () => {
    const headers = { cookie: await cookie() }
    const answer = await ask(host.port, '/', { method: 'HEAD', headers })
    expect(answer).toMatchObject({ status: 200, body: '' })
    expect(answer.headers['content-length']).toBe('19')
  })

  test('finds its cookie among others, which a browser sends whatever the port', async () => {
    const fields = `switchyard_1=x; switchyard_${host.port}=old; ${await cookie()}; theme=dark`
    expect((await get('/', { cookie: fields })).status).toBe(200)
  })

  test('tells which host and version it is', async () => {
    const { body } = await get('/hello.json', { cookie: await cookie() })
    expect(JSON.parse(body)).toMatchObject({ version: '1.2.3', host: { kind: 'web' } })
  })

  test.each([
    '/../package.json',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/..\\package.json',
    '//etc/passwd',
    '/assets/a-1.js/',
    '/assets',
    '/contract',
    'http://127.0.0.1/',
    '*'
  ])('has nothing at %s', async (path) => {
    expect((await get(path, { cookie: await cookie() })).status).toBe(404)
  })
})

describe('the gate', () => {
  test.each<[string, Record<string, string>]>([
    ['a foreign Host', { host: 'evil.test' }],
    ['a foreign Origin', { origin: 'http://evil.test' }],
    ['a request that another site caused', { 'sec-fetch-site': 'cross-site' }]
  ])('answers 403 and a line in the log to %s, with cookie and key too', async (_what, fields) => {
    const { cookie: own } = await admitted(host)
    expect((await get('/', { cookie: own, ...fields })).status).toBe(403)
    expect(log).toHaveLength(1)
  })

  test('answers 405 to methods that the address has not', async () => {
    const headers = { cookie: await cookie() }
    const refused = await ask(host.port, '/', { method: 'POST', headers })
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  test('answers with the policy even when it refuses', async () => {
    const { headers } = await get('/', { host: 'evil.test' })
    expect(headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY)
  })
})

describe('the port', () => {
  test('is on loopback only', () => {
    expect(new URL(host.mintUrl()).hostname).toBe('127.0.0.1')
  })

  test('in use by another process is said in a sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    await expect(startWebHost({ ...options(), port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `The console cannot listen on 127.0.0.1:${port}: another process does.`
    })
    await new Promise((resolve) => other.close(resolve))
  })
})
