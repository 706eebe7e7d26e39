/**
 * Contract: over TLS a client may speak HTTP/2; its streams meet the same routes, limits and answers
 * as requests of HTTP/1.1, and nothing of one stream reaches another.
 */
import { execFile } from 'node:child_process'
import { constants } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, startBackend, startBackends } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import { gate } from '../servers/gate.ts'
import { answerOf, authority, get, secure, session, start } from '../servers/http2-fixture.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import { programPath, requires } from '../setup/requirements.ts'

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_CANCEL } = constants

describe('requests', () => {
  test('many at one time over one connection, by the same balancing', async () => {
    const backends = await startBackends('a', 'b')
    const fixture = await start({ backends })
    const client = session(fixture)
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => get(client, `/${n}`)))
    expect(answers.map(({ body }) => body.toString().slice(2))).toEqual(
      answers.map((_, n) => `/${n} 0`)
    )
    expect(backends.map((backend) => backend.requests.length)).toEqual([20, 20])
    expect(fixture.engine.listeners[0]!.connections).toBe(1)
  })

  test('backends get HTTP/1.1 with the host, the cookie in one piece and nothing of the hop', async () => {
    const backend = await startBackend()
    const fixture = await start({ backends: [backend] })
    await get(session(fixture), '/x?y=1', { cookie: ['a=1', 'b=2'], te: 'trailers' })
    const request = backend.requests[0]!
    expect([request.method, request.target]).toEqual(['GET', '/x?y=1'])
    expect(fieldValue(request, 'host')).toBe('a.test')
    expect(fieldValue(request, 'cookie')).toBe('a=1; b=2')
    expect(fieldValue(request, 'x-forwarded-proto')).toBe('https')
    expect(fieldValue(request, 'te')).toBeUndefined()
    expect(fieldValue(request, 'connection')).toBeUndefined()
  })

  test.each([
    ['with its length', { 'content-length': '300000' }],
    ['without a length', {}]
  ])('a body %s arrives whole, with trailers', async (_name, fields) => {
    const backend = await startBackend()
    const fixture = await start({ backends: [backend] })
    const body = Buffer.alloc(300_000, 'http2!')
    const stream = session(fixture).request(
      { ':method': 'PUT', ':path': '/up', ':authority': 'a.test', ...fields },
      { waitForTrailers: true }
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }))
    stream.end(body)
    expect((await answerOf(stream)).body.toString()).toBe('backend /up 300000')
    expect(backend.requests[0]!.body.equals(body)).toBe(true)
    expect(backend.violations).toEqual([])
  })

  test('a client that gives a stream up ends its request, and its other streams go on', async () => {
    const held = gate()
    const backend = await startBackend('slow', {
      script: async (exchange) => {
        if (exchange.target === '/held') await held.opened
        exchange.respond({ body: exchange.target })
      }
    })
    const fixture = await start({ backends: [backend] })
    const client = session(fixture)
    const stream = client.request({ ':path': '/held', ':authority': 'a.test' })
    const given = answerOf(stream)
    await backend.received(1)
    stream.close(NGHTTP2_CANCEL)
    await given
    await eventually('the end', () => fixture.pool().counters.inFlight === 0)
    expect(fixture.pool().counters.clientAborts).toBe(1)
    expect((await get(client, '/next')).body.toString()).toBe('/next')
    held.open()
  })
})

