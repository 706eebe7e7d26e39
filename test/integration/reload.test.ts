/**
 * Contract: a new configuration takes effect without dropping a connection or a request; live
 * state stays with what is the same, and a configuration that cannot be applied changes nothing.
 */
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import {
  EngineFixture,
  getRequest,
  startBackend,
  startBackends
} from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import { gate } from '../servers/gate.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { RawClient } from '../servers/raw-client.ts'

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: line\r\n\r\n'
const UPGRADE = getRequest('/up', 'Connection: Upgrade', 'Upgrade: line')

test('running connections see the new routes with their next request', async () => {
  const [one, two] = await startBackends('one', 'two')
  const fixture = await EngineFixture.start(configuration({ backends: [one!] }))
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  expect((await client.readResponse()).body.toString()).toBe('one /1 0')
  const port = fixture.port()
  await fixture.reload(configuration({ backends: [two!] }))
  client.send(getRequest('/2'))
  expect((await client.readResponse()).body.toString()).toBe('two /2 0')
  expect(fixture.port()).toBe(port)
})

test('a request that runs during the reload is answered by the backend that has it', async () => {
  const [old, fresh] = await startBackends('old', 'new')
  const held = gate()
  old!.script = async (exchange) => {
    await held.opened
    exchange.respond({ body: 'old answered' })
  }
  const fixture = await EngineFixture.start(configuration({ backends: [old!] }))
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  await old!.received(1)
  await fixture.reload(configuration({ backends: [fresh!] }))
  expect((await fixture.get('/2')).body).toBe('new /2 0')
  held.open()
  expect((await client.readResponse()).body.toString()).toBe('old answered')
  await within('the drained connection', old!.connections[0]!.closed)
})

test('counters, health, administrative state and weight of a kept backend survive', async () => {
  const [one, two] = await startBackends('one', 'two')
  const yaml = (pool: object): string =>
    configuration({ backends: [one!, two!], pool: { ...pool } })
  const check = { path: '/health', interval: '1h', jitter: 0 }
  const fixture = await EngineFixture.start(yaml({ health_check: check }))
  await fixture.get('/1')
  await fixture.get('/2')
  fixture.engine.setAdminState('main', two!.address, 'drain', 'test')
  fixture.engine.setWeight('main', one!.address, 9, 'test')
  const before = fixture.backend(one!.address)
  const probes = one!.targets.filter((target) => target === '/health').length
  await fixture.reload(yaml({ health_check: check, algorithm: 'least_conn' }))
  const after = fixture.backend(one!.address)
  expect(after).toBe(before)
  expect(after.counters.requests).toBe(1)
  expect(after.health).toBe('up')
  expect(after.weight).toBe(9)
  expect(fixture.backend(two!.address).adminState).toBe('drain')
  expect(one!.targets.filter((target) => target === '/health')).toHaveLength(probes)
})

test('a backend that a reload adds needs a pass before traffic', async () => {
  const [old, added] = await startBackends('old', 'added')
  const clock = new ManualClock()
  const pool = { health_check: { path: '/health', interval: '2s', fast_interval: '1s', jitter: 0 } }
  added!.script = (exchange) =>
    exchange.respond({ status: exchange.target === '/health' ? 500 : 200 })
  const fixture = await EngineFixture.start(configuration({ backends: [old!], pool }), { clock })
  await fixture.reload(configuration({ backends: [old!, added!], pool }))
  for (let n = 0; n < 4; n += 1) expect((await fixture.get('/x')).body).toBe('old /x 0')
  added!.script = (exchange) => exchange.respond({ body: 'added' })
  await eventually('the pass', async () => {
    await clock.advanceAsync(500)
    return fixture.backend(added!.address).isEligible
  })
  const bodies = [(await fixture.get('/x')).body, (await fixture.get('/x')).body]
  expect(bodies).toContain('added')
})

