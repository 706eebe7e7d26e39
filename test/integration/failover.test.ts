/**
 * Contract: the failover of a pool over real sockets: who answers while a level is lost, waited for,
 * left and returned to; what an operator holds; and that every step is one event.
 */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackends } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { fieldValue } from '../servers/http-head.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

interface Stage {
  readonly fixture: EngineFixture
  readonly clock: ManualClock
  readonly backends: readonly RecordingBackend[]
  readonly yaml: (failover: object) => string
}

/** One backend for each level that is named: 'p s t', or 'p0 p1 s' with two primaries. */
async function start(failover: object, names = 'p s', pool: object = {}): Promise<Stage> {
  const backends = await startBackends(...names.split(' '))
  const levels = names.split(' ').map((name) => 'pst'.indexOf(name[0]!))
  const yaml = (its: object): string =>
    configuration({
      pool: { health_check: false, failover: its, ...pool },
      backends: backends.map(({ address }, place) => ({ address, failover_level: levels[place] }))
    })
  const clock = new ManualClock()
  const fixture = await EngineFixture.start(yaml(failover), { clock })
  return { fixture, clock, backends, yaml }
}

function lose({ fixture, backends }: Stage, place: number): void {
  fixture.backend(backends[place]!.address).setHealth('down', 'it was killed', 0)
}

function win({ fixture, backends }: Stage, place: number): void {
  fixture.backend(backends[place]!.address).setHealth('up', 'it is back', 0)
}

/** First letters of who answers the next requests. */
async function answers({ fixture }: Stage, count: number): Promise<string> {
  const client = await fixture.connect()
  let letters = ''
  for (let n = 0; n < count; n++) {
    client.send(getRequest('/'))
    letters += (await client.readResponse()).body.toString()[0]!
  }
  client.close()
  return letters
}

const steps = ({ fixture }: Stage): readonly string[] =>
  fixture
    .eventsOf('failover')
    .map(({ from, to, fromLevel, toLevel }) => `${from}>${to} ${fromLevel}>${toLevel}`)

const status = ({ fixture }: Stage): ReturnType<EngineFixture['engine']['failoverStatus']> =>
  fixture.engine.failoverStatus('main')

test('immediate: the next request goes to the backup, and back after the interval and the ramp', async () => {
  const stage = await start({ recovery_interval: '10s', failback_ramp: '4s' })
  expect(await answers(stage, 2)).toBe('pp')
  lose(stage, 0)
  expect(await answers(stage, 3)).toBe('sss')
  win(stage, 0)
  await stage.clock.advanceAsync(9999)
  expect(await answers(stage, 2)).toBe('ss')
  await stage.clock.advanceAsync(1 + 2000)
  expect([...(await answers(stage, 10))].toSorted().join('')).toBe('pppppsssss')
  await stage.clock.advanceAsync(2000)
  expect(await answers(stage, 3)).toBe('ppp')
  expect(steps(stage)).toEqual([
    'normal>active 0>1',
    'active>recovering 1>1',
    'recovering>recovering 1>0',
    'recovering>normal 0>0'
  ])
  expect(status(stage)).toMatchObject({ phase: 'normal', activations: 1, isFailedOver: false })
})

test('graceful: while a primary is left the share moves in proportion, evenly mixed', async () => {
  const stage = await start({ strategy: 'graceful', ramp: '10s', min_eligible: 2 }, 'p0 p1 s0 s1')
  lose(stage, 0)
  expect(status(stage)).toMatchObject({
    phase: 'switching',
    dueAtMs: stage.clock.wallNow() + 10_000
  })
  await stage.clock.advanceAsync(3000)
  expect((await answers(stage, 10)).replaceAll('p', '')).toBe('sss')
  await stage.clock.advanceAsync(7000)
  expect(await answers(stage, 4)).toBe('ssss')
  expect(status(stage).phase).toBe('active')
})

test('delayed: requests wait for the primary and are served by it when it recovers in time', async () => {
  const stage = await start({ strategy: 'delayed', delay: '5s' })
  lose(stage, 0)
  const waiting = answers(stage, 2)
  await eventually('a request in the queue', () => stage.fixture.pool().counters.queued === 1)
  await stage.clock.advanceAsync(3000)
  win(stage, 0)
  expect(await waiting).toBe('pp')
  expect(steps(stage)).toEqual(['normal>pending 0>0', 'pending>normal 0>0'])
  expect(stage.backends[1]!.requests).toHaveLength(0)
})

