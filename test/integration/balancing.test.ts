/** Contract: the sequence of backends that real requests meet is the one the algorithm promises. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import {
  EngineFixture,
  getRequest,
  startBackend,
  startBackends
} from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

async function sequence(
  fixture: EngineFixture,
  count: number,
  localAddress = '127.0.0.1'
): Promise<string> {
  const client = await fixture.connect('web', { localAddress })
  const names: string[] = []
  for (let n = 0; n < count; n += 1) {
    client.send(getRequest('/'))
    names.push((await client.readResponse()).body.toString().split(' ')[0]!)
  }
  client.close()
  return names.join('')
}

const weighted = (backends: readonly RecordingBackend[], ...weights: number[]): object[] =>
  backends.map(({ address }, index) => ({ address, weight: weights[index] }))

test('equal weights take turns', async () => {
  const backends = await startBackends('a', 'b', 'c')
  const fixture = await EngineFixture.start(configuration({ backends }))
  expect(await sequence(fixture, 9)).toBe('abcabcabc')
})

test('weights 5, 1, 1 give the smooth sequence of nginx', async () => {
  const backends = await startBackends('a', 'b', 'c')
  const fixture = await EngineFixture.start(
    configuration({ backends: weighted(backends, 5, 1, 1) as never })
  )
  expect(await sequence(fixture, 14)).toBe('aabacaaaabacaa')
})

test('a backend of weight 0 gets nothing', async () => {
  const backends = await startBackends('a', 'b')
  const fixture = await EngineFixture.start(
    configuration({ backends: weighted(backends, 1, 0) as never })
  )
  expect(await sequence(fixture, 6)).toBe('aaaaaa')
})

test('least_conn sends each request to the backend with the fewest in flight', async () => {
  const backends = await startBackends('a', 'b', 'c')
  const held = new Map(backends.map(({ name }) => [name, 0]))
  for (const backend of backends) {
    backend.script = () => void held.set(backend.name, held.get(backend.name)! + 1)
  }
  const fixture = await EngineFixture.start(
    configuration({ backends, pool: { algorithm: 'least_conn' } })
  )
  const total = (): number => [...held.values()].reduce((sum, count) => sum + count, 0)
  for (let n = 1; n <= 9; n += 1) {
    const client = await fixture.connect()
    client.send(getRequest('/'))
    await eventually(`request ${n}`, () => total() === n)
    const counts = [...held.values()]
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  }
})

test('ip_hash keeps a client address on one backend and spreads the addresses', async () => {
  const backends = await startBackends('a', 'b', 'c')
  const fixture = await EngineFixture.start(
    configuration({ backends, pool: { algorithm: 'ip_hash' } })
  )
  const seen = new Set<string>()
  for (let host = 1; host <= 24; host += 1) {
    const names = await sequence(fixture, 3, `127.0.0.${host}`)
    expect(new Set(names).size, `127.0.0.${host}`).toBe(1)
    seen.add(names[0]!)
  }
  expect(seen.size).toBe(3)
})

test('random with a seed is a fixed sequence that reaches every backend', async () => {
  const run = async (): Promise<string> => {
    let state = 42
    const random = (): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return state / 2_147_483_648
    }
    const backends = await startBackends('a', 'b', 'c')
    const fixture = await EngineFixture.start(
      configuration({ backends, pool: { algorithm: 'random' } }),
      { random }
    )
    return sequence(fixture, 60)
  }
  const first = await run()
  expect(new Set(first).size).toBe(3)
  expect(await run()).toBe(first)
})

test('failover serves from the lowest level, and leaves it when it is lost', async () => {
  const backends = await startBackends('p', 's', 't')
  const fixture = await EngineFixture.start(
    configuration({
      pool: {
        algorithm: 'failover',
        health_check: false,
        failover: { recovery_interval: 0, failback_ramp: 0 }
      },
      backends: backends.map(({ address }, level) => ({ address, failover_level: level }))
    })
  )
  expect(await sequence(fixture, 2)).toBe('pp')
  fixture.engine.setAdminState('main', backends[0]!.address, 'maint', 'test')
  expect(await sequence(fixture, 2)).toBe('ss')
  fixture.engine.setAdminState('main', backends[1]!.address, 'drain', 'test')
  expect(await sequence(fixture, 2)).toBe('tt')
  fixture.engine.setAdminState('main', backends[0]!.address, 'ready', 'test')
  expect(await sequence(fixture, 2)).toBe('pp')
  const steps = fixture.eventsOf('failover')
  expect(steps.map(({ fromLevel, toLevel, to }) => `${fromLevel}>${toLevel} ${to}`)).toEqual([
    '0>1 active',
    '1>2 active',
    '2>0 normal'
  ])
})

test('a refused connection sends the request on to another backend', async () => {
  const [alive] = await startBackends('alive')
  const dead = await startBackend('dead')
  await dead.stop()
  const fixture = await EngineFixture.start(configuration({ backends: [dead, alive!] }))
  expect(await sequence(fixture, 4)).toBe('alive'.repeat(4))
  expect(fixture.backend(dead.address).counters.connectErrors).toBeGreaterThan(0)
  expect(fixture.pool().counters.redispatches).toBeGreaterThan(0)
})

test('a POST with a large body survives a refused connection too: nothing of it was sent', async () => {
  const [alive] = await startBackends('alive')
  const dead = await startBackend('dead')
  await dead.stop()
  const fixture = await EngineFixture.start(configuration({ backends: [dead, alive!] }))
  const body = 'x'.repeat(500_000)
  const client = await fixture.connect()
  client.send(`POST /big HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  expect((await client.readResponse('POST')).body.toString()).toBe('alive /big 500000')
  expect(alive!.requests).toHaveLength(1)
})

test('when every backend refuses, the client gets one 502', async () => {
  const dead = await startBackends('one', 'two')
  for (const backend of dead) await backend.stop()
  const fixture = await EngineFixture.start(configuration({ backends: dead }))
  expect((await fixture.get('/')).status).toBe(502)
})