test('a changed health check judges anew, an unchanged one goes on', async () => {
  const backend = await startBackend('a')
  const pool = (path: string): object => ({ health_check: { path, interval: '1h', jitter: 0 } })
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { ...pool('/one') } })
  )
  await fixture.reload(configuration({ backends: [backend], pool: { ...pool('/two') } }))
  await eventually('the new probe', () => backend.targets.includes('/two'))
  expect((await fixture.get('/x')).status).toBe(200)
})

test('a removed listener stops accepting, finishes its request, and closes', async () => {
  const backend = await startBackend('a')
  const held = gate()
  backend.script = async (exchange) => {
    if (exchange.target === '/slow') await held.opened
    exchange.respond({ body: 'done' })
  }
  const inner = { name: 'inner', address: '127.0.0.1:0' }
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listeners: [inner] })
  )
  const port = fixture.port('inner')
  const running = await fixture.connect('inner')
  const idle = await fixture.connect('inner')
  idle.send(getRequest('/1'))
  await idle.readResponse()
  running.send(getRequest('/slow'))
  await backend.received(2)
  await fixture.reload(configuration({ backends: [backend] }))
  await idle.readToEnd()
  await expect(RawClient.connect(port)).rejects.toThrow(/ECONNREFUSED/)
  held.open()
  expect((await running.readResponse()).body.toString()).toBe('done')
  await running.readToEnd()
  expect((await fixture.get('/2')).status).toBe(200)
  await fixture.eventOf(
    'listener',
    ({ listener, outcome }) => listener === 'inner' && outcome === 'closed'
  )
})

test('a tunnel of a removed backend goes on until drain_timeout', async () => {
  const [old, fresh] = await startBackends('old', 'new')
  old!.script = (exchange) => {
    exchange.connection.openTunnel((bytes) => exchange.send(bytes))
    exchange.send(SWITCHING)
  }
  const clock = new ManualClock()
  const top = { drain_timeout: '10s' }
  const fixture = await EngineFixture.start(configuration({ backends: [old!], top }), { clock })
  const client = await fixture.connect()
  client.send(UPGRADE)
  await client.readThrough('\r\n\r\n')
  await fixture.reload(configuration({ backends: [fresh!], top }))
  await clock.advanceAsync(9000)
  client.send('still')
  expect((await client.readBytes(5)).toString()).toBe('still')
  await clock.advanceAsync(1500)
  await client.readToEnd()
})

test('a tunnel of a removed listener goes on until drain_timeout', async () => {
  const backend = await startBackend('a')
  backend.script = (exchange) => {
    exchange.connection.openTunnel((bytes) => exchange.send(bytes))
    exchange.send(SWITCHING)
  }
  const clock = new ManualClock()
  const top = { drain_timeout: '10s' }
  const listeners = [{ name: 'inner', address: '127.0.0.1:0' }]
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listeners, top }),
    { clock }
  )
  const client = await fixture.connect('inner')
  client.send(UPGRADE)
  await client.readThrough('\r\n\r\n')
  await fixture.reload(configuration({ backends: [backend], top }))
  await clock.advanceAsync(9000)
  client.send('still')
  expect((await client.readBytes(5)).toString()).toBe('still')
  await clock.advanceAsync(1500)
  await client.readToEnd()
})

test('a configuration whose new listener cannot be opened changes nothing', async () => {
  const [one, two] = await startBackends('one', 'two')
  const port = await freePort()
  const occupant = createServer()
  await new Promise<void>((resolve) => occupant.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void occupant.close(() => resolve())))
  const fixture = await EngineFixture.start(configuration({ backends: [one!] }))
  const listeners = [{ name: 'taken', address: `127.0.0.1:${port}` }]
  await expect(fixture.reload(configuration({ backends: [two!], listeners }))).rejects.toThrow(
    expect.objectContaining({ code: 'PORT_IN_USE' }) as Error
  )
  expect((await fixture.get('/1')).body).toBe('one /1 0')
  expect(fixture.engine.configurationError).toMatch(String(port))
  expect(fixture.eventsOf('configuration').at(-1)?.outcome).toBe('refused')
  await fixture.reload(configuration({ backends: [two!] }))
  expect((await fixture.get('/2')).body).toBe('two /2 0')
  expect(fixture.engine.configurationError).toBe(null)
})

