/** Contract: one line per finished exchange, in the chosen format, with nothing forged into it. */
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

interface Logged {
  readonly fixture: EngineFixture
  readonly backend: RecordingBackend
  lines(count: number): Promise<string[]>
}

async function start(format: 'combined' | 'json', parts: ConfigurationParts = {}): Promise<Logged> {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const file = folder.write('access.log', '')
  const backend = await startBackend('a')
  const listener = { access_log: { format, file }, ...parts.listener }
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], ...parts, listener })
  )
  const read = (): string[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  return {
    fixture,
    backend,
    lines: (count) =>
      eventually(`${count} lines`, () => {
        const lines = read()
        return lines.length >= count && lines
      })
  }
}

test('a combined line reads as Apache and nginx write it', async () => {
  const { fixture, lines } = await start('combined')
  await fixture.get('/a?b=c', 'User-Agent: probe/1.0', 'Referer: http://from.test/')
  const [line] = await lines(1)
  expect(line).toMatch(
    /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET \/a\?b=c HTTP\/1\.1" 200 10 "http:\/\/from\.test\/" "probe\/1\.0"/
  )
})

test('a JSON line is one object that knows backend, times and termination', async () => {
  const { fixture, backend, lines } = await start('json', { listener: { request_id: true } })
  await fixture.get('/a')
  const entry = JSON.parse((await lines(1))[0]!) as Record<string, unknown>
  const text = JSON.stringify(entry)
  expect(text).toContain(backend.address)
  expect(text).toContain('"/a"')
  expect(Object.values(entry)).toContain(200)
})

test('refusals, failures and clients that leave are logged too', async () => {
  const { fixture, backend, lines } = await start('combined')
  backend.script = (exchange) => (exchange.target === '/reset' ? exchange.reset() : undefined)
  const bad = await fixture.connect()
  bad.send('BAD\r\n\r\n')
  await bad.readToEnd()
  await fixture.get('/reset')
  const leaving = await fixture.connect()
  leaving.send(getRequest('/leaves'))
  await eventually('the request', () => backend.targets.includes('/leaves'))
  leaving.reset()
  const logged = await lines(3)
  expect(logged[0]).toContain(' 400 ')
  expect(logged[1]).toContain('"GET /reset HTTP/1.1" 502 ')
  expect(logged[2]).toContain('"GET /leaves HTTP/1.1" 499 ')
})

test('a body that is refused for its announced length is logged', async () => {
  const { fixture, lines } = await start('json', { route: { body_limit: '1KiB' } })
  const client = await fixture.connect()
  client.send('PUT /large HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1025\r\n\r\n')
  await client.readToEnd()
  expect(JSON.parse((await lines(1))[0]!)).toMatchObject({
    target: '/large',
    status: 413,
    termination: 'body_limit'
  })
})

test('quotes and control bytes cannot forge a line', async () => {
  const { fixture, lines } = await start('combined')
  await fixture.get('/a', 'User-Agent: x" 200 1 "y\\', 'Referer: \x80\xff\t')
  const logged = await lines(1)
  expect(logged).toHaveLength(1)
  // eslint-disable-next-line no-control-regex -- control bytes are what must not be there
  expect(logged[0]).not.toMatch(/[\x00-\x1f]/)
  expect(logged[0]).not.toContain('"x" 200 1')
})

test('a route can leave its exchanges out', async () => {
  const { fixture, lines } = await start('combined', {
    routes: [{ pool: 'main' }, { pool: 'main', path_prefix: '/health', access_log: false }]
  })
  await fixture.get('/health')
  await fixture.get('/a')
  await fixture.get('/health')
  await fixture.get('/b')
  const logged = await lines(2)
  expect(logged.map((line) => /"GET (\S+)/.exec(line)?.[1])).toEqual(['/a', '/b'])
})

test('the client that a trusted proxy names is the client in the line', async () => {
  const { fixture, lines } = await start('combined', {
    listener: { trusted_proxies: ['127.0.0.1'] }
  })
  await fixture.get('/a', 'X-Forwarded-For: 192.0.2.9')
  expect((await lines(1))[0]).toMatch(/^192\.0\.2\.9 /)
})

test('a thousand exchanges are a thousand lines, also those at the very end', async () => {
  const { fixture, lines } = await start('combined')
  const client = await fixture.connect()
  for (let n = 0; n < 1000; n += 1) {
    client.send(getRequest(`/${n}`))
    await client.readResponse()
  }
  await fixture.stop()
  const logged = await lines(1000)
  expect(logged.map((line) => Number(/"GET \/(\d+)/.exec(line)?.[1]))).toEqual(
    Array.from({ length: 1000 }, (_, n) => n)
  )
})
