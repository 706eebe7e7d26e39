/**
 * Contract: an HTTP probe sends exactly what the check says, judges the status and the
 * body, tells every kind of failure apart, and leaves nothing open.
 */
import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MATCHED_BYTES } from './body-match.ts'
import { httpProbe } from './http-probe.ts'
import { ProbeLab } from './testing/probe-lab.ts'

let lab: ProbeLab

beforeEach(() => {
  lab = new ProbeLab()
})
afterEach(async () => {
  await lab.everythingReleased()
  await lab.close()
})

/** A raw server that sends these bytes to each request, and closes where `isEnding`. */
function raw(bytes: string, isEnding: boolean): Promise<number> {
  return lab.tcp((socket) => {
    socket.once('data', () => {
      if (isEnding) socket.end(bytes, 'latin1')
      else socket.write(bytes, 'latin1')
    })
  })
}

/** Probes a server that answers with `bytes` and then keeps silent, until the timeout. */
async function probeUntilTimeout(port: number, settings = {}): Promise<unknown> {
  const accepted = lab.accepted()
  const probe = httpProbe(lab.request(port, settings))
  const socket = await accepted
  await new Promise((resolve) => socket.once('data', resolve))
  await lab.clock.advanceAsync(1000)
  return (await probe).record
}

describe('the request', () => {
  let port = 0

  async function sent(settings = {}): Promise<IncomingMessage> {
    const seen = Promise.withResolvers<IncomingMessage>()
    port = await lab.http((request, response) => {
      seen.resolve(request)
      response.end()
    })
    await httpProbe(lab.request(port, settings))
    return seen.promise
  }

  test('is a GET with the host and port of the backend address and asks to close', async () => {
    const request = await sent({ path: '/health?deep=1' })
    expect([request.method, request.url, request.httpVersion]).toEqual([
      'GET',
      '/health?deep=1',
      '1.1'
    ])
    expect(request.rawHeaders).toEqual([
      'Host',
      `backend.test:${port}`,
      'User-Agent',
      'switchyard-health',
      'Accept',
      '*/*',
      'Connection',
      'close'
    ])
  })

  test('takes method, host and fields from the check, whose own fields win', async () => {
    const request = await sent({
      method: 'POST',
      host: 'api.example.test',
      headers: { 'user-agent': 'mine', 'X-Probe': 'yes' }
    })
    expect(request.method).toBe('POST')
    expect(request.headers).toMatchObject({
      host: 'api.example.test',
      'user-agent': 'mine',
      'x-probe': 'yes',
      'content-length': '0'
    })
  })
})

describe('the status', () => {
  test.each([
    [200, [{ from: 200, to: 399 }], 'L7OK', 'Status 200, as expected.'],
    [302, [{ from: 200, to: 399 }], 'L7OK', 'Status 302, as expected.'],
    [302, [{ from: 200, to: 299 }], 'L7STS', 'Expected status 200-299, got 302.'],
    [
      503,
      [
        { from: 200, to: 200 },
        { from: 300, to: 399 }
      ],
      'L7STS',
      'Expected status 200, 300-399, got 503.'
    ],
    [404, [{ from: 404, to: 404 }], 'L7OK', 'Status 404, as expected.']
  ])('%i against %j is %s', async (status, expectedStatus, code, detail) => {
    const port = await lab.http((_, response) =>
      response.writeHead(status, { location: '/x' }).end()
    )
    const { record, isConclusive } = await httpProbe(lab.request(port, { expectedStatus }))
    expect(record).toMatchObject({ hasPassed: code === 'L7OK', code, status, detail })
    expect(isConclusive).toBe(true)
  })

  test('is judged without waiting for the body', async () => {
    const port = await lab.http((_, response) => void response.write('endless'))
    expect((await httpProbe(lab.request(port))).record.code).toBe('L7OK')
  })

  test('of a 101 is judged like any other', async () => {
    const port = await raw(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      false
    )
    expect((await httpProbe(lab.request(port))).record).toMatchObject({
      code: 'L7STS',
      status: 101
    })
  })

  test('of an interim response does not count', async () => {
    const port = await raw('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', false)
    expect((await httpProbe(lab.request(port))).record).toMatchObject({
      code: 'L7OK',
      status: 204
    })
  })
})

