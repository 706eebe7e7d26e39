/** Contract: what happened on the data path is what the counters, /metrics and /stats;csv say. */
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { ADMIN_TOKEN, EngineFixture, getRequest, startBackends } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'

function admin(fixture: EngineFixture, path: string): Promise<string> {
  const address = fixture.engine.adminAddress
  if (address === null) throw new Error('The admin server is not open.')
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    request({ host: address.host, port: address.port, path, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (bytes: Buffer) => (text += bytes.toString()))
      response.on('end', () => resolve(text))
    })
      .on('error', reject)
      .end()
  })
}

/** The value of the first sample whose name and labels contain all of these texts. */
function sample(page: string, ...parts: readonly string[]): number {
  const line = page
    .split('\n')
    .find(
      (candidate) => !candidate.startsWith('#') && parts.every((part) => candidate.includes(part))
    )
  return Number(line?.split(' ').at(-1))
}

async function traffic(): Promise<EngineFixture> {
  const backends = await startBackends('a', 'b')
  for (const backend of backends) {
    backend.script = (exchange) => {
      const status = Number(exchange.target.slice(1))
      if (status === 0) exchange.reset()
      else exchange.respond({ status, body: 'body' })
    }
  }
  const fixture = await EngineFixture.start(configuration({ backends }))
  const client = await fixture.connect()
  for (const status of [200, 201, 302, 404, 500, 503]) {
    client.send(getRequest(`/${status}`))
    await client.readResponse()
  }
  client.close()
  const bad = await fixture.connect()
  bad.send('BAD\r\n\r\n')
  await bad.readToEnd()
  await eventually('the connections closed', () => fixture.engine.listeners[0]!.connections === 0)
  return fixture
}

test('counters of pool, backends and listener add up', async () => {
  const fixture = await traffic()
  const pool = fixture.pool()
  expect(pool.counters.requests).toBe(6)
  expect(pool.counters.inFlight).toBe(0)
  expect([...pool.counters.responses]).toEqual([0, 0, 2, 1, 1, 2])
  const perBackend = pool.backends.map(({ counters }) => counters.requests)
  expect(perBackend).toEqual([3, 3])
  const listener = fixture.engine.listeners[0]!
  expect(listener.connectionsTotal).toBe(2)
  expect(listener.counters.refused).toBe(1)
  expect(listener.counters.responses[4]).toBe(2)
  expect(pool.counters.totalMs.count).toBe(6)
  expect(pool.counters.bytesOut).toBe(24)
  expect(pool.backends.map(({ counters }) => counters.connectionsOpened)).toEqual([1, 1])
  expect(pool.backends.map(({ counters }) => counters.connectionsReused)).toEqual([2, 2])
})

test('the Prometheus page has the numbers of the counters', async () => {
  const fixture = await traffic()
  const page = await admin(fixture, '/metrics')
  expect(sample(page, 'switchyard_pool_requests_total', 'pool="main"')).toBe(6)
  expect(sample(page, 'switchyard_pool_responses_total', 'pool="main"', '5xx')).toBe(2)
  expect(page).toMatch(/switchyard_\w*loop\w*/)
})

test('the statistics have the columns of HAProxy and a row for each part', async () => {
  const fixture = await traffic()
  const [header, ...rows] = (await admin(fixture, '/stats;csv')).trim().split('\n')
  const columns = header!.replace(/^# /, '').split(',')
  const value = (row: string, column: string): string =>
    row.split(',')[columns.indexOf(column)] ?? ''
  expect(columns.slice(0, 2)).toEqual(['pxname', 'svname'])
  const poolRow = rows.find(
    (row) => value(row, 'pxname') === 'main' && value(row, 'svname') === 'BACKEND'
  )!
  expect(value(poolRow, 'stot')).toBe('6')
  expect(value(poolRow, 'hrsp_5xx')).toBe('2')
  const servers = rows.filter(
    (row) => value(row, 'pxname') === 'main' && value(row, 'type') === '2'
  )
  expect(servers.map((row) => value(row, 'stot'))).toEqual(['3', '3'])
  expect(rows.some((row) => value(row, 'svname') === 'FRONTEND')).toBe(true)
})

test('bytes, in-flight and peak follow a request while it runs', async () => {
  const [backend] = await startBackends('held')
  backend!.script = () => undefined
  const fixture = await EngineFixture.start(configuration({ backends: [backend!] }))
  const clients = await Promise.all([fixture.connect(), fixture.connect(), fixture.connect()])
  for (const client of clients) client.send(getRequest('/1'))
  await backend!.received(3)
  expect(fixture.pool().counters.inFlight).toBe(3)
  for (const client of clients) client.reset()
  await eventually('nothing in flight', () => fixture.pool().counters.inFlight === 0)
  expect(fixture.pool().counters.inFlightMax).toBe(3)
  expect(fixture.backend(backend!.address).load).toBe(0)
})
