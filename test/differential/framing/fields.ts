/** Contract: heads keep what is for the other end and lose what is for one hop. */
import { expect, test } from 'vitest'
import { fieldValues } from '../../servers/http-head.ts'
import type { Bench } from '../bench-of-proxies.ts'
import type { ProxyUnderTest } from '../proxy-under-test.ts'

const HOST = 'Host: a.test\r\n'

export function fields(bench: Bench, proxy: ProxyUnderTest): void {
  const forward = async (
    lines: string,
    target = '/1'
  ): Promise<readonly (readonly [string, string])[]> => {
    const client = await bench.connect()
    client.send(`GET ${target} HTTP/1.1\r\n${HOST}${lines}\r\n`)
    await client.readResponse()
    return bench.backend.requests[0]!.fields
  }

  test('repeated, empty and long fields arrive in their order', async () => {
    const long = 'c'.repeat(6000)
    const seen = await forward(`X-A: 1\r\nX-Empty:\r\nX-A: 2\r\nCookie: ${long}\r\nX-A: 1\r\n`)
    const ends = seen.filter(([name]) => /^(x-a|x-empty|cookie)$/i.test(name))
    expect(ends.map(([name, value]) => [name.toLowerCase(), value])).toEqual([
      ['x-a', '1'],
      ['x-empty', ''],
      ['x-a', '2'],
      ['cookie', long],
      ['x-a', '1']
    ])
    if (proxy.name === 'switchyard')
      expect(ends.map(([name]) => name)).toEqual(['X-A', 'X-Empty', 'X-A', 'Cookie', 'X-A'])
  })

  test('fields for one hop stay behind in both directions', async () => {
    bench.backend.script = (exchange) =>
      exchange.respond({
        fields: [
          ['Connection', 'X-Hop, keep-alive'],
          ['X-Hop', '1'],
          ['Keep-Alive', 'timeout=9'],
          ['X-End', '2']
        ]
      })
    const client = await bench.connect()
    client.send(
      `GET /1 HTTP/1.1\r\n${HOST}Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nX-End: 2\r\n\r\n`
    )
    const response = await client.readResponse()
    const request = bench.backend.requests[0]!
    expect(fieldValues(request, 'x-end')).toEqual(['2'])
    expect(fieldValues(response, 'x-end')).toEqual(['2'])
    if (proxy.name !== 'switchyard') return
    for (const name of ['x-hop', 'keep-alive', 'te']) expect(fieldValues(request, name)).toEqual([])
    for (const name of ['x-hop', 'keep-alive']) expect(fieldValues(response, name)).toEqual([])
  })

  test('the client, the scheme and the host are reported to the backend', async () => {
    await forward('')
    const request = bench.backend.requests[0]!
    expect(fieldValues(request, 'x-forwarded-for')).toEqual(['127.0.0.1'])
    expect(fieldValues(request, 'x-forwarded-proto')).toEqual(['http'])
    expect(fieldValues(request, 'x-forwarded-host')).toEqual(['a.test'])
    expect(fieldValues(request, 'host')).toEqual(['a.test'])
  })

  test.each(['/a%20b?c=%2F&d=%01x', '/y%2Fz;p=1//x/', "/-._~!$&'()*+,;=:@"])(
    'the target %s passes unchanged',
    async (target) => {
      await forward('', target)
      expect(bench.backend.targets).toEqual([target])
    }
  )

  test('repeated Set-Cookie and empty fields of the response arrive in their order', async () => {
    bench.backend.script = (exchange) =>
      exchange.respond({
        fields: [
          ['Set-Cookie', 'a=1'],
          ['X-Empty', ''],
          ['Set-Cookie', 'b=2'],
          ['WWW-Authenticate', 'Basic'],
          ['WWW-Authenticate', 'Bearer']
        ]
      })
    const client = await bench.connect()
    client.send(`GET /1 HTTP/1.1\r\n${HOST}\r\n`)
    const response = await client.readResponse()
    expect(fieldValues(response, 'set-cookie')).toEqual(['a=1', 'b=2'])
    expect(fieldValues(response, 'www-authenticate')).toEqual(['Basic', 'Bearer'])
    expect(fieldValues(response, 'x-empty')).toEqual([''])
    if (proxy.name !== 'switchyard') return
    const names = response.fields
      .map(([name]) => name)
      .filter((name) => /^(Set|X-E|WWW)/.test(name))
    expect(names).toEqual([
      'Set-Cookie',
      'X-Empty',
      'Set-Cookie',
      'WWW-Authenticate',
      'WWW-Authenticate'
    ])
  })
}