describe('the body', () => {
  test.each([
    ['"status":"up"', true],
    ['/"status":\\s*"(up|ready)"/', true],
    ['"status":"down"', false],
    ['/^up$/', false]
  ])('with %s in the check passes: %s', async (bodyMatch, hasPassed) => {
    const port = await lab.http((_, response) => {
      response.write('{"status":')
      response.end('"up"}')
    })
    const { record } = await httpProbe(lab.request(port, { bodyMatch }))
    expect(record).toMatchObject({ hasPassed, code: hasPassed ? 'L7OK' : 'L7RSP', status: 200 })
    expect(record.detail).toContain(bodyMatch)
  })

  test('may end with the connection', async () => {
    const port = await raw('HTTP/1.0 200 OK\r\n\r\nall is well', true)
    expect((await httpProbe(lab.request(port, { bodyMatch: 'well' }))).record.code).toBe('L7OK')
  })

  test('is looked at up to 64 KiB and no further', async () => {
    const port = await lab.http((_, response) => {
      response.write(Buffer.alloc(MATCHED_BYTES - 2, 'x'))
      response.write('needle')
    })
    const { record } = await httpProbe(lab.request(port, { bodyMatch: 'needle' }))
    expect(record).toMatchObject({ hasPassed: false, code: 'L7RSP' })
    expect(record.detail).toContain(`the first ${MATCHED_BYTES} bytes`)
  })

  test('that breaks off fails with L7RSP and the status', async () => {
    const port = await raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', true)
    const { record } = await httpProbe(lab.request(port, { bodyMatch: 'half' }))
    expect(record).toMatchObject({ hasPassed: false, code: 'L7RSP', status: 200 })
    expect(record.detail).toBe(`127.0.0.1:${port} closed the connection within its answer.`)
  })

  test('that never ends fails with L7TOUT', async () => {
    const port = await raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', false)
    expect(await probeUntilTimeout(port, { bodyMatch: 'half' })).toMatchObject({ code: 'L7TOUT' })
  })

  test('is not read after a wrong status', async () => {
    const port = await lab.http((_, response) => void response.writeHead(500).write('up'))
    const { record } = await httpProbe(lab.request(port, { bodyMatch: 'up' }))
    expect(record).toMatchObject({ code: 'L7STS', status: 500 })
  })
})

describe('a backend that', () => {
  test('refuses the connection gives L4CON', async () => {
    const { record } = await httpProbe(lab.request(await lab.refusedPort()))
    expect(record).toMatchObject({ hasPassed: false, code: 'L4CON', status: null })
  })

  test('accepts and keeps silent gives L7TOUT, and is left with a reset', async () => {
    const lost = Promise.withResolvers<string>()
    const port = await lab.tcp((socket) => {
      socket.resume().on('error', (error) => lost.resolve(Reflect.get(error, 'code') as string))
    })
    expect(await probeUntilTimeout(port)).toMatchObject({
      hasPassed: false,
      code: 'L7TOUT',
      durationMs: 1000,
      detail: `127.0.0.1:${port} did not answer within 1s.`
    })
    expect(await lost.promise).toBe('ECONNRESET')
  })

  test('sends its head one slow byte after the other gives L7TOUT', async () => {
    const port = await raw('HTTP/1.1 200', false)
    expect(await probeUntilTimeout(port)).toMatchObject({ code: 'L7TOUT' })
  })

  test.each([
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a number that is no status', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['both lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\n${`X-Long: ${'x'.repeat(1000)}\r\n`.repeat(40)}`]
  ])('answers with %s gives L7RSP', async (_, bytes) => {
    const port = await raw(bytes, false)
    const { record, isConclusive } = await httpProbe(lab.request(port))
    expect(record).toMatchObject({ hasPassed: false, code: 'L7RSP', status: null })
    expect(record.detail).toContain('did not answer in valid HTTP')
    expect(isConclusive).toBe(true)
  })

  test.each([
    ['closes', false],
    ['resets', true]
  ])('%s the connection without an answer gives L7RSP', async (_, isReset) => {
    const port = await lab.tcp((socket) => {
      socket.once('data', () => (isReset ? socket.resetAndDestroy() : socket.end()))
    })
    const { record } = await httpProbe(lab.request(port))
    expect(record).toMatchObject({ hasPassed: false, code: 'L7RSP', status: null })
  })
})

test('a field that cannot be sent is no fault of the backend', async () => {
  const port = await lab.http((_, response) => response.end())
  const result = await httpProbe(lab.request(port, { headers: { 'X-Bad': 'a\r\nb' } }))
  expect(result.isConclusive).toBe(false)
})
