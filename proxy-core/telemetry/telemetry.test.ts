/** Contract: an observer is told what changes, in time and in order, and nobody pays without one. */
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { backendSettings, HTTP_CHECK } from '../metrics/testing/engine-double.ts'
import { fromEngineSchema } from '../model/control-protocol.ts'
import { STREAK_LENGTH, type Fleet, type Tick } from '../model/engine-telemetry.ts'
import { readTrafficRow, type TrafficRates, type TrafficRow } from '../model/traffic-row.ts'
import { Telemetry, type TelemetryMessage } from './telemetry.ts'
import { countExchanges, ObservedDouble } from './testing/observed-double.ts'

const NUMBERS = { isWanted: true, isTrafficWanted: false }
const NOTHING = { isWanted: false, isTrafficWanted: false }
const TICK_MS = 250

let clock: ManualClock
let engine: ObservedDouble
let telemetry: Telemetry
let messages: TelemetryMessage[]
/** Whether ticks are acknowledged as they come. */
let isParentAwake: boolean

beforeEach(() => {
  clock = new ManualClock()
  engine = new ObservedDouble(clock)
  engine.addListener('web', '127.0.0.1:8080')
  engine.addPool('api', [
    backendSettings('10.0.0.1:80', { healthCheck: HTTP_CHECK }),
    backendSettings('10.0.0.2:80', { region: 'north', level: 1, weight: 50 })
  ])
  messages = []
  isParentAwake = true
  telemetry = new Telemetry({
    engine,
    clock,
    random: () => 0.5,
    send: (message) => {
      expect(fromEngineSchema.safeParse(message).error).toBeUndefined()
      messages.push(message)
      if (message.kind === 'tick' && isParentAwake) telemetry.acknowledge(message.tick.seq)
    }
  })
})

const backends = () => engine.pools[0]!.backends

function ticks(): Tick[] {
  return messages.flatMap((message) => (message.kind === 'tick' ? [message.tick] : []))
}
function fleets(): Fleet[] {
  return messages.flatMap((message) => (message.kind === 'fleet' ? [message.fleet] : []))
}
function rates(row: TrafficRow | null | undefined): TrafficRates {
  return readTrafficRow(row!)
}
function lastTick(): Tick {
  return ticks().at(-1)!
}

describe('observing', () => {
  test('begins with the fleet, goes on with four ticks a second, and ends without a timer', () => {
    telemetry.observe(NUMBERS)
    expect(messages.map(({ kind }) => kind)).toEqual(['fleet'])
    clock.advance(10_000)
    expect(ticks()).toHaveLength(40)
    expect(ticks().map(({ seq }) => seq)).toEqual(ticks().map((_, n) => n + 1))
    telemetry.observe(NOTHING)
    expect(clock.pendingCount).toBe(0)
    clock.advance(10_000)
    expect(ticks()).toHaveLength(40)
  })

  test('is not begun twice by an observer that repeats itself', () => {
    telemetry.observe(NUMBERS)
    telemetry.observe(NUMBERS)
    clock.advance(1000)
    expect(fleets()).toHaveLength(1)
    expect(ticks()).toHaveLength(4)
  })

  test('asks for single exchanges only when their samples are wanted', () => {
    telemetry.observe(NUMBERS)
    expect(engine.traffic).toBeNull()
    telemetry.observe({ isWanted: true, isTrafficWanted: true })
    expect(engine.traffic).not.toBeNull()
    telemetry.observe(NUMBERS)
    expect(engine.traffic).toBeNull()
    telemetry.observe({ isWanted: true, isTrafficWanted: true })
    telemetry.observe(NOTHING)
    expect(engine.traffic).toBeNull()
  })

  test('a second observation counts nothing of the time between', () => {
    telemetry.observe(NUMBERS)
    clock.advance(1000)
    telemetry.observe(NOTHING)
    countExchanges(engine.listeners[0]!.counters, 1000)
    clock.advance(5000)
    messages = []
    telemetry.observe(NUMBERS)
    clock.advance(500)
    expect(rates(lastTick().total).rps).toBe(0)
    expect(rates(lastTick().total).requestsTotal).toBe(1000)
    expect(ticks()[0]!.pools[0]!.backends.every((row) => row !== null)).toBe(true)
  })
})