test('delayed: when the delay is over those who wait are served by the backup', async () => {
  const stage = await start({ strategy: 'delayed', delay: '3s' })
  lose(stage, 0)
  const waiting = Promise.all([answers(stage, 1), answers(stage, 1)])
  await eventually('two requests in the queue', () => stage.fixture.pool().counters.queued === 2)
  await stage.clock.advanceAsync(3000)
  expect(await waiting).toEqual(['s', 's'])
  expect(stage.fixture.pool().counters.queued).toBe(0)
})

test('delayed: a full queue and a queue that is waited in too long are 503 with Retry-After', async () => {
  const stage = await start({ strategy: 'delayed', delay: '10s' }, 'p s', {
    queue: { size: 1, timeout: '2s' }
  })
  lose(stage, 0)
  const first = await stage.fixture.connect()
  first.send(getRequest('/'))
  await eventually('a request in the queue', () => stage.fixture.pool().counters.queued === 1)
  const second = await stage.fixture.connect()
  second.send(getRequest('/'))
  const refused = await second.readResponse()
  await stage.clock.advanceAsync(3000)
  const expired = await first.readResponse()
  for (const response of [refused, expired]) {
    expect(response.status).toBe(503)
    expect(Number(fieldValue(response, 'retry-after'))).toBeGreaterThan(0)
  }
})

test('delayed: when nobody can take over after the delay those who wait are told', async () => {
  const stage = await start({ strategy: 'delayed', delay: '3s' })
  lose(stage, 1)
  lose(stage, 0)
  const waiting = stage.fixture.get('/')
  await eventually('a request in the queue', () => stage.fixture.pool().counters.queued === 1)
  expect(stage.fixture.eventsOf('pool_availability')).toEqual([])
  await stage.clock.advanceAsync(3000)
  expect((await waiting).status).toBe(503)
  expect(stage.fixture.eventsOf('pool_availability')).toMatchObject([{ isAvailable: false }])
  win(stage, 1)
  expect(await answers(stage, 1)).toBe('s')
})

test('a cascade of three levels goes down and comes back by levels', async () => {
  const stage = await start({ recovery_interval: '1s', failback_ramp: 0 }, 'p s t')
  lose(stage, 0)
  lose(stage, 1)
  expect(await answers(stage, 2)).toBe('tt')
  win(stage, 1)
  await stage.clock.advanceAsync(1000)
  expect(await answers(stage, 2)).toBe('ss')
  win(stage, 0)
  await stage.clock.advanceAsync(1000)
  expect(await answers(stage, 2)).toBe('pp')
})

test('flapping every two seconds costs one switch', async () => {
  const stage = await start({ recovery_interval: '10s' })
  for (let round = 0; round < 20; round++) {
    if (round % 2 === 0) lose(stage, 0)
    else win(stage, 0)
    await stage.clock.advanceAsync(2000)
  }
  const moves = stage.fixture.eventsOf('failover').filter((one) => one.fromLevel !== one.toLevel)
  expect(moves).toHaveLength(1)
  expect(await answers(stage, 2)).toBe('ss')
})

test('by hand: activate, repeat, reload, restart, deactivate', async () => {
  const stage = await start({ recovery_interval: '10s', failback_ramp: 0 })
  const { engine } = stage.fixture
  const activation = { level: null, isForced: false, reason: 'move of the rack' }
  expect(engine.failoverPreview('main', activation)).toMatchObject({ fromLevel: 0, toLevel: 1 })
  expect(await answers(stage, 1)).toBe('p')
  expect(engine.activateFailover('main', activation)).toMatchObject({
    changed: true,
    status: { phase: 'latched', latchedLevel: 1, latchReason: 'move of the rack' }
  })
  expect(engine.activateFailover('main', activation).changed).toBe(false)
  await stage.fixture.reload(stage.yaml({ recovery_interval: '20s', failback_ramp: 0 }))
  expect(await answers(stage, 2)).toBe('ss')
  const overlay = engine.overlay()
  expect(overlay.latches).toEqual([
    { pool: 'main', level: 1, isForced: false, reason: 'move of the rack' }
  ])
  const second = await EngineFixture.start(stage.yaml({}), { overlay })
  expect((await second.get('/')).body[0]).toBe('s')
  expect(second.engine.failoverStatus('main').phase).toBe('latched')
  expect(engine.deactivateFailover('main', 'done')).toMatchObject({ changed: true })
  expect(engine.overlay().latches).toEqual([])
  expect(await answers(stage, 2)).toBe('pp')
  expect(engine.deactivateFailover('main', 'done').changed).toBe(false)
})

