/**
 * Contract: a configuration takes effect whole or not at all, whatever happens meanwhile, and
 * what it needed is given back.
 */
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { configuration, type ConfigurationParts } from '../../test/servers/configuration.ts'
import { EngineFixture, startBackend } from '../../test/servers/engine-fixture.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { freePort } from '../../test/servers/free-ports.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { RecordingBackend } from '../../test/servers/recording-backend.ts'

const CHECKED = { health_check: { type: 'tcp', interval: '2s' } }

/** A port that somebody else listens on. */
async function takenPort(): Promise<number> {
  const other = await RecordingBackend.start()
  onTestFinished(() => other.stop())
  return other.port
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

test('a reload that is refused at its last step leaves nothing of it behind', async () => {
  const clock = new ManualClock()
  const lookups: string[] = []
  const resolver = {
    resolve: (host: string) => {
      lookups.push(host)
      return Promise.resolve(['127.0.0.1'])
    }
  }
  const backend = await startBackend()
  const parts: ConfigurationParts = {
    backends: [{ address: `old.test:${backend.port}` }],
    pool: CHECKED,
    top: { resolve_interval: '10s' }
  }
  const fixture = await EngineFixture.start(configuration(parts), { clock, resolver })
  await clock.advanceAsync(3000)
  const timers = clock.pendingCount
  const refused = configuration({
    ...parts,
    backends: [...parts.backends!, { address: `new.test:${backend.port}` }],
    pools: [{ name: 'other', backends: [{ address: `third.test:${backend.port}` }], ...CHECKED }],
    listeners: [{ name: 'busy', address: `127.0.0.1:${await takenPort()}` }],
    top: { resolve_interval: '1s' }
  })
  for (let n = 0; n < 3; n += 1) {
    await expect(fixture.reload(refused)).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  }
  expect(clock.pendingCount).toBe(timers)
  expect(fixture.engine.pools.map(({ name }) => name)).toEqual(['main'])
  expect(fixture.pool().backends).toHaveLength(1)
  lookups.length = 0
  await clock.advanceAsync(10_000)
  expect(lookups).toEqual(['old.test'])
  expect((await fixture.get('/')).status).toBe(200)
})

test('two reloads at once take effect one after the other', async () => {
  const backend = await startBackend()
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const [first, second] = [await freePort(), await freePort()]
  const moved = (port: number): string =>
    configuration({ backends: [backend], listener: { address: `127.0.0.1:${port}` } })
  await Promise.all([fixture.reload(moved(first)), fixture.reload(moved(second))])
  expect(fixture.port()).toBe(second)
  await eventually('the first closed', async () => !(await isListening(first)))
  expect((await fixture.get('/')).status).toBe(200)
})

test('a stop during a start leaves no port open', async () => {
  const backend = await startBackend()
  const port = await freePort()
  const found = Promise.withResolvers<readonly string[]>()
  const fixture = EngineFixture.prepare({ resolver: { resolve: () => found.promise } })
  const begun = fixture.begin(
    configuration({
      backends: [{ address: `slow.test:${backend.port}` }],
      listener: { address: `127.0.0.1:${port}` }
    })
  )
  const stopped = fixture.stop()
  found.resolve(['127.0.0.1'])
  await begun
  await stopped
  expect(await isListening(port)).toBe(false)
})

test('a stop during a reload leaves no port open', async () => {
  const backend = await startBackend()
  const port = await freePort()
  let answer = Promise.resolve<readonly string[]>(['127.0.0.1'])
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }), {
    resolver: { resolve: () => answer }
  })
  const found = Promise.withResolvers<readonly string[]>()
  answer = found.promise
  const reload = fixture.reload(
    configuration({
      backends: [{ address: `slow.test:${backend.port}` }],
      listeners: [{ name: 'new', address: `127.0.0.1:${port}` }]
    })
  )
  const stopped = fixture.stop()
  found.resolve(['127.0.0.1'])
  await reload.catch(() => undefined)
  await stopped
  expect(await isListening(port)).toBe(false)
})

test('a hundred reloads that bring and take backends leave no timer behind', async () => {
  const clock = new ManualClock()
  const backends = [await startBackend('a'), await startBackend('b')]
  const fixture = await EngineFixture.start(
    configuration({ backends: [backends[0]!], pool: CHECKED }),
    { clock }
  )
  const timers = clock.pendingCount
  for (let n = 0; n < 50; n += 1) {
    await fixture.reload(configuration({ backends, pool: CHECKED }))
    await fixture.reload(configuration({ backends: [backends[0]!], pool: CHECKED }))
  }
  // What was removed may take until drain_timeout to end its tunnels.
  await clock.advanceAsync(600_000)
  expect(clock.pendingCount).toBeLessThanOrEqual(timers + 1)
  expect((await fixture.get('/')).status).toBe(200)
})