describe('the fleet', () => {
  test('says of each backend what it is and how it is', () => {
    engine.routes = [
      {
        name: 'shop',
        host: { kind: 'suffix', suffix: '.example.test' },
        pathPrefix: '/',
        pool: 'api'
      }
    ] as unknown as typeof engine.routes
    telemetry.observe(NUMBERS)
    expect(fleets()[0]).toMatchObject({
      revision: 1,
      listeners: [{ name: 'web', scheme: 'http', isOpen: true }],
      routes: [{ name: 'shop', host: '*.example.test', pathPrefix: '/', pool: 'api' }],
      pools: [
        {
          name: 'api',
          key: null,
          queueLimit: 1000,
          failover: {
            ...{ phase: 'active', mode: 'switch', strategy: 'immediate', dueAtMs: null },
            ...{ latchedLevel: null, latchReason: null, sinceMs: 1_767_225_600_000 },
            levels: [
              { level: 0, backends: 1, eligible: 0, share: 0, isLost: true },
              { level: 1, backends: 1, eligible: 1, share: 1, isLost: false }
            ]
          },
          backends: [
            { address: '10.0.0.1:80', hasHealthCheck: true, health: 'unknown', level: 0 },
            { address: '10.0.0.2:80', hasHealthCheck: false, region: 'north', level: 1, weight: 50 }
          ]
        }
      ]
    })
  })

  test('says what the algorithm of a pool goes by', () => {
    const hash = { key: { kind: 'cookie', name: 'SID' }, method: 'maglev', loadBound: 1.5 } as const
    engine.pools[0]!.settings = { ...engine.pools[0]!.settings, algorithm: 'hash', hash }
    telemetry.observe(NUMBERS)
    expect(fleets()[0]!.pools[0]!.key).toEqual({
      key: 'cookie:SID',
      method: 'maglev',
      loadBound: 1.5
    })
  })

  test('is told again with the next tick, once for all changes before it, and not otherwise', () => {
    telemetry.observe(NUMBERS)
    clock.advance(1000)
    expect(fleets()).toHaveLength(1)
    engine.setAdminState('api', '10.0.0.1:80', 'drain', 'a test')
    engine.setWeight('api', '10.0.0.2:80', 7, 'a test')
    clock.advance(1000)
    expect(fleets()).toHaveLength(2)
    expect(fleets()[1]).toMatchObject({
      revision: 2,
      pools: [{ backends: [{ adminState: 'drain' }, { weight: 7, isWeightOverridden: true }] }]
    })
  })

  test.each([
    ['a reason that came without an event', () => backends()[0]!.setHealth('unknown', 'x', 0)],
    ['a shutdown', () => (engine.isStopping = true)],
    ['a listener that closed', () => (engine.listeners[0]!.isOpen = false)],
    ['an event of the engine', () => telemetry.engineChanged()]
  ])('is told again after %s', (_, change) => {
    telemetry.observe(NUMBERS)
    clock.advance(500)
    change()
    clock.advance(500)
    expect(fleets()).toHaveLength(2)
  })

  test('comes before the tick whose rows have its order, and all of those are complete', () => {
    telemetry.observe(NUMBERS)
    clock.advance(1000)
    engine.pools[0]!.backends = [...backends()].reverse()
    telemetry.engineChanged()
    clock.advance(TICK_MS)
    const [fleet, tick] = messages.slice(-2)
    expect([fleet!.kind, tick!.kind]).toEqual(['fleet', 'tick'])
    expect(lastTick().revision).toBe(2)
    expect(lastTick().pools[0]!.backends.every((row) => row !== null)).toBe(true)
  })
})

