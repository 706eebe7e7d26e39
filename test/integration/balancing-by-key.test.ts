/**
 * Contract: real requests with the same key meet the same backend, wherever the key stands, and
 * algorithms that learn do so from real attempts.
 */
import { describe, expect, test } from 'vitest'
import { keyHash } from '../../proxy-core/balance/key-hash.ts'
import { HASH_METHODS } from '../../proxy-core/model/balance-settings.ts'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackends } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

const NAMES = ['a', 'b', 'c', 'd'] as const
const KEYS = Array.from({ length: 24 }, (_, index) => `case-${index}`)

async function start(pool: object, route: object = {}): Promise<EngineFixture> {
  const backends = await startBackends(...NAMES)
  return EngineFixture.start(configuration({ backends, pool: { ...pool }, route: { ...route } }))
}

/** The backend that answers. */
async function nameOf(
  fixture: EngineFixture,
  target: string,
  ...lines: readonly string[]
): Promise<string> {
  const { status, body } = await fixture.get(target, ...lines)
  expect(status).toBe(200)
  return body.split(' ')[0]!
}

const hash = (key: string, parts: object = {}): object => ({
  algorithm: 'hash',
  hash: { key, ...parts }
})

interface Place {
  readonly key: string
  readonly ask: (key: string, turn: number) => [target: string, ...lines: string[]]
}

const PLACES: readonly Place[] = [
  { key: 'header:X-Case-Id', ask: (key, turn) => [`/${turn}`, `x-case-id: ${key}`] },
  { key: 'cookie:SID', ask: (key, turn) => [`/${turn}`, `Cookie: t=${turn}; SID=${key}`] },
  { key: 'query:case', ask: (key, turn) => [`/${turn}?t=${turn}&case=${key}`] },
  { key: 'path', ask: (key, turn) => [`/${key}?t=${turn}`] },
  { key: 'path:2', ask: (key, turn) => [`/cases/${key}/${turn}`] }
]

describe.each(PLACES)('with the key $key', ({ key: written, ask }) => {
  test('each key has one backend, and the keys are spread', async () => {
    const fixture = await start(hash(written))
    const homes = new Map<string, string>()
    for (let turn = 0; turn < 2; turn++) {
      for (const key of KEYS) {
        const name = await nameOf(fixture, ...ask(key, turn))
        expect(homes.get(key) ?? name, key).toBe(name)
        homes.set(key, name)
      }
    }
    expect(new Set(homes.values()).size).toBe(NAMES.length)
  })
})

test('the key is read before the path is rewritten', async () => {
  const fixture = await start(hash('path:1'), { path_prefix: '/cases', strip_prefix: true })
  const names = new Set<string>()
  for (const key of KEYS.slice(0, 8)) names.add(await nameOf(fixture, `/cases/${key}`))
  expect(names.size).toBe(1)
})

test('the key client_ip is the address of the client', async () => {
  const fixture = await start(hash('client_ip'))
  const seen = new Set<string>()
  for (let host = 1; host <= 16; host++) {
    const client = await fixture.connect('web', { localAddress: `127.0.0.${host}` })
    const names = new Set<string>()
    for (let turn = 0; turn < 3; turn++) {
      client.send(getRequest(`/${turn}`))
      names.add((await client.readResponse()).body.toString().split(' ')[0]!)
    }
    expect(names.size).toBe(1)
    seen.add([...names][0]!)
  }
  expect(seen.size).toBeGreaterThan(2)
})

test('requests without the key take turns, also between keyed ones on the same connection', async () => {
  const fixture = await start(hash('header:x-case-id'))
  const client = await fixture.connect()
  const names: string[] = []
  for (let turn = 0; turn < 8; turn++) {
    client.send(getRequest('/keyed', 'X-Case-Id: 17'))
    await client.readResponse()
    client.send(getRequest('/plain'))
    names.push((await client.readResponse()).body.toString().charAt(0))
  }
  expect(names.join('')).toBe('abcdabcd')
})

