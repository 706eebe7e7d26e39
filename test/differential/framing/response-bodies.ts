/** Contract: response bodies of every framing reach the client whole, and the connection goes on. */
import { expect, test } from 'vitest'
import { fieldValue } from '../../servers/http-head.ts'
import type { RawClient } from '../../servers/raw-client.ts'
import type { Bench } from '../bench-of-proxies.ts'
import type { ProxyUnderTest } from '../proxy-under-test.ts'

const HOST = 'Host: a.test\r\n'

export function responseBodies(bench: Bench, proxy: ProxyUnderTest): void {
  const ask = async (bytes: string, method = 'GET'): Promise<RawClient> => {
    bench.backend.script = (exchange) =>
      exchange.target === '/1' ? exchange.send(bytes) : exchange.respond({ body: 'next' })
    const client = await bench.connect()
    client.send(`${method} /1 HTTP/1.1\r\n${HOST}\r\n`)
    return client
  }
  const nextIsServed = async (client: RawClient): Promise<void> => {
    client.send(`GET /next HTTP/1.1\r\n${HOST}\r\n`)
    expect((await client.readResponse()).body.toString()).toBe('next')
  }

  test('a body with a length passes, and the connection serves the next request', async () => {
    const client = await ask('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')
    expect((await client.readResponse()).body.toString()).toBe('hello')
    await nextIsServed(client)
  })

  test('a chunked body passes, with its trailers where the proxy passes them', async () => {
    const client = await ask(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n'
    )
    const response = await client.readResponse()
    expect(response.body.toString()).toBe('hello')
    if (proxy.name === 'switchyard') expect(response.trailers).toEqual([['X-Sum', '42']])
    await nextIsServed(client)
  })

  test('the answer to HEAD keeps its length and has no body', async () => {
    const client = await ask('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n', 'HEAD')
    const response = await client.readResponse('HEAD')
    expect(fieldValue(response, 'content-length')).toBe('500')
    await nextIsServed(client)
  })

  test('the answer to HEAD may name chunks and still has no body', async () => {
    const client = await ask('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'HEAD')
    expect((await client.readResponse('HEAD')).status).toBe(200)
    await nextIsServed(client)
  })

  test.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['304', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n']
  ])('%s ends with its head', async (name, bytes) => {
    const client = await ask(bytes)
    expect((await client.readResponse()).status).toBe(Number(name.slice(0, 3)))
    await nextIsServed(client)
  })

  test('a body until the close passes whole and cannot be mistaken for a broken one', async () => {
    bench.backend.script = (exchange) => {
      exchange.send('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello')
      exchange.end()
    }
    const client = await bench.connect()
    client.send(`GET /1 HTTP/1.1\r\n${HOST}\r\n`)
    expect((await client.readResponse()).body.toString()).toBe('hello')
  })

  test('a response that comes one byte at a time is the same response', async () => {
    bench.backend.script = async (exchange) => {
      for (const byte of 'HTTP/1.1 200 OK\r\nX-Case: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n') {
        exchange.send(byte)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const client = await bench.connect()
    client.send(`GET /1 HTTP/1.1\r\n${HOST}\r\n`)
    const response = await client.readResponse()
    expect(response.body.toString()).toBe('abc')
    expect(fieldValue(response, 'x-case')).toBe('1')
  })

  test('a megabyte passes byte for byte to a client that reads late', async () => {
    const body = Buffer.alloc(1_000_003, 'nopqrstuvwxyz')
    bench.backend.script = (exchange) => exchange.respond({ body })
    const client = await bench.connect()
    client.socket.pause()
    client.send(`GET /big HTTP/1.1\r\n${HOST}\r\n`)
    await bench.backend.received(1)
    client.socket.resume()
    expect((await client.readResponse()).body.equals(body)).toBe(true)
  })

  test('a status line without a reason passes', async () => {
    const client = await ask('HTTP/1.1 299 \r\nContent-Length: 2\r\n\r\nok')
    expect((await client.readResponse()).status).toBe(299)
  })

  test('an answer of HTTP/1.0 with a length passes', async () => {
    const client = await ask('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok')
    expect((await client.readResponse()).body.toString()).toBe('ok')
    await nextIsServed(client)
  })

  // HAProxy 2.6 sends chunks to a client of HTTP/1.0, which cannot read them.
  if (proxy.name !== 'haproxy') chunksAreDecodedForHttp10(bench)
}

function chunksAreDecodedForHttp10(bench: Bench): void {
  test('a client of HTTP/1.0 gets a chunked body without chunks, ended by the close', async () => {
    bench.backend.script = (exchange) =>
      exchange.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n')
    const client = await bench.connect()
    client.send(`GET /1 HTTP/1.0\r\n${HOST}\r\n`)
    const wire = (await client.readToEnd()).toString()
    expect(wire).toMatch(/^HTTP\/1\.[01] 200/)
    expect(wire).not.toMatch(/transfer-encoding/i)
    expect(wire.endsWith('\r\n\r\nhello')).toBe(true)
  })
}