describe('a row', () => {
  test('has rates over the last one and a half seconds', () => {
    telemetry.observe(NUMBERS)
    for (let n = 0; n < 12; n++) {
      countExchanges(engine.listeners[0]!.counters, 10)
      countExchanges(engine.pools[0]!.counters, 5)
      countExchanges(engine.pools[0]!.counters, 5, 503)
      clock.advance(TICK_MS)
    }
    expect(rates(lastTick().total)).toMatchObject({ rps: 40, ok2xx: 40, requestsTotal: 120 })
    expect(rates(lastTick().pools[0]!.row)).toMatchObject({ rps: 40, ok2xx: 20, server5xx: 20 })
    clock.advance(1250)
    expect(rates(lastTick().total).rps).toBeGreaterThan(0)
    clock.advance(TICK_MS)
    expect(rates(lastTick().total).rps).toBe(0)
  })

  test('has percentiles of the last seconds, and -1 when nothing ended in them', () => {
    telemetry.observe(NUMBERS)
    clock.advance(500)
    expect(rates(lastTick().total)).toMatchObject({ p50Ms: -1, p95Ms: -1, p99Ms: -1 })
    countExchanges(engine.listeners[0]!.counters, 99, 200, 10)
    countExchanges(engine.listeners[0]!.counters, 1, 200, 900)
    clock.advance(TICK_MS)
    const { p50Ms, p95Ms, p99Ms } = rates(lastTick().total)
    expect(p50Ms).toBeGreaterThan(8)
    expect(p95Ms).toBeLessThan(12)
    expect(p99Ms).toBeLessThan(1000)
    clock.advance(5000)
    expect(rates(lastTick().total).p50Ms).toBe(-1)
  })

  test('of a backend counts an answer of ours in its place as a failure, not as a response', () => {
    telemetry.observe(NUMBERS)
    clock.advance(500)
    const { counters } = backends()[0]!
    countExchanges(counters, 4, 502)
    counters.responseErrors += 3
    counters.ownErrors += 3
    clock.advance(TICK_MS)
    const row = rates(lastTick().pools[0]!.backends[0])
    expect(row.failures).toBeCloseTo(row.server5xx * 3)
    expect(row.server5xx).toBeGreaterThan(0)
  })

  test('of a backend is null while nothing about it changes', () => {
    telemetry.observe(NUMBERS)
    clock.advance(TICK_MS)
    expect(lastTick().pools[0]!.backends.every((row) => row !== null)).toBe(true)
    clock.advance(TICK_MS)
    expect(lastTick().pools[0]!.backends).toEqual([null, null])
    countExchanges(backends()[1]!.counters, 3)
    clock.advance(TICK_MS)
    expect(lastTick().pools[0]!.backends.map((row) => row !== null)).toEqual([false, true])
  })

  test('of a backend that falls silent ends at zero and without percentiles', () => {
    telemetry.observe(NUMBERS)
    countExchanges(backends()[0]!.counters, 50)
    clock.advance(10_000)
    const rows = ticks().flatMap(({ pools }) => pools[0]!.backends[0] ?? [])
    const last = ticks().findLast(({ pools }) => pools[0]!.backends[0] !== null)!
    expect(rows.length).toBeGreaterThan(0)
    expect(rates(last.pools[0]!.backends[0])).toMatchObject({
      rps: 0,
      p50Ms: -1,
      requestsTotal: 50
    })
  })

  test('of each of a thousand backends is right again within a second', () => {
    const many = Array.from({ length: 1000 }, (_, n) =>
      backendSettings(`10.1.${n >> 8}.${n & 255}:80`)
    )
    const pool = engine.addPool('many', many)
    telemetry.observe(NUMBERS)
    clock.advance(TICK_MS)
    const rows = [...lastTick().pools[1]!.backends]
    for (const { counters } of pool.backends) countExchanges(counters, 2)
    messages = []
    clock.advance(1000)
    for (const tick of ticks()) {
      const told = tick.pools[1]!.backends
      expect(told.filter((row) => row !== null).length).toBeLessThanOrEqual(256)
      told.forEach((row, n) => (rows[n] = row ?? rows[n]!))
    }
    expect(rows.every((row) => rates(row).requestsTotal === 2)).toBe(true)
    clock.advance(30_000)
    messages.forEach((message) => {
      if (message.kind !== 'tick') return
      message.tick.pools[1]!.backends.forEach((row, n) => (rows[n] = row ?? rows[n]!))
    })
    expect(rows.every((row) => rates(row).rps === 0)).toBe(true)
  })
})

