/** Contract: order, persistence and upgrades of connections. */
import { expect, test } from 'vitest'
import { fieldValue } from '../../servers/http-head.ts'
import type { Bench } from '../bench-of-proxies.ts'

const HOST = 'Host: a.test\r\n'

export function connections(bench: Bench): void {
  test('pipelined requests are answered in order although the first takes longest', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    bench.backend.script = async (exchange) => {
      await exchange.request
      if (exchange.target === '/1') await gate
      exchange.respond({ body: exchange.target })
    }
    const client = await bench.connect()
    client.send([1, 2, 3].map((n) => `GET /${n} HTTP/1.1\r\n${HOST}\r\n`).join(''))
    await bench.backend.received(1)
    release()
    const bodies: string[] = []
    for (let n = 0; n < 3; n += 1) bodies.push((await client.readResponse()).body.toString())
    expect(bodies).toEqual(['/1', '/2', '/3'])
  })

  test('HTTP/1.0 closes after its answer', async () => {
    const client = await bench.connect()
    client.send(`GET /1 HTTP/1.0\r\n${HOST}\r\n`)
    expect((await client.readResponse()).body.toString()).toBe('backend /1 0')
    await client.readToEnd()
  })

  test('HTTP/1.0 with keep-alive stays open and is told so', async () => {
    const client = await bench.connect()
    for (const target of ['/1', '/2']) {
      client.send(`GET ${target} HTTP/1.0\r\n${HOST}Connection: keep-alive\r\n\r\n`)
      const response = await client.readResponse()
      expect(response.body.toString()).toBe(`backend ${target} 0`)
      expect(fieldValue(response, 'connection')).toMatch(/^keep-alive$/i)
    }
  })

  test('"Connection: close" of the client closes after the answer and says so', async () => {
    const client = await bench.connect()
    client.send(`GET /1 HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)
    expect(fieldValue(await client.readResponse(), 'connection')).toMatch(/^close$/i)
    await client.readToEnd()
  })

  test('"Connection: close" of the backend concerns only its own connection', async () => {
    bench.backend.script = (exchange) => {
      exchange.respond({ fields: [['Connection', 'close']], body: exchange.target })
      exchange.end()
    }
    const client = await bench.connect()
    for (const target of ['/1', '/2', '/3']) {
      client.send(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`)
      const response = await client.readResponse()
      expect(response.body.toString()).toBe(target)
    }
  })

  test('an upgrade opens a tunnel that carries bytes both ways, early ones included', async () => {
    bench.backend.script = (exchange) => {
      exchange.connection.openTunnel((bytes) =>
        exchange.send(Buffer.concat([Buffer.from('<'), bytes]))
      )
      exchange.send(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: line\r\n\r\nhello;'
      )
    }
    const client = await bench.connect()
    client.send(`GET /up HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: line\r\n\r\n`)
    const head = (await client.readThrough('\r\n\r\n')).toString()
    expect(head).toMatch(/^HTTP\/1\.1 101 /)
    expect(head).toMatch(/^upgrade: line\r$/im)
    await client.readThrough('hello;')
    client.send('a\0\xff')
    expect((await client.readBytes(4)).toString('latin1')).toBe('<a\0\xff')
  })

  test('a refused upgrade is an ordinary response', async () => {
    const client = await bench.connect()
    client.send(`GET /up HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: line\r\n\r\n`)
    expect((await client.readResponse()).body.toString()).toBe('backend /up 0')
    client.send(`GET /2 HTTP/1.1\r\n${HOST}\r\n`)
    expect((await client.readResponse()).body.toString()).toBe('backend /2 0')
  })
}
