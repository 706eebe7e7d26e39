/** ab, wrk, curl, a WebSocket client and slow clients work through the running product. */
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { EchoProcess } from '../servers/echo-process.ts'
import { within } from '../servers/eventually.ts'
import { RawClient } from '../servers/raw-client.ts'
import { SwitchyardProcess } from '../servers/switchyard-process.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import { programPath, requires } from '../setup/requirements.ts'

const HEAD_TIMEOUT_MS = 2000
const BODY_TIMEOUT_MS = 1000

let backends: EchoProcess[] = []
let product: SwitchyardProcess

beforeAll(async () => {
  backends = await Promise.all([EchoProcess.start('a'), EchoProcess.start('b')])
  product = await SwitchyardProcess.start({
    backends: backends.map(({ address }) => address),
    listener: {
      timeouts: { request_head: `${HEAD_TIMEOUT_MS}ms`, request_body: `${BODY_TIMEOUT_MS}ms` }
    }
  })
})

afterAll(async () => {
  await product.dispose()
  await Promise.all(backends.map((backend) => backend.stop()))
})

const url = (path: string): string => `http://127.0.0.1:${product.port}${path}`

requires('ab')('ApacheBench', () => {
  test.each([[[]], [['-k']], [['-k', '-i']]])(
    'with %j completes 5000 requests without a failure',
    (flags) => {
      const ran = spawnSync(
        programPath('ab'),
        ['-q', '-n', '5000', '-c', '32', ...flags, url('/ab')],
        {
          encoding: 'utf8',
          timeout: 30_000
        }
      )
      expect(ran.status, ran.stderr).toBe(0)
      expect(ran.stdout).toMatch(/Complete requests:\s+5000\n/)
      expect(ran.stdout).toMatch(/Failed requests:\s+0\n/)
      expect(ran.stdout).not.toMatch(/Non-2xx/)
    }
  )
})

requires('wrk')('wrk', () => {
  test('sees no socket error and no status other than 2xx', () => {
    const ran = spawnSync(programPath('wrk'), ['-t1', '-c64', '-d3s', url('/wrk')], {
      encoding: 'utf8',
      timeout: 30_000
    })
    expect(ran.status, ran.stderr).toBe(0)
    expect(ran.stdout).not.toMatch(/Socket errors|Non-2xx/)
    expect(Number(/(\d+) requests in/.exec(ran.stdout)?.[1])).toBeGreaterThan(1000)
  })
})

requires('curl')('curl', () => {
  const curl = (...args: string[]): string => {
    const ran = spawnSync(programPath('curl'), ['-sS', '--max-time', '20', ...args], {
      encoding: 'latin1',
      maxBuffer: 64 * 1_048_576
    })
    expect(ran.status, ran.stderr).toBe(0)
    return ran.stdout
  }

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s has its answer', (method) => {
    expect(curl('-X', method, url('/verb'))).toMatch(/^[ab] \/verb - 0 /)
  })

  test('HEAD has the head of the answer and ends', () => {
    expect(curl('-I', url('/bytes/5000'))).toMatch(/^HTTP\/1\.1 200 [^]*content-length: 5000\r\n/i)
  })

  test('HTTP/1.0 is spoken', () => {
    expect(curl('--http1.0', url('/old'))).toMatch(/^[ab] \/old /)
  })

  test('an upload arrives byte for byte, with a length, in chunks and after 100 Continue', () => {
    const folder = temporaryFolder()
    const body = randomBytes(3_000_000)
    const file = folder.write('upload', body)
    const sum = createHash('sha256').update(body).digest('hex').slice(0, 16)
    for (const field of ['Expect:', 'Transfer-Encoding: chunked', 'Expect: 100-continue']) {
      const answer = curl('-H', field, '--data-binary', `@${file}`, url('/upload'))
      expect(answer, field).toMatch(new RegExp(`^[ab] /upload - 3000000 ${sum}$`))
    }
    folder.remove()
  })

  test('a range of a download is that range', () => {
    const whole = curl(url('/bytes/100000'))
    expect(whole).toHaveLength(100_000)
    expect(curl('-r', '1000-1999', url('/bytes/100000'))).toBe(whole.slice(1000, 2000))
    expect(curl('-o', '/dev/null', '-w', '%{http_code}', '-r', '0-0', url('/bytes/10'))).toBe('206')
  })

  test('several requests in one call share one connection', () => {
    const shown = curl(
      '-w',
      '%{num_connects} ',
      '-o',
      '/dev/null',
      url('/1'),
      '-o',
      '/dev/null',
      url('/2')
    )
    expect(shown).toBe('1 0 ')
  })

  test('a download that the client limits to a trickle does not hold up others', () => {
    const slow = spawnSync(
      programPath('curl'),
      ['-sS', '--limit-rate', '1M', '--max-time', '1', '-o', '/dev/null', url('/bytes/50000000')],
      { encoding: 'utf8' }
    )
    expect(slow.status).toBe(28)
    expect(curl(url('/after'))).toMatch(/ \/after /)
  })
})