test('by hand: refusals say what is missing', async () => {
  const stage = await start({})
  const { engine } = stage.fixture
  const ask = { level: null, isForced: false, reason: 'test' }
  lose(stage, 1)
  expect(() => engine.activateFailover('main', ask)).toThrow(
    'level 1 has 0 of 1 eligible backends and needs 1'
  )
  expect(engine.failoverPreview('main', ask)).toMatchObject({
    toLevel: null,
    warnings: [expect.stringContaining('only a forced activation')],
    standby: [{ isEligible: false, reason: 'down: it was killed' }]
  })
  expect(() => engine.activateFailover('main', { ...ask, level: 7 })).toThrow('has no level 7')
  expect(engine.activateFailover('main', { ...ask, isForced: true }).changed).toBe(true)
  expect(await answers(stage, 1)).toBe('p')
  expect(() => engine.failoverStatus('nobody')).toThrow('no pool named nobody')
  const single = await start({}, 'p0 p1')
  expect(() => single.fixture.engine.activateFailover('main', ask)).toThrow(
    'all of its backends are on level 0'
  )
  const spill = await start({ mode: 'spill' })
  expect(() => spill.fixture.engine.deactivateFailover('main', 'x')).toThrow('its mode is spill')
})

test('switched off, the backups never serve', async () => {
  const stage = await start({ enabled: false })
  lose(stage, 0)
  expect((await stage.fixture.get('/')).status).toBe(503)
  expect(steps(stage)).toEqual([])
})

test('spill: what the primaries cannot carry goes to the backups, evenly mixed', async () => {
  const stage = await start({ mode: 'spill' }, 'p0 p1 s')
  lose(stage, 0)
  const letters = await answers(stage, 20)
  expect(letters.replaceAll('p', '')).toHaveLength(6)
  expect(letters).not.toContain('sss')
})

test('progressive: one backup joins for one lost primary', async () => {
  const stage = await start({ mode: 'progressive' }, 'p0 p1 s0 s1')
  lose(stage, 0)
  const served = stage.backends.map(({ requests }) => requests.length)
  await answers(stage, 10)
  const counts = stage.backends.map(({ requests }, place) => requests.length - served[place]!)
  expect(counts).toEqual([0, 5, 5, 0])
})

test('within: first keeps the second backup of a level in reserve', async () => {
  const stage = await start({ within: 'first' }, 'p s0 s1')
  lose(stage, 0)
  await answers(stage, 4)
  expect(stage.backends.map(({ requests }) => requests.length)).toEqual([0, 4, 0])
  lose(stage, 1)
  await answers(stage, 2)
  expect(stage.backends.map(({ requests }) => requests.length)).toEqual([0, 4, 2])
})

test('the loss of a region moves everything to the next one', async () => {
  const backends = await startBackends('east1', 'west1', 'east2')
  const fixture = await EngineFixture.start(
    configuration({
      pool: { health_check: false, failover: { regions: ['west', 'east'] } },
      backends: backends.map(({ address }, place) => ({
        address,
        region: place === 1 ? 'west' : 'east'
      }))
    })
  )
  expect((await fixture.get('/')).body).toMatch(/^west1/)
  fixture.backend(backends[1]!.address).setHealth('down', 'the region is gone', 0)
  expect((await fixture.get('/')).body).toMatch(/^east/)
})

test('a stopped engine and a removed pool leave no timer', async () => {
  const stage = await start({ recovery_interval: '1m' })
  lose(stage, 0)
  win(stage, 0)
  expect(status(stage).phase).toBe('recovering')
  const armed = stage.clock.pendingCount
  await stage.fixture.stop()
  expect(stage.clock.pendingCount).toBeLessThan(armed)
  expect(stage.clock.pendingCount).toBe(0)
})