test.each(HASH_METHODS)(
  'with %s a backend in maintenance gives up its keys and no others, and gets them back',
  async (method) => {
    const fixture = await start(hash('query:case', { method }))
    const homes = async (): Promise<string[]> => {
      const names: string[] = []
      for (const key of KEYS) names.push(await nameOf(fixture, `/?case=${key}`))
      return names
    }
    const before = await homes()
    const { address } = fixture.pool().backends[1]!
    fixture.engine.setAdminState('main', address, 'maint', 'test')
    const during = await homes()
    expect(during).not.toContain('b')
    for (const [index, home] of before.entries()) {
      if (home !== 'b') expect(during[index]).toBe(home)
    }
    fixture.engine.setAdminState('main', address, 'ready', 'test')
    expect(await homes()).toEqual(before)
  }
)

test('a bound lets a hot key overflow while its backend is busy, and only then', async () => {
  const backends = await startBackends(...NAMES)
  const held: (() => void)[] = []
  for (const backend of backends) {
    const answer = backend.script
    backend.script = async (exchange) => {
      await new Promise<void>((resolve) => held.push(resolve))
      await answer(exchange)
    }
  }
  const pool = hash('header:x-case-id', { load_bound: 125 / 100 })
  const fixture = await EngineFixture.start(configuration({ backends, pool: { ...pool } }))
  const loads = (): number[] => fixture.pool().backends.map(({ load }) => load)
  for (let request = 1; request <= 8; request++) {
    const client = await fixture.connect()
    client.send(getRequest('/', 'X-Case-Id: hot'))
    await eventually(`request ${request}`, () => held.length === request)
    const bound = Math.ceil((1.25 * request) / NAMES.length)
    expect(Math.max(...loads())).toBeLessThanOrEqual(bound)
  }
  expect(loads().toSorted().reverse()).toEqual([3, 3, 2, 0])
  for (const release of held) release()
})

describe('partition', () => {
  const partition = (parts: object = {}): object => ({
    algorithm: 'partition',
    partition: { key: 'header:x-process-id', ...parts }
  })
  const ask = (fixture: EngineFixture, key: string): Promise<{ status: number; body: string }> =>
    fixture.get('/', `X-Process-Id: ${key}`)

  test('while a backend is away the next of the file stands in, and the others keep their keys', async () => {
    const fixture = await start(partition())
    const before = await Promise.all(KEYS.map((key) => ask(fixture, key)))
    const { address } = fixture.pool().backends[1]!
    fixture.engine.setAdminState('main', address, 'maint', 'test')
    for (const [index, key] of KEYS.entries()) {
      const home = before[index]!.body.charAt(0)
      const { body } = await ask(fixture, key)
      expect(body.charAt(0)).toBe(home === 'b' ? 'c' : home)
    }
  })

  test('with `refuse` its keys get 503, and the others are served', async () => {
    const fixture = await start(partition({ when_unavailable: 'refuse' }))
    const before = await Promise.all(KEYS.map((key) => ask(fixture, key)))
    const { address } = fixture.pool().backends[1]!
    fixture.engine.setAdminState('main', address, 'maint', 'test')
    for (const [index, key] of KEYS.entries()) {
      const { status } = await ask(fixture, key)
      expect(status).toBe(before[index]!.body.startsWith('b') ? 503 : 200)
    }
  })

  test('with `refuse` requests wait for their own full backend, and others pass them', async () => {
    const backends = await startBackends('a', 'b')
    const held = new Map<string, (() => void)[]>([
      ['a', []],
      ['b', []]
    ])
    for (const backend of backends) {
      const answer = backend.script
      backend.script = async (exchange) => {
        await new Promise<void>((resolve) => held.get(backend.name)!.push(resolve))
        await answer(exchange)
      }
    }
    const pool = { ...partition({ when_unavailable: 'refuse' }), max_connections: 1 }
    const fixture = await EngineFixture.start(configuration({ backends, pool }))
    const keyOf = (name: string): string =>
      KEYS.find((key) => keyHash(key) % 2 === 'ab'.indexOf(name))!
    const answered: string[] = []
    const start = async (name: string): Promise<void> => {
      const { body } = await ask(fixture, keyOf(name))
      answered.push(body.charAt(0))
    }
    const all: Promise<void>[] = []
    for (const [place, name] of ['a', 'a', 'b', 'b'].entries()) {
      all.push(start(name))
      const { counters } = fixture.pool()
      await eventually(`request ${place}`, () => counters.inFlight === place + 1)
    }
    await eventually('two wait', () => fixture.pool().counters.queued === 2)
    // The second for `b` came last, and does not wait for the one for `a` before it.
    for (let turn = 0; turn < 2; turn++) {
      await eventually('b is asked', () => held.get('b')!.length > 0)
      held.get('b')!.shift()!()
      await eventually('b has answered', () => answered.length === turn + 1)
    }
    expect(answered).toEqual(['b', 'b'])
    for (let turn = 0; turn < 2; turn++) {
      await eventually('a is asked', () => held.get('a')!.length > 0)
      held.get('a')!.shift()!()
    }
    await Promise.all(all)
    expect(answered).toEqual(['b', 'b', 'a', 'a'])
  })

  test('a reload that adds a backend keeps the keys where the number of partitions stays', async () => {
    const backends = await startBackends('a', 'b', 'c')
    const yaml = (count: number): string =>
      configuration({
        backends: backends.slice(0, count),
        pool: { ...partition({ method: 'modulo', count: 6 }) }
      })
    const fixture = await EngineFixture.start(yaml(2))
    const before = await Promise.all(KEYS.map((key) => ask(fixture, key)))
    await fixture.reload(yaml(3))
    const after = await Promise.all(KEYS.map((key) => ask(fixture, key)))
    const names = new Set(after.map(({ body }) => body.charAt(0)))
    expect(names).toEqual(new Set(['a', 'b', 'c']))
    expect(before.some(({ body }) => body.startsWith('c'))).toBe(false)
  })
})

