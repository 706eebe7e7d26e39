/** Contract: interim responses come before the final one. */
import { expect, test } from 'vitest'
import { fieldValue } from '../../servers/http-head.ts'
import { responseBytes } from '../../servers/response-bytes.ts'
import type { Bench } from '../bench-of-proxies.ts'
import type { ProxyUnderTest } from '../proxy-under-test.ts'

const HOST = 'Host: a.test\r\n'

export function interim(bench: Bench, proxy: ProxyUnderTest): void {
  test('a client that expects 100 gets it before it sends the body', async () => {
    bench.backend.script = async (exchange) => {
      // nginx answers 100 itself and does not pass the expectation on.
      const isExpected = fieldValue(exchange.head, 'expect') !== undefined
      if (isExpected) exchange.send('HTTP/1.1 100 Continue\r\n\r\n')
      const request = await exchange.request
      exchange.respond({ body: request.body })
    }
    const client = await bench.connect()
    client.send(`PUT /1 HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`)
    expect((await client.readResponse()).status).toBe(100)
    client.send('hello')
    expect((await client.readResponse()).body.toString()).toBe('hello')
  })

  test('a refusal in place of 100 reaches the client', async () => {
    bench.backend.script = (exchange) => {
      exchange.respond({ status: 401, fields: [['Connection', 'close']] })
      exchange.end()
    }
    const client = await bench.connect()
    client.send(`PUT /1 HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`)
    let response = await client.readResponse()
    if (response.status === 100) {
      client.send('hello')
      response = await client.readResponse()
    }
    expect(response.status).toBe(401)
  })

  // nginx 1.22 takes an interim response for the final one.
  if (proxy.name === 'nginx') return

  test('early hints come before the final response where the proxy passes them', async () => {
    bench.backend.script = (exchange) =>
      exchange.send(
        `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${responseBytes({ body: 'page' }).toString()}`
      )
    const client = await bench.connect()
    client.send(`GET /1 HTTP/1.1\r\n${HOST}\r\n`)
    const first = await client.readResponse()
    if (proxy.name === 'switchyard') {
      expect(first.status).toBe(103)
      expect(fieldValue(first, 'link')).toBe('</a.css>')
    }
    const last = first.status === 103 ? await client.readResponse() : first
    expect(last.status).toBe(200)
    expect(last.body.toString()).toBe('page')
  })

  if (proxy.name === 'switchyard') earlyHintsAreKeptFromHttp10(bench)
}

function earlyHintsAreKeptFromHttp10(bench: Bench): void {
  test('early hints are kept from a client of HTTP/1.0, which does not know them', async () => {
    bench.backend.script = (exchange) =>
      exchange.send(
        `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${responseBytes({ body: 'page' }).toString()}`
      )
    const client = await bench.connect()
    client.send(`GET /1 HTTP/1.0\r\n${HOST}\r\n`)
    const wire = (await client.readToEnd()).toString()
    expect(wire).toMatch(/^HTTP\/1\.[01] 200/)
    expect(wire.endsWith('page')).toBe(true)
  })
}
