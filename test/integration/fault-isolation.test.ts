/** Contract: what goes wrong in one place is an event with a sentence; everything else serves on. */
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'

async function occupiedPort(): Promise<number> {
  const port = await freePort()
  const occupant = createServer()
  await new Promise<void>((resolve) => occupant.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void occupant.close(() => resolve())))
  return port
}

test('an error in the middle of one exchange ends that exchange and no other', async () => {
  const backends = [await startBackend('a'), await startBackend('b')]
  let isFailing = false
  const random = (): number => {
    if (isFailing) throw new Error('the dice fell off the table')
    return 0.5
  }
  const fixture = await EngineFixture.start(
    configuration({ backends, pool: { algorithm: 'random' } }),
    { random }
  )
  const steady = await fixture.connect()
  steady.send(getRequest('/1'))
  expect((await steady.readResponse()).status).toBe(200)
  isFailing = true
  const unlucky = await fixture.connect()
  unlucky.send(getRequest('/2'))
  const ending = await unlucky.readResponse().then(
    ({ status }) => status,
    () => 'closed'
  )
  expect([500, 'closed']).toContain(ending)
  isFailing = false
  steady.send(getRequest('/3'))
  expect((await steady.readResponse()).status).toBe(200)
  const fault = await fixture.eventOf('fault')
  expect(fault.reason).toContain('the dice fell off the table')
  await eventually('nothing in flight', () => fixture.pool().counters.inFlight === 0)
})

test('a listener whose port is in use is named, the others serve', async () => {
  const port = await occupiedPort()
  const backend = await startBackend('a')
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      listeners: [{ name: 'taken', address: `127.0.0.1:${port}` }]
    })
  )
  const failure = await fixture.eventOf('listener', ({ outcome }) => outcome === 'failed')
  expect(failure.code).toBe('PORT_IN_USE')
  expect(failure.reason).toContain(String(port))
  expect(failure.reason).not.toContain('    at ')
  expect((await fixture.get('/1')).status).toBe(200)
})

test('when no listener can be opened the start fails with a sentence', async () => {
  const port = await occupiedPort()
  const fixture = EngineFixture.prepare()
  const yaml = configuration({ backends: [], listener: { address: `127.0.0.1:${port}` } })
  await expect(fixture.begin(yaml)).rejects.toThrow(new RegExp(String(port)))
})

test('a listener with a bad certificate is named, the others serve', async () => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const tls = {
    certificates: [
      { cert: folder.write('a.pem', 'nonsense'), key: folder.write('a.key', 'nonsense') }
    ]
  }
  const backend = await startBackend('a')
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      listeners: [{ name: 'secure', address: '127.0.0.1:0', tls }]
    })
  )
  const failure = await fixture.eventOf('listener', ({ outcome }) => outcome === 'failed')
  expect(failure.listener).toBe('secure')
  expect(failure.code).toBe('CERTIFICATE_INVALID')
  expect((await fixture.get('/1')).status).toBe(200)
})

test('an admin port in use does not keep traffic from flowing', async () => {
  const port = await occupiedPort()
  const backend = await startBackend('a')
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], admin: { address: `127.0.0.1:${port}` } })
  )
  expect((await fixture.get('/1')).status).toBe(200)
  const fault = await fixture.eventOf('fault')
  expect(fault.code).toBe('PORT_IN_USE')
})

test('a name that does not resolve is a state, and ends when it resolves', async () => {
  const backend = await startBackend('a')
  let addresses: string[] | null = null
  const resolver = {
    resolve: (): Promise<string[]> =>
      addresses === null
        ? Promise.reject(new Error('ENOTFOUND backend.test'))
        : Promise.resolve(addresses)
  }
  const clock = new ManualClock()
  const address = `backend.test:${backend.port}`
  const fixture = await EngineFixture.start(configuration({ backends: [address] }), {
    clock,
    resolver
  })
  expect((await fixture.get('/1')).status).toBeGreaterThanOrEqual(502)
  expect((await fixture.eventOf('resolution', ({ error }) => error !== null)).backend).toBe(address)
  addresses = ['127.0.0.1']
  await eventually('the resolved name', async () => {
    await clock.advanceAsync(1000)
    return (await fixture.get('/2')).status === 200
  })
  addresses = null
  await clock.advanceAsync(20_000)
  expect((await fixture.get('/3')).status).toBe(200)
})

test('a backend that answers nonsense is a 502 for its request only', async () => {
  const backend = await startBackend('a')
  backend.script = (exchange) =>
    exchange.target === '/bad'
      ? exchange.send('nonsense\r\n\r\n')
      : exchange.respond({ body: 'ok' })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const client = await fixture.connect()
  for (const [target, status] of [
    ['/1', 200],
    ['/bad', 502],
    ['/2', 200]
  ] as const) {
    client.send(getRequest(target))
    expect((await client.readResponse()).status).toBe(status)
  }
  expect(fixture.backend(backend.address).counters.responseErrors).toBe(1)
})
