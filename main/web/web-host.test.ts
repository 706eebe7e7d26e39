/**
 * The web host over real sockets: who gets in, what is served with which header fields, and
 * that nothing outside the page can be read.
 */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { helloFrom } from '../page/hello.ts'
import type { PageFiles } from '../page/page-files.ts'
import { CONTENT_SECURITY_POLICY } from '../page/page-headers.ts'
import { startWebHost, type WebHost } from './web-host.ts'

const FILES: PageFiles = new Map([
  ['/', { body: Buffer.from('<title>page</title>'), contentType: 'text/html', isImmutable: false }],
  ['/assets/a-1.js', { body: Buffer.from('1'), contentType: 'text/javascript', isImmutable: true }]
])

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

let clock: ManualClock
let host: WebHost

beforeEach(async () => {
  clock = new ManualClock()
  host = await startWebHost({ files: FILES, hello: helloFrom('web', '1.2.3'), port: 0, clock })
})
afterEach(() => host.close())

/** Not `fetch`: it normalises paths and refuses to send Host and Sec-Fetch fields. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port: host.port, host: '127.0.0.1', path, method, headers, agent: false }
    const asking = request(options, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      )
    })
    asking.on('error', reject)
    asking.end()
  })
}

function linkPath(): string {
  return host.mintUrl().replace(`http://127.0.0.1:${host.port}`, '')
}

async function enter(): Promise<string> {
  const { headers } = await ask(linkPath())
  return headers['set-cookie']![0]!.split(';')[0]!
}

describe('the one-time link', () => {
  test('is exchanged for a strict cookie named after the port, and leaves the address bar', async () => {
    const { status, headers } = await ask(linkPath())
    expect(status).toBe(303)
    expect(headers.location).toBe('/')
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^switchyard_${host.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`)
      )
    ])
  })

  test('is refused when it was used, when it is too old and when it is a guess', async () => {
    const used = linkPath()
    await ask(used)
    const old = linkPath()
    clock.advance(10 * 60_000)
    for (const path of [used, old, '/enter?link=guess', '/enter']) {
      const { status, headers } = await ask(path)
      expect(status).toBe(401)
      expect(headers['set-cookie']).toBeUndefined()
    }
  })

  test('survives previews by HEAD and by prefetch', async () => {
    const path = linkPath()
    expect((await ask(path, {}, 'HEAD')).status).toBe(403)
    expect((await ask(path, { 'sec-purpose': 'prefetch' })).status).toBe(403)
    expect((await ask(path)).status).toBe(303)
  })

  test('is not spent by a request that the gate refuses', async () => {
    const path = linkPath()
    expect((await ask(path, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await ask(path)).status).toBe(303)
  })
})

describe('the page', () => {
  test.each([{}, { cookie: 'switchyard=1' }, { cookie: 'other=switchyard_1' }])(
    'is closed to a browser with the cookies %o',
    async (headers: Record<string, string>) => {
      for (const path of ['/', '/assets/a-1.js', '/hello.json', '/absent']) {
        const { status, body } = await ask(path, headers)
        expect(status).toBe(401)
        expect(body).not.toContain('page</title>')
      }
    }
  )

  test('is served with its policy and without being stored', async () => {
    const { status, headers, body } = await ask('/', { cookie: await enter() })
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
    const { headers } = await ask('/assets/a-1.js', { cookie: await enter() })
    expect(headers['cache-control']).toBe('private, max-age=31536000, immutable')
  })

  test('answers HEAD with the length and no body', async () => {
    const { status, headers, body } = await ask('/', { cookie: await enter() }, 'HEAD')
    expect({ status, body }).toEqual({ status: 200, body: '' })
    expect(headers['content-length']).toBe('19')
  })

  test('finds its cookie among others, which a browser sends whatever the port', async () => {
    const cookie = `switchyard_1=x; ${await enter()}; theme=dark`
    expect((await ask('/', { cookie })).status).toBe(200)
  })

  test('tells which host and version it is', async () => {
    const { body } = await ask('/hello.json', { cookie: await enter() })
    expect(JSON.parse(body)).toEqual({
      version: '1.2.3',
      host: { kind: 'web', nodeVersion: process.versions.node, platform: process.platform }
    })
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
    'http://127.0.0.1/',
    '*'
  ])('has nothing at %s', async (path) => {
    expect((await ask(path, { cookie: await enter() })).status).toBe(404)
  })
})

describe('the gate', () => {
  test('stands before everything, with a cookie too', async () => {
    const cookie = await enter()
    expect((await ask('/', { cookie, host: 'evil.test' })).status).toBe(421)
    expect((await ask('/', { cookie, origin: 'http://evil.test' })).status).toBe(403)
    const refused = await ask('/', { cookie }, 'POST')
    expect(refused.status).toBe(405)
    expect(refused.headers['allow']).toBe('GET, HEAD')
  })

  test('answers with the policy even when it refuses', async () => {
    const { headers } = await ask('/', { host: 'evil.test' })
    expect(headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY)
  })
})

describe('the port', () => {
  test('is on loopback only', async () => {
    expect(new URL(host.mintUrl()).hostname).toBe('127.0.0.1')
  })

  test('in use by another process is said in a sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const starting = startWebHost({ files: FILES, hello: helloFrom('web', '1'), port })
    await expect(starting).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `The console cannot listen on 127.0.0.1:${port}: another process does.`
    })
    await new Promise((resolve) => other.close(resolve))
  })
})