describe('a parent that is slow', () => {
  test('has at most one tick that it has not taken, and no fleet behind it', () => {
    isParentAwake = false
    telemetry.observe(NUMBERS)
    clock.advance(1000)
    engine.setWeight('api', '10.0.0.2:80', 7, 'a test')
    clock.advance(4000)
    expect(ticks()).toHaveLength(1)
    expect(fleets()).toHaveLength(1)
    isParentAwake = true
    telemetry.acknowledge(1)
    clock.advance(TICK_MS)
    expect(fleets()).toHaveLength(2)
    expect(ticks()).toHaveLength(2)
  })

  test('gets the right numbers with the next tick, also of what came and went meanwhile', () => {
    telemetry.observe(NUMBERS)
    clock.advance(500)
    isParentAwake = false
    clock.advance(TICK_MS)
    countExchanges(backends()[0]!.counters, 5)
    clock.advance(8000)
    isParentAwake = true
    telemetry.acknowledge(lastTick().seq)
    clock.advance(TICK_MS)
    // Its rates are over, but what it counts is not what was sent last.
    const row = rates(lastTick().pools[0]!.backends[0])
    expect(row).toMatchObject({ rps: 0, requestsTotal: 5 })
  })

  test('an acknowledgement of a tick that is long past does not count', () => {
    isParentAwake = false
    telemetry.observe(NUMBERS)
    clock.advance(TICK_MS)
    telemetry.acknowledge(1)
    clock.advance(TICK_MS)
    telemetry.acknowledge(1)
    clock.advance(1000)
    expect(ticks()).toHaveLength(2)
  })

  test('misses nothing in the history', () => {
    isParentAwake = false
    telemetry.observe(NUMBERS)
    for (let n = 0; n < 8; n++) {
      countExchanges(engine.listeners[0]!.counters, 10)
      clock.advance(TICK_MS)
    }
    const answer = telemetry.answer({
      name: 'series',
      query: { scope: { kind: 'total' }, range: '1m', endMs: null }
    })
    const points = answer.name === 'series' ? answer.series.ok2xx : []
    expect(points.filter((value) => value !== null)).toEqual([80, 40, 40, 40, 40, 40, 40, 40])
  })
})

describe('a reload', () => {
  test('goes on with what stays, counts what is new from its first request, forgets what is gone', () => {
    telemetry.observe(NUMBERS)
    countExchanges(backends()[0]!.counters, 10)
    clock.advance(1000)
    const added = engine.addPool('new', [backendSettings('10.9.0.1:80')])
    countExchanges(added.counters, 8)
    countExchanges(added.backends[0]!.counters, 8)
    engine.pools[0]!.backends = [backends()[0]!]
    telemetry.engineChanged()
    clock.advance(TICK_MS)
    expect(lastTick().pools.map((pool) => pool.backends.length)).toEqual([1, 1])
    expect(rates(lastTick().pools[0]!.backends[0]).requestsTotal).toBe(10)
    expect(rates(lastTick().pools[1]!.row)).toMatchObject({ requestsTotal: 8 })
    expect(rates(lastTick().pools[1]!.row).rps).toBeGreaterThan(0)
    const gone = { kind: 'backend', pool: 'api', backend: '10.0.0.2:80' } as const
    expect(() =>
      telemetry.answer({ name: 'series', query: { scope: gone, range: '1m', endMs: null } })
    ).toThrow('has no backend')
  })

  test('that takes a listener away does not make the total fall', () => {
    const second = engine.addListener('other', '127.0.0.1:8081')
    countExchanges(second.counters, 100)
    telemetry.observe(NUMBERS)
    clock.advance(500)
    engine.listeners.pop()
    telemetry.engineChanged()
    countExchanges(engine.listeners[0]!.counters, 1)
    clock.advance(TICK_MS)
    expect(rates(lastTick().total)).toMatchObject({ requestsTotal: 101 })
    expect(rates(lastTick().total).rps).toBeGreaterThan(0)
  })
})

