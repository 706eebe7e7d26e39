/** Contract: request bodies of every framing reach the backend whole and as one message. */
import { expect, test } from 'vitest'
import { fieldValue } from '../../servers/http-head.ts'
import type { Bench } from '../bench-of-proxies.ts'
import type { ProxyUnderTest } from '../proxy-under-test.ts'

const HOST = 'Host: a.test\r\n'

export function requestBodies(bench: Bench, proxy: ProxyUnderTest): void {
  test('a body with a length arrives whole, and what follows it is the next request', async () => {
    const client = await bench.connect()
    client.send(
      `POST /1 HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\n${HOST}\r\n`
    )
    expect((await client.readResponse()).body.toString()).toBe('backend /1 5')
    expect((await client.readResponse()).body.toString()).toBe('backend /2 0')
    expect(bench.backend.requests.map(({ body }) => body.toString())).toEqual(['hello', ''])
    expect(bench.backend.requests[0]!.framing).toEqual({ kind: 'length', length: 5 })
  })

  test('a chunked body arrives whole, with its trailers where the proxy passes them', async () => {
    const client = await bench.connect()
    client.send(
      `POST /1 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n` +
        '5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 42\r\n\r\n'
    )
    await client.readResponse()
    const request = bench.backend.requests[0]!
    expect(request.body.toString()).toBe('hello world')
    if (proxy.name === 'switchyard') {
      expect(request.framing).toEqual({ kind: 'chunked' })
      expect(request.trailers).toEqual([['X-Sum', '42']])
    }
  })

  test.each(['Content-Length: 0', 'Transfer-Encoding: chunked'])(
    'an empty body framed by "%s" stays one message',
    async (field) => {
      const client = await bench.connect()
      const body = field.startsWith('T') ? '0\r\n\r\n' : ''
      client.send(
        `POST /1 HTTP/1.1\r\n${HOST}${field}\r\n\r\n${body}GET /2 HTTP/1.1\r\n${HOST}\r\n`
      )
      await client.readResponse()
      await client.readResponse()
      expect(bench.backend.targets).toEqual(['/1', '/2'])
      expect(bench.backend.requests[0]!.framing.kind).not.toBe('none')
    }
  )

  test('a megabyte in chunks of odd sizes arrives byte for byte', async () => {
    const body = Buffer.alloc(1_000_003, 'abcdefghijklm')
    const client = await bench.connect()
    client.send(`PUT /big HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`)
    for (let at = 0, size = 1; at < body.length; at += size, size = (size * 7 + 13) % 40_000) {
      const piece = body.subarray(at, at + Math.max(1, size))
      client.send(`${piece.length.toString(16)}\r\n`)
      client.send(piece)
      client.send('\r\n')
      size = piece.length
    }
    client.send('0\r\n\r\n')
    await client.readResponse('PUT')
    expect(bench.backend.requests[0]!.body.equals(body)).toBe(true)
  })

  test('a request that comes one byte at a time is the same request', async () => {
    const client = await bench.connect()
    const wire =
      `POST /1?a=b HTTP/1.1\r\n${HOST}X-Case: 1\r\nTransfer-Encoding: chunked\r\n\r\n` +
      '3\r\nabc\r\n0\r\n\r\n'
    await client.sendPieces([...wire])
    expect((await client.readResponse()).body.toString()).toBe('backend /1?a=b 3')
    expect(bench.backend.requests).toHaveLength(1)
    expect(fieldValue(bench.backend.requests[0]!, 'x-case')).toBe('1')
  })

  test('an early answer to a body reaches the client, and the body is never taken for a request', async () => {
    bench.backend.script = (exchange) => {
      if (exchange.target === '/early')
        exchange.respond({ status: 413, fields: [['Connection', 'close']] })
      else exchange.respond({ body: 'other' })
    }
    const client = await bench.connect()
    const hidden = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`
    client.send(`POST /early HTTP/1.1\r\n${HOST}Content-Length: ${hidden.length + 10}\r\n\r\n`)
    expect((await client.readResponse()).status).toBe(413)
    client.send(`${hidden}0123456789`)
    client.send(`GET /next HTTP/1.1\r\n${HOST}\r\n`)
    const rest = client.hasEnded
      ? ''
      : (await client.readResponse().catch(() => null))?.body.toString()
    expect(rest ?? '').toBe(rest ? 'other' : '')
    expect(bench.backend.targets).not.toContain('/smuggled')
  })
}
