/**
 * Contract: a client with a valid cookie stays on its backend over connections, replicas and
 * drain, and gets a cookie only when it needs one.
 */
import { describe, expect, test } from 'vitest'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import {
  EngineFixture,
  getRequest,
  startBackend,
  startBackends,
  type EngineFixtureOptions
} from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue, fieldValues } from '../servers/http-head.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RawClient } from '../servers/raw-client.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

const KEY = 'shared by replicas'

interface Answer {
  readonly status: number
  /** Name of the backend. */
  readonly from: string
  /** The value of the cookie that came with it; null: none came. */
  readonly given: string | null
}

async function start(
  backends: readonly RecordingBackend[],
  { pool, ...parts }: ConfigurationParts = {},
  options: EngineFixtureOptions = {}
): Promise<EngineFixture> {
  const sticky = { cookie: 'SRV', key: KEY }
  return EngineFixture.start(
    configuration({ backends, pool: { sticky, ...pool }, ...parts }),
    options
  )
}

async function ask(client: RawClient, ...lines: readonly string[]): Promise<Answer> {
  client.send(getRequest('/', ...lines))
  const response = await client.readResponse()
  const cookie = fieldValue(response, 'set-cookie')
  return {
    status: response.status,
    from: /^\w+/.exec(response.body.toString())?.[0] ?? '',
    given: cookie === undefined ? null : /^SRV=([^;]*)/.exec(cookie)![1]!
  }
}

async function once(fixture: EngineFixture, ...lines: readonly string[]): Promise<Answer> {
  const client = await fixture.connect()
  const answer = await ask(client, ...lines)
  client.close()
  return answer
}

describe('a session', () => {
  test('stays over one connection and over many, and is told its cookie once', async () => {
    const fixture = await start(await startBackends('a', 'b', 'c'))
    const client = await fixture.connect()
    const { from, given } = await ask(client)
    expect(given).not.toBeNull()
    for (let n = 0; n < 3; n++) {
      expect(await ask(client, `Cookie: x=1; SRV=${given}; y=2`)).toEqual({
        status: 200,
        from,
        given: null
      })
      expect(await once(fixture, `Cookie: SRV=${given}`)).toEqual({
        status: 200,
        from,
        given: null
      })
    }
    const others = [await ask(client), await ask(client)].map((answer) => answer.from)
    expect(new Set([from, ...others]).size).toBe(3)
  })

  test('is known to a replica with the key, also when that one lists backends otherwise', async () => {
    const [a, b] = await startBackends('a', 'b')
    const one = await start([a!, b!])
    const two = await start([b!, a!])
    const { from, given } = await once(one)
    for (let n = 0; n < 3; n++) {
      expect(await once(two, `Cookie: SRV=${given}`)).toEqual({ status: 200, from, given: null })
    }
    const stranger = await start([a!, b!], { pool: { sticky: { cookie: 'SRV', key: 'another' } } })
    expect((await once(stranger, `Cookie: SRV=${given}`)).given).not.toBeNull()
  })

  test('without a key outlives a reload and not the engine', async () => {
    const backends = await startBackends('a', 'b')
    const pool = { sticky: { cookie: 'SRV' } }
    const fixture = await start(backends, { pool })
    const { from, given } = await once(fixture)
    await fixture.reload(configuration({ backends, pool, top: { drain_timeout: '5s' } }))
    expect(await once(fixture, `Cookie: SRV=${given}`)).toEqual({ status: 200, from, given: null })
    const next = await start(backends, { pool })
    expect((await once(next, `Cookie: SRV=${given}`)).given).not.toBeNull()
  })

  test('survives the drain of its backend, which gets nobody new', async () => {
    const fixture = await start(await startBackends('a', 'b'))
    const { from, given } = await once(fixture)
    const own = fixture.pool().backends.find(({ counters }) => counters.requests > 0)!
    fixture.engine.setAdminState('main', own.address, 'drain', 'test')
    expect(await once(fixture, `Cookie: SRV=${given}`)).toEqual({ status: 200, from, given: null })
    for (let n = 0; n < 3; n++) expect((await once(fixture)).from).not.toBe(from)
    fixture.engine.setAdminState('main', own.address, 'maint', 'test')
    const moved = await once(fixture, `Cookie: SRV=${given}`)
    expect(moved.from).not.toBe(from)
    expect(await once(fixture, `Cookie: SRV=${moved.given}`)).toMatchObject({
      from: moved.from,
      given: null
    })
  })

  test('ends on another backend when its own is gone, and is told so', async () => {
    const [a, b] = await startBackends('a', 'b')
    const fixture = await start([a!, b!])
    const { from, given } = await once(fixture)
    await (from === 'a' ? a! : b!).stop()
    const moved = await once(fixture, `Cookie: SRV=${given}`)
    expect(moved).toEqual({
      status: 200,
      from: from === 'a' ? 'b' : 'a',
      given: expect.any(String)
    })
    expect(moved.given).not.toBe(given)
  })
})