describe('probes', () => {
  const record = { atMs: 1, durationMs: 2, code: 'L7OK', status: 200, detail: 'fine' } as const

  test('are told with the tick after them, once, with the newest results', () => {
    backends()[0]!.recordProbe({ ...record, hasPassed: true })
    telemetry.observe(NUMBERS)
    clock.advance(TICK_MS)
    expect(lastTick().probed).toEqual([])
    for (let n = 0; n < 10; n++) backends()[0]!.recordProbe({ ...record, hasPassed: n % 2 === 0 })
    clock.advance(TICK_MS)
    expect(lastTick().probed).toMatchObject([
      {
        pool: 'api',
        backend: '10.0.0.1:80',
        last: { hasPassed: false },
        streak: [true, false, true, false, true, false, true, false]
      }
    ])
    expect(lastTick().probed[0]!.streak).toHaveLength(STREAK_LENGTH)
    clock.advance(TICK_MS)
    expect(lastTick().probed).toEqual([])
  })

  test('of more backends than a tick tells of come with the next ones, each once', () => {
    const many = Array.from({ length: 300 }, (_, n) =>
      backendSettings(`10.1.${n >> 8}.${n & 255}:80`)
    )
    const pool = engine.addPool('many', many)
    telemetry.observe(NUMBERS)
    clock.advance(TICK_MS)
    for (const backend of pool.backends) backend.recordProbe({ ...record, hasPassed: true })
    messages = []
    clock.advance(1000)
    const told = ticks().map(({ probed }) => probed.length)
    expect(Math.max(...told)).toBe(128)
    expect(new Set(ticks().flatMap(({ probed }) => probed.map((one) => one.backend))).size).toBe(
      300
    )
    expect(told.reduce((sum, one) => sum + one, 0)).toBe(300)
  })

  test('of all backends are on the board, of those that have any', () => {
    backends()[1]!.recordProbe({ ...record, hasPassed: true })
    const answer = telemetry.answer({ name: 'probe_board' })
    expect(answer).toMatchObject({ board: [{ backend: '10.0.0.2:80', streak: [true] }] })
  })
})

describe('evidence', () => {
  test('holds the probes, the check, the last failure and the counts', () => {
    const [backend] = backends()
    engine.watch = {
      progress: { direction: 'failing', done: 2, needed: 3 },
      addresses: ['10.0.0.1'],
      resolutionError: null
    }
    backend!.noteFailure('The backend closed the connection.')
    backend!.counters.connectErrors = 2
    expect(
      telemetry.answer({ name: 'evidence', pool: 'api', backend: '10.0.0.1:80' })
    ).toMatchObject({
      evidence: {
        progress: { direction: 'failing', done: 2, needed: 3 },
        healthCheck: {
          type: 'http',
          request: 'GET http://10.0.0.1:80/health',
          fall: 3,
          rise: 2,
          expectedStatus: '200-299'
        },
        lastFailure: { reason: 'The backend closed the connection.' },
        totals: { connectErrors: 2 }
      }
    })
  })

  test('of a backend without a check says so, and of an unknown one is refused', () => {
    expect(
      telemetry.answer({ name: 'evidence', pool: 'api', backend: '10.0.0.2:80' })
    ).toMatchObject({
      evidence: { healthCheck: null }
    })
    expect(() => telemetry.answer({ name: 'evidence', pool: 'api', backend: 'x' })).toThrow(
      'Pool api has no backend x.'
    )
  })
})
