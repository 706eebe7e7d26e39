/** Contract: each end is counted once, everywhere it belongs, and the record comes back blank. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { AccessRecord } from '../access-log/access-record.ts'
import { EngineContext } from '../engine/engine-context.ts'
import { Exchange } from '../exchange/exchange.ts'
import { TrafficCounters } from '../metrics/traffic-counters.ts'
import type { Backend } from '../pool/backend.ts'
import type { Pool } from '../pool/pool.ts'
import type { Listener } from './listener.ts'
import { settleExchange } from './settle-exchange.ts'

interface Scene {
  readonly exchange: Exchange
  readonly listener: Listener
  readonly counters: readonly [TrafficCounters, TrafficCounters, TrafficCounters]
  readonly done: Exchange[]
  readonly logged: AccessRecord[]
}

function scene(parts: Partial<Exchange> = {}): Scene {
  const clock = new ManualClock()
  const context = new EngineContext(clock, Math.random, () => undefined)
  const counters = [new TrafficCounters(), new TrafficCounters(), new TrafficCounters()] as const
  const done: Exchange[] = []
  const logged: AccessRecord[] = []
  const listener = {
    context,
    counters: counters[0],
    accessLog: { log: (record: AccessRecord) => logged.push({ ...record }) }
  } as unknown as Listener
  listener.counters.inFlight = 1
  const pool = {
    counters: counters[1],
    exchangeDone: (exchange: Exchange) => done.push(exchange)
  } as unknown as Pool
  const exchange = Object.assign(new Exchange(), {
    startedMs: clock.now(),
    assignedPool: pool,
    assignedBackend: { counters: counters[2] } as unknown as Backend,
    status: 200,
    requestBytes: 3,
    responseBytes: 5,
    responseHeadMs: 7,
    ...parts
  })
  clock.advance(20)
  context.tick()
  return { exchange, listener, counters, done, logged }
}

test('counts at listener, pool and backend', () => {
  const { exchange, listener, counters, done } = scene()
  settleExchange(exchange, listener)
  for (const counted of counters) {
    expect(counted.responses[2]).toBe(1)
    expect([counted.bytesIn, counted.bytesOut]).toEqual([3, 5])
    expect([counted.totalMs.count, counted.totalMs.sumMs]).toEqual([1, 20])
  }
  expect(counters.map(({ responseHeadMs }) => responseHeadMs.count)).toEqual([0, 0, 1])
  expect(listener.counters.inFlight).toBe(0)
  expect(done).toEqual([exchange])
})

test('counts no response that never came, and no backend that was never asked', () => {
  const { exchange, listener, counters, done } = scene({
    status: 0,
    assignedBackend: null,
    responseHeadMs: -1
  })
  settleExchange(exchange, listener)
  expect(counters.map(({ responses }) => Math.max(...responses))).toEqual([0, 0, 0])
  expect(counters.map(({ totalMs }) => totalMs.count)).toEqual([1, 1, 0])
  expect(done).toHaveLength(1)
})

test('a request that was refused before it had a pool counts at its listener only', () => {
  const { exchange, listener, counters, done } = scene({
    assignedPool: null,
    assignedBackend: null,
    status: 400
  })
  settleExchange(exchange, listener)
  expect(counters.map(({ totalMs }) => totalMs.count)).toEqual([1, 0, 0])
  expect(done).toEqual([])
})

test('logs what is to be logged, before the record is blank again', () => {
  const { exchange, listener, logged } = scene({ isLogged: true, method: 'GET', requestId: '7' })
  settleExchange(exchange, listener)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toMatchObject({ method: 'GET', requestId: '7', durationMs: 20 })
  const silent = scene()
  settleExchange(silent.exchange, silent.listener)
  expect(silent.logged).toEqual([])
})

test('nothing of one exchange is found in the next that uses its record', () => {
  const { exchange, listener } = scene({
    method: 'HEAD',
    target: '/secret',
    host: 'a.test',
    httpVersion: '1.0',
    clientAddress: '192.0.2.1',
    key: 'case-17',
    requestId: 'id',
    userAgent: 'agent',
    referer: 'from',
    backend: 'a:80',
    requestText: 'secret',
    termination: 'timeout',
    isHead: true,
    isIdempotent: true,
    wantsUpgrade: true,
    keepsAlive: true,
    isRequestComplete: true,
    needsFreshConnection: true,
    isReplayable: false,
    hasResponseStarted: true,
    totalDeadlineMs: 1,
    startedAtMs: 1,
    failedDials: 1,
    attempts: 2,
    isLogged: true,
    bodyFraming: 1,
    bodyRemaining: 9,
    tried: new Set<Backend>()
  })
  settleExchange(exchange, listener)
  expect(Exchange.take()).toBe(exchange)
  const blank = new Exchange()
  // The head of the next request sets these before anybody reads them.
  const setByHead = [
    'method',
    'target',
    'clientAddress',
    'startedMs',
    'sentMs',
    'durationMs',
    'relay'
  ]
  for (const key of Object.keys(blank) as (keyof Exchange)[]) {
    if (!setByHead.includes(key)) expect([key, exchange[key]]).toEqual([key, blank[key]])
  }
})