describe('a cookie', () => {
  test('that was changed, cut, forged or repeated is none, and the first of a name counts', async () => {
    const fixture = await start(await startBackends('a', 'b'))
    const { given } = await once(fixture)
    const value = given!
    const flipped = value.slice(0, -1) + (value.endsWith('A') ? 'B' : 'A')
    const forged = [flipped, value.slice(0, -1), `${value}A`, '', 'a', `"${value}"`, '10.0.0.1:80']
    for (const cookie of forged) {
      expect((await once(fixture, `Cookie: SRV=${cookie}`)).given).not.toBeNull()
    }
    expect((await once(fixture, `Cookie: SRV=${flipped}; SRV=${value}`)).given).not.toBeNull()
    expect((await once(fixture, `Cookie: SRV=${value}; SRV=${flipped}`)).given).toBeNull()
    expect((await once(fixture, 'Cookie: x=1', `cookie: SRV=${value}`)).given).toBeNull()
    expect((await once(fixture, `Cookie: ;;=;"\xff; SRV=${value}`)).given).toBeNull()
  })

  test('reaches the client of an upgrade, and not one of the balancer’s own answers', async () => {
    const upgrading = await startBackend('a', {
      script: (exchange) =>
        exchange.send(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'
        )
    })
    const fixture = await start([upgrading])
    const client = await fixture.connect()
    client.send(getRequest('/', 'Connection: Upgrade', 'Upgrade: x'))
    expect((await client.readThrough('\r\n\r\n')).toString()).toContain('Set-Cookie: SRV=')
    await upgrading.stop()
    const refused = await once(fixture)
    expect(refused).toMatchObject({ status: 502, given: null })
  })

  test('of the application beside it is passed on in both directions', async () => {
    const [backend] = await startBackends('a')
    backend!.script = (exchange) => exchange.respond({ fields: [['Set-Cookie', 'app=1']] })
    const fixture = await start([backend!])
    const client = await fixture.connect()
    client.send(getRequest('/', 'Cookie: app=1; SRV=x'))
    const response = await client.readResponse()
    expect(fieldValues(response, 'set-cookie')).toHaveLength(2)
    expect(fieldValue(backend!.requests[0]!, 'cookie')).toBe('app=1; SRV=x')
  })
})

test('a session waits for its full backend until the time of the queue is over', async () => {
  const clock = new ManualClock()
  const [a, b] = await startBackends('a', 'b')
  const fixture = await start(
    [a!, b!],
    { pool: { max_connections: 1, queue: { timeout: '2s' } } },
    { clock }
  )
  const { from, given } = await once(fixture)
  const own = from === 'a' ? a! : b!
  own.script = () => undefined
  const holding = await fixture.connect()
  holding.send(getRequest('/hold', `Cookie: SRV=${given}`))
  await eventually('the slot is taken', () => own.targets.includes('/hold'))
  const waiting = await fixture.connect()
  waiting.send(getRequest('/wait', `Cookie: SRV=${given}`))
  await eventually('it waits', () => fixture.pool().counters.queued === 1)
  expect((await once(fixture)).from).not.toBe(from)
  await clock.advanceAsync(2100)
  expect((await waiting.readResponse()).status).toBe(503)
  expect(own.targets).not.toContain('/wait')
})

test('a route without a sticky pool reads no cookie and gives none', async () => {
  const [backend] = await startBackends('a')
  const fixture = await EngineFixture.start(configuration({ backends: [backend!] }))
  expect((await once(fixture, 'Cookie: SRV=x')).given).toBeNull()
})
