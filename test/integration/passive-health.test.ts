/** Contract: a backend whose answers fail is taken out and tried again, and the last one stays. */
import { describe, expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import type { Script } from '../servers/backend-connection.ts'
import {
  EngineFixture,
  getRequest,
  startBackend,
  startBackends
} from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { gate } from '../servers/gate.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RawClient } from '../servers/raw-client.ts'
import { answerWithTarget, type RecordingBackend } from '../servers/recording-backend.ts'

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: line\r\n\r\n'

function answering(status: number, ...fields: readonly [string, string][]): Script {
  return (exchange) => exchange.respond({ status, fields: [...fields] })
}

interface Stage {
  readonly fixture: EngineFixture
  readonly clock: ManualClock
  readonly backends: readonly RecordingBackend[]
}

/** Round robin over backends of these names, the first of which answers by `script`. */
async function stage(
  pool: Readonly<Record<string, unknown>>,
  script: Script,
  ...names: readonly string[]
): Promise<Stage> {
  const backends = await startBackends(...names)
  backends[0]!.script = script
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(configuration({ backends, pool }), { clock })
  return { fixture, clock, backends }
}

/** After the failures that open the circuit, the trial that it lets in is a tunnel. */
async function trialTunnel(on: Stage): Promise<RawClient> {
  await statuses(on, 2)
  await on.clock.advanceAsync(60_000)
  on.backends[0]!.script = (exchange) => {
    exchange.connection.openTunnel(() => undefined)
    exchange.send(SWITCHING)
  }
  const tunnel = await on.fixture.connect()
  tunnel.send(getRequest('/up', 'Connection: Upgrade', 'Upgrade: line'))
  await tunnel.readThrough('\r\n\r\n')
  return tunnel
}

/** Of each answer the status, one request after the other. */
async function statuses({ fixture }: Stage, count: number): Promise<number[]> {
  const client = await fixture.connect()
  const found: number[] = []
  for (let n = 0; n < count; n++) {
    client.send(getRequest(`/${n}`))
    found.push((await client.readResponse()).status)
  }
  client.close()
  return found
}

describe('ejection', () => {
  const OUTLIER = { consecutive_failures: 2, failure_rate: 0, base_ejection: '10s' }

  test('a backend that fails is out for a while, and then serves again', async () => {
    const on = await stage({ outlier: OUTLIER }, answering(500), 'bad', 'good')
    expect(await statuses(on, 8)).toEqual([500, 200, 500, 200, 200, 200, 200, 200])
    const { address } = on.backends[0]!
    expect(on.fixture.backend(address).isEligible).toBe(false)
    on.backends[0]!.script = answerWithTarget('bad')
    await on.clock.advanceAsync(10_000)
    await statuses(on, 2)
    expect(on.backends[0]!.requests).toHaveLength(3)
    const events = on.fixture.eventsOf('backend_ejection')
    expect(events.map(({ isEjected, reason }) => [isEjected, reason])).toEqual([
      [true, '2 requests in a row failed'],
      [false, 'its ejection is over']
    ])
  })

  test('a backend that breaks off is out too', async () => {
    const on = await stage({ outlier: OUTLIER }, (exchange) => exchange.reset(), 'bad', 'good')
    expect(await statuses(on, 6)).toEqual([502, 200, 502, 200, 200, 200])
  })

  test('an upgrade ends a row of failures', async () => {
    let asked = 0
    const script: Script = (exchange) => {
      if (exchange.target !== '/up') return exchange.respond({ status: ++asked < 3 ? 500 : 200 })
      exchange.connection.openTunnel(() => undefined)
      exchange.send(SWITCHING)
    }
    const on = await stage({ outlier: OUTLIER }, script, 'mixed', 'good')
    on.fixture.engine.setAdminState('main', on.backends[1]!.address, 'drain', 'test')
    expect(await statuses(on, 1)).toEqual([500])
    const tunnel = await on.fixture.connect()
    tunnel.send(getRequest('/up', 'Connection: Upgrade', 'Upgrade: line'))
    await tunnel.readThrough('\r\n\r\n')
    on.fixture.engine.setAdminState('main', on.backends[1]!.address, 'ready', 'test')
    await statuses(on, 2)
    expect(asked).toBe(2)
    expect(on.fixture.eventsOf('backend_ejection')).toEqual([])
  })

  test('the last eligible backend stays', async () => {
    const on = await stage({ outlier: OUTLIER }, answering(500), 'bad')
    expect(await statuses(on, 5)).toEqual([500, 500, 500, 500, 500])
    expect(on.fixture.eventsOf('backend_ejection')).toEqual([])
  })

  test('when the others go, the ejected ones are back at once', async () => {
    const on = await stage({ outlier: OUTLIER }, answering(500), 'bad', 'good')
    await statuses(on, 4)
    on.fixture.engine.setAdminState('main', on.backends[1]!.address, 'maint', 'test')
    expect(await statuses(on, 1)).toEqual([500])
    expect(on.fixture.eventsOf('backend_ejection').at(-1)!.reason).toBe('no other backend is left')
    expect(on.fixture.eventsOf('pool_availability')).toEqual([])
  })

  test('so many at one time and no more', async () => {
    const outlier = { ...OUTLIER, consecutive_failures: 1, max_ejected: '50%' }
    const on = await stage({ outlier }, answering(500), 'a', 'b', 'c', 'd')
    for (const backend of on.backends) backend.script = answering(500)
    await statuses(on, 12)
    expect(on.fixture.eventsOf('backend_ejection')).toHaveLength(2)
  })

  test('503 with Retry-After is a pause of that length', async () => {
    const on = await stage({ outlier: OUTLIER }, answering(503, ['Retry-After', '3']), 'a', 'b')
    expect(await statuses(on, 4)).toEqual([503, 200, 200, 200])
    await on.clock.advanceAsync(3000)
    expect(on.fixture.backend(on.backends[0]!.address).isEligible).toBe(true)
  })

  test('a reload with other rules begins anew, one with the same rules does not', async () => {
    const on = await stage({ outlier: OUTLIER }, answering(500), 'bad', 'good')
    await statuses(on, 4)
    const { fixture, backends } = on
    await fixture.reload(
      configuration({ backends, pool: { outlier: OUTLIER, max_connections: 5 } })
    )
    expect(fixture.backend(backends[0]!.address).ejection).not.toBeNull()
    await fixture.reload(configuration({ backends, pool: { outlier: { failure_rate: 0 } } }))
    expect(fixture.backend(backends[0]!.address).ejection).toBeNull()
    await fixture.reload(configuration({ backends }))
    expect(fixture.backend(backends[0]!.address).judge).toBeNull()
  })
})

describe('circuit breaker', () => {
  const BREAKER = { failure_threshold: 2, recovery_timeout: '60s' }

  test('a lone backend is cut off, tried once, and back', async () => {
    const on = await stage({ circuit_breaker: BREAKER }, answering(500), 'bad')
    expect(await statuses(on, 4)).toEqual([500, 500, 503, 503])
    expect(on.backends[0]!.requests).toHaveLength(2)
    await on.clock.advanceAsync(60_000)
    expect(await statuses(on, 3)).toEqual([500, 503, 503])
    on.backends[0]!.script = answerWithTarget()
    await on.clock.advanceAsync(60_000)
    expect(await statuses(on, 3)).toEqual([200, 200, 200])
    const changes = on.fixture.eventsOf('backend_circuit').map(({ from, to }) => `${from} ${to}`)
    expect(changes).toEqual([
      'closed open',
      'open half_open',
      'half_open open',
      'open half_open',
      'half_open closed'
    ])
  })

  test('half open lets one request in at a time', async () => {
    const on = await stage({ circuit_breaker: BREAKER }, answering(500), 'bad')
    await statuses(on, 2)
    await on.clock.advanceAsync(60_000)
    const held = gate()
    on.backends[0]!.script = async (exchange) => {
      await held.opened
      exchange.respond({ status: 200 })
    }
    const trial = await on.fixture.connect()
    trial.send(getRequest('/trial'))
    await on.backends[0]!.received(3)
    expect(await statuses(on, 2)).toEqual([503, 503])
    held.open()
    expect((await trial.readResponse()).status).toBe(200)
    expect(await statuses(on, 2)).toEqual([200, 200])
  })

  test('a tunnel is an answer: its trial closes the circuit while it lasts', async () => {
    const on = await stage({ circuit_breaker: BREAKER }, answering(500), 'bad')
    const tunnel = await trialTunnel(on)
    const { address } = on.backends[0]!
    expect(on.fixture.backend(address).judge!.breaker!.state).toBe('closed')
    on.backends[0]!.script = answerWithTarget()
    expect(await statuses(on, 2)).toEqual([200, 200])
    tunnel.close()
    await eventually('its end', () => on.fixture.backend(address).load === 0)
    expect(await statuses(on, 1)).toEqual([200])
    expect(on.fixture.eventsOf('backend_circuit').at(-1)!.to).toBe('closed')
  })

  test('of several trials each tunnel counts once, and gives its place back once', async () => {
    const breaker = { ...BREAKER, half_open_requests: 2 }
    const on = await stage({ circuit_breaker: breaker }, answering(500), 'bad')
    const tunnel = await trialTunnel(on)
    const backend = on.fixture.backend(on.backends[0]!.address)
    tunnel.close()
    await eventually('its end', () => backend.load === 0)
    expect(backend.judge!.breaker!.state).toBe('half_open')
    on.backends[0]!.script = answerWithTarget()
    expect(await statuses(on, 1)).toEqual([200])
    expect(backend.judge!.breaker!.state).toBe('closed')
  })

  test('a trial whose client leaves gives its place back', async () => {
    const on = await stage({ circuit_breaker: BREAKER }, answering(500), 'bad')
    await statuses(on, 2)
    await on.clock.advanceAsync(60_000)
    on.backends[0]!.script = () => undefined
    const trial = await on.fixture.connect()
    trial.send(getRequest('/trial'))
    await on.backends[0]!.received(3)
    trial.close()
    const { address } = on.backends[0]!
    await eventually('its place', () => on.fixture.backend(address).isEligible)
    on.backends[0]!.script = answerWithTarget()
    expect(await statuses(on, 1)).toEqual([200])
  })

  test('the fallback answers for a pool that is cut off', async () => {
    const fallback = { status: 200, body: 'later' }
    const on = await stage({ circuit_breaker: BREAKER, fallback }, answering(500), 'bad')
    await statuses(on, 2)
    expect(await on.fixture.get('/')).toEqual({ status: 200, body: 'later' })
  })
})

test('adaptive concurrency queues what exceeds the limit', async () => {
  const held = gate()
  const backend = await startBackend('slow', {
    script: async (exchange) => {
      await held.opened
      exchange.respond({})
    }
  })
  const pool = { adaptive_concurrency: { initial: 4, min: 4 } }
  const fixture = await EngineFixture.start(configuration({ backends: [backend], pool }))
  for (let n = 0; n < 6; n++) {
    const client = await fixture.connect()
    client.send(getRequest('/'))
  }
  await eventually('the queue', () => fixture.pool().counters.queued === 2)
  expect(fixture.backend(backend.address).load).toBe(4)
  held.open()
  await eventually('the end', () => fixture.pool().counters.inFlight === 0)
})