test('a listener with another name goes on with its connections and its counters', async () => {
  const backend = await startBackend('a')
  const at = (name: string, port: number): { name: string; address: string } => ({
    name,
    address: `127.0.0.1:${port}`
  })
  const port = await freePort()
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listeners: [at('old', port)] })
  )
  const client = await fixture.connect('old')
  client.send(getRequest('/1'))
  await client.readResponse()
  await fixture.reload(configuration({ backends: [backend], listeners: [at('new', port)] }))
  expect(fixture.port('new')).toBe(port)
  client.send(getRequest('/2'))
  expect((await client.readResponse()).status).toBe(200)
  const listener = fixture.engine.listeners.find(({ name }) => name === 'new')
  expect(listener?.counters.requests).toBe(2)
})

test('a listener may take the port of one that listened in another way', async () => {
  const backend = await startBackend('a')
  const port = await freePort()
  const on = (host: string): ReturnType<typeof configuration> =>
    configuration({ backends: [backend], listener: { address: `${host}:${port}` } })
  const fixture = await EngineFixture.start(on('127.0.0.1'))
  const client = await fixture.connect()
  client.send(getRequest('/1'))
  await client.readResponse()
  await fixture.reload(on('0.0.0.0'))
  await client.readToEnd()
  expect((await fixture.get('/2')).status).toBe(200)
  expect(fixture.engine.listeners.map(({ address }) => address)).toEqual([`0.0.0.0:${port}`])
})

test('a listener that gave its port up has it back when the reload fails', async () => {
  const backend = await startBackend('a')
  const [port, taken] = [await freePort(), await freePort()]
  const occupant = createServer()
  await new Promise<void>((resolve) => occupant.listen(taken, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void occupant.close(() => resolve())))
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { address: `127.0.0.1:${port}` } })
  )
  const client = await fixture.connect()
  await expect(
    fixture.reload(
      configuration({
        backends: [backend],
        listener: { address: `0.0.0.0:${port}` },
        listeners: [{ name: 'second', address: `127.0.0.1:${taken}` }]
      })
    )
  ).rejects.toThrow(expect.objectContaining({ code: 'PORT_IN_USE' }) as Error)
  client.send(getRequest('/1'))
  expect((await client.readResponse()).status).toBe(200)
  expect((await fixture.get('/2')).status).toBe(200)
  expect(fixture.engine.listeners.map(({ address }) => address)).toEqual([`127.0.0.1:${port}`])
})

test('a changed admin address needs a restart, and says so', async () => {
  const backend = await startBackend('a')
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const admin = { address: `127.0.0.1:${await freePort()}` }
  await expect(fixture.reload(configuration({ backends: [backend], admin }))).rejects.toThrow(
    expect.objectContaining({ code: 'CONFIG_NEEDS_RESTART' }) as Error
  )
  expect((await fixture.get('/1')).status).toBe(200)
})

test('a hundred reloads under requests lose none', async () => {
  const backends = await startBackends('a', 'b', 'c')
  const sets = [
    [backends[0]!, backends[1]!],
    [backends[1]!, backends[2]!],
    [backends[2]!, backends[0]!]
  ]
  const fixture = await EngineFixture.start(configuration({ backends: sets[0]! }))
  let isRunning = true
  let served = 0
  const load = async (index: number): Promise<void> => {
    const client = await fixture.connect()
    for (let n = 0; isRunning; n += 1) {
      const target = `/${index}/${n}`
      client.send(getRequest(target))
      const response = await client.readResponse()
      expect(response.status).toBe(200)
      expect(response.body.toString()).toMatch(new RegExp(`^[abc] ${target} 0$`))
      served += 1
    }
  }
  const clients = Promise.all(Array.from({ length: 8 }, (_, index) => load(index)))
  for (let round = 0; round < 100; round += 1) {
    await fixture.reload(configuration({ backends: sets[round % 3]! }))
    const before = served
    await eventually('requests between reloads', () => served > before)
  }
  isRunning = false
  await clients
  expect(served).toBeGreaterThan(100)
})