describe('answers', () => {
  test('chunks become data, their trailers trailers, and nothing of the connection is left', async () => {
    const backend = await startBackend('b', {
      script: (exchange) =>
        exchange.send(
          'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n' +
            'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nKeep-Alive: timeout=5\r\nSet-Cookie: a=1\r\n' +
            'Set-Cookie: b=2\r\nX-Mixed-Case: Yes\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Sum: 7\r\n\r\n'
        )
    })
    const fixture = await start({ backends: [backend] })
    const answer = await get(session(fixture), '/')
    expect([answer.status, answer.body.toString(), answer.interim]).toEqual([200, 'abcdefg', [103]])
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect(answer.headers['x-mixed-case']).toBe('Yes')
    expect(Object.keys(answer.headers)).not.toEqual(
      expect.arrayContaining(['transfer-encoding', 'keep-alive', 'connection'])
    )
    expect(answer.trailers['x-sum']).toBe('7')
  })

  test.each([
    ['HEAD', 'Content-Length: 5\r\n', 200, '5'],
    ['GET', '', 204, undefined],
    ['GET', 'ETag: "1"\r\n', 304, undefined]
  ])('%s with %j and %d has no body', async (method, fields, status, length) => {
    const backend = await startBackend('b', {
      script: (exchange) => exchange.send(`HTTP/1.1 ${status} X\r\n${fields}\r\n`)
    })
    const fixture = await start({ backends: [backend] })
    const answer = await get(session(fixture), '/', { ':method': method })
    expect([answer.status, answer.body.length, answer.code]).toEqual([status, 0, 0])
    expect(answer.headers['content-length']).toBe(length)
  })

  test('ten megabytes to a client that reads in its own time', async () => {
    const body = Buffer.alloc(10_000_000, 'abcdefghijk')
    const backend = await startBackend('b', { script: (exchange) => exchange.respond({ body }) })
    const fixture = await start({ backends: [backend] })
    const stream = session(fixture).request({ ':path': '/', ':authority': 'a.test' })
    stream.pause()
    const answer = answerOf(stream)
    stream.pause()
    await backend.received(1)
    stream.resume()
    expect((await answer).body.equals(body)).toBe(true)
  })

  test.each([
    ['a length', 'Content-Length: 10\r\n\r\nhalf'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n']
  ])('one with %s that breaks off is reset, never taken for a whole one', async (_name, part) => {
    const backend = await startBackend('b', {
      script: (exchange) => {
        exchange.send(`HTTP/1.1 200 OK\r\n${part}`)
        exchange.end()
      }
    })
    const fixture = await start({ backends: [backend] })
    const answer = await get(session(fixture), '/')
    expect(answer.code).toBe(NGHTTP2_INTERNAL_ERROR)
  })

  test("the balancer's own come as answers too", async () => {
    const fixture = await start({
      backends: ['127.0.0.1:1'],
      routes: [{ pool: 'main', path_prefix: '/api' }]
    })
    const client = session(fixture)
    expect((await get(client, '/other')).status).toBe(404)
    expect((await get(client, '/api')).status).toBe(502)
  })
})

describe('what is refused', () => {
  test.each([
    ['a second host', { host: 'b.test' }],
    ['CONNECT', { ':method': 'CONNECT', ':authority': 'a.test:80' }],
    ['a space in the path', { ':path': '/a b' }],
    ['a path that is no path', { ':path': 'http://b.test/' }]
  ])('%s', async (_name, fields) => {
    const backend = await startBackend()
    const fixture = await start({ backends: [backend] })
    const headers: Record<string, string> = { ':authority': 'a.test', ...fields }
    if (headers[':method'] !== 'CONNECT') headers[':path'] ??= '/'
    const answer = await answerOf(session(fixture).request(headers))
    // nghttp2 resets what is malformed by HTTP/2's own rules; the rest gets an answer.
    expect(answer.status >= 400 || answer.code !== 0).toBe(true)
    expect(backend.requests).toHaveLength(0)
  })

  test('a body over the limit of its route, without harm to the connection', async () => {
    const backend = await startBackend()
    const fixture = await start({ backends: [backend], route: { body_limit: 10 } })
    const client = session(fixture)
    const stream = client.request({ ':method': 'POST', ':path': '/', ':authority': 'a.test' })
    stream.end(Buffer.alloc(100_000))
    expect((await answerOf(stream)).status).toBe(413)
    expect((await get(client, '/')).status).toBe(200)
  })
})

describe('connections', () => {
  test('a listener that does not want it speaks HTTP/1.1, and a reload changes that', async () => {
    const listener = secure()
    const backend = await startBackend()
    const written = (http2: boolean): string =>
      configuration({ backends: [backend], listener: { ...listener, http2 } })
    const fixture = await EngineFixture.start(written(false))
    const agreed = (...ALPNProtocols: string[]): Promise<string | false | null> =>
      new Promise((resolve) => {
        const options = { port: fixture.port(), ca: authority.certPem, servername: 'a.test' }
        const socket = connectTls({ ...options, ALPNProtocols }, () => {
          resolve(socket.alpnProtocol)
          socket.destroy()
        })
        socket.on('error', () => resolve(null))
      })
    expect(await agreed('h2', 'http/1.1')).toBe('http/1.1')
    expect(await agreed('h2')).toBeNull()
    await fixture.reload(written(true))
    expect(await agreed('h2', 'http/1.1')).toBe('h2')
    expect(await agreed()).toBe(false)
  })

  test('a drained listener says goodbye and finishes what runs', async () => {
    const held = gate()
    const backend = await startBackend('slow', {
      script: async (exchange) => {
        await held.opened
        exchange.respond({ body: 'finished' })
      }
    })
    const fixture = await start({ backends: [backend] })
    const client = session(fixture)
    const running = get(client, '/')
    await backend.received(1)
    const goodbye = new Promise((resolve) => client.once('goaway', resolve))
    const stopped = fixture.stop()
    await goodbye
    held.open()
    expect((await running).body.toString()).toBe('finished')
    expect(await stopped).toEqual({ finished: 1, cut: 0 })
  })

  test('one without requests is closed after the keep-alive time', async () => {
    const clock = new ManualClock()
    const backend = await startBackend()
    const fixture = await start({ backends: [backend] }, { clock })
    const client = session(fixture)
    await get(client, '/')
    await eventually('the stream is gone', () => fixture.pool().counters.inFlight === 0)
    await clock.advanceAsync(59_000)
    expect(client.closed).toBe(false)
    await clock.advanceAsync(2000)
    await eventually('the end', () => client.closed)
    await clock.advanceAsync(3000)
    await eventually('no connection', () => fixture.engine.listeners[0]!.connections === 0)
  })

  test('failed attempts are tried again as for any request', async () => {
    const bad = await startBackend('bad', { script: (exchange) => exchange.reset() })
    const good = await startBackend('good')
    const fixture = await start({
      backends: [bad, good],
      pool: { retry: { backoff: { scale: 0 } } }
    })
    expect((await get(session(fixture), '/a')).body.toString()).toBe('good /a 0')
  })
})

requires('curl')('curl', () => {
  test('speaks HTTP/2 with it', async () => {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    const backend = await startBackend()
    const fixture = await start({ backends: [backend] })
    const { stdout } = await promisify(execFile)(programPath('curl'), [
      ...['-sS', '--http2', '--cacert', folder.write('ca.pem', authority.certPem)],
      ...['--resolve', `a.test:${fixture.port()}:127.0.0.1`, '-d', 'order'],
      ...['-w', ' %{http_version} %{http_code}', `https://a.test:${fixture.port()}/orders`]
    ])
    expect(stdout).toBe('backend /orders 5 2 200')
  })
})