describe('a WebSocket client', () => {
  test('keeps its conversation while other requests come and go', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${product.port}/chat`)
    await within('the handshake', once(socket, 'open'))
    for (let n = 0; n < 200; n += 1) {
      const answered = once(socket, 'message')
      socket.send(`message ${n}`)
      const [answer] = (await within('the echo', answered)) as [Buffer]
      expect(answer.toString()).toBe(`message ${n}`)
    }
    socket.close()
    await within('the close', once(socket, 'close'))
  })
})

describe('a slow client', () => {
  /** One byte every `everyMs` until the connection ends; milliseconds that it lasted. */
  const drip = async (client: RawClient, text: string, everyMs: number): Promise<number> => {
    const started = performance.now()
    for (let at = 0; !client.hasEnded && at < text.length; at += 1) {
      client.send(text[at]!)
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
    return performance.now() - started
  }

  test('that drips its head is cut by request_head, and a hundred of them cost others nothing', async () => {
    const head = `GET / HTTP/1.1\r\nHost: a.test\r\nX-Slow: ${'x'.repeat(500)}\r\n\r\n`
    const clients = await Promise.all(
      Array.from({ length: 100 }, () => RawClient.connect(product.port))
    )
    const lasted = Promise.all(clients.map((client) => drip(client, head, 100)))
    const quick = await RawClient.connect(product.port)
    const latencies: number[] = []
    for (let n = 0; n < 50; n += 1) {
      const startedMs = performance.now()
      quick.send(`GET /quick/${n} HTTP/1.1\r\nHost: a.test\r\n\r\n`)
      expect((await quick.readResponse()).status).toBe(200)
      latencies.push(performance.now() - startedMs)
    }
    expect(latencies.sort((a, b) => a - b)[25]).toBeLessThan(50)
    for (const ms of await lasted) {
      expect(ms).toBeGreaterThan(HEAD_TIMEOUT_MS - 150)
      expect(ms).toBeLessThan(HEAD_TIMEOUT_MS + 1500)
    }
    for (const client of clients) {
      expect(client.received.toString()).toMatch(/^HTTP\/1\.1 408 /)
      client.close()
    }
    quick.close()
  })

  test('that stops in the middle of its body is cut by request_body', async () => {
    const client = await RawClient.connect(product.port)
    client.send('PUT /slow HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\n\r\nsome')
    const startedMs = performance.now()
    const response = await client.readResponse('PUT')
    const tookMs = performance.now() - startedMs
    expect(response.status).toBe(408)
    expect(tookMs).toBeGreaterThan(BODY_TIMEOUT_MS - 100)
    expect(tookMs).toBeLessThan(BODY_TIMEOUT_MS + 1000)
    client.close()
  })

  test('that sends a byte now and then within its limits is served', async () => {
    const client = await RawClient.connect(product.port)
    client.send('PUT /patient HTTP/1.1\r\nHost: a.test\r\nContent-Length: 20\r\n\r\n')
    await drip(client, 'x'.repeat(20), 200)
    expect((await client.readResponse('PUT')).body.toString()).toMatch(/ \/patient - 20 /)
    client.close()
  })
})