test('a reload that changes the key changes what is read, without losing a request', async () => {
  const backends = await startBackends(...NAMES)
  const yaml = (key: string): string => configuration({ backends, pool: { ...hash(key) } })
  const fixture = await EngineFixture.start(yaml('header:x-case-id'))
  const names = async (): Promise<number> => {
    const seen = new Set<string>()
    for (const key of KEYS) seen.add(await nameOf(fixture, `/?case=same`, `X-Case-Id: ${key}`))
    return seen.size
  }
  expect(await names()).toBe(NAMES.length)
  await fixture.reload(yaml('query:case'))
  expect(await names()).toBe(1)
})

test('first fills one backend after the other up to max_connections', async () => {
  const backends = await startBackends('a', 'b', 'c')
  let held = 0
  for (const backend of backends) backend.script = () => void held++
  const pool = { algorithm: 'first', max_connections: 2 }
  const fixture = await EngineFixture.start(configuration({ backends, pool }))
  for (let request = 1; request <= 5; request++) {
    const client = await fixture.connect()
    client.send(getRequest('/'))
    await eventually(`request ${request}`, () => held === request)
  }
  expect(fixture.pool().backends.map(({ load }) => load)).toEqual([2, 2, 1])
})

describe('adaptive', () => {
  /** How many of 40 requests the second backend gets. */
  async function bothered(makeBad: (bad: RecordingBackend) => unknown): Promise<number> {
    const [good, bad] = (await startBackends('good', 'bad')) as [RecordingBackend, RecordingBackend]
    await makeBad(bad)
    const fixture = await EngineFixture.start(
      configuration({ backends: [good, bad], pool: { algorithm: 'adaptive' } }),
      { clock: new ManualClock() }
    )
    const client = await fixture.connect()
    for (let request = 0; request < 40; request++) {
      client.send(getRequest('/'))
      await client.readResponse()
    }
    return fixture.backend(bad.address).counters.requests
  }

  test('asks a backend that answers with errors once', async () => {
    const asked = await bothered((bad) => {
      bad.script = (exchange) => exchange.respond({ status: 503 })
    })
    expect(asked).toBeLessThanOrEqual(1)
  })

  test('asks a backend that breaks off its responses once', async () => {
    const asked = await bothered((bad) => {
      bad.script = (exchange) => exchange.reset()
    })
    expect(asked).toBeLessThanOrEqual(1)
  })

  test('asks a backend that refuses connections once', async () => {
    expect(await bothered((bad) => bad.stop())).toBeLessThanOrEqual(1)
  })
})
