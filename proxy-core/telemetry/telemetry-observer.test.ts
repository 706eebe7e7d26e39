/**
 * Contract: an observer is told in time and in order, one that is slow is not flooded and misses
 * nothing, a reload loses no count, and nobody pays without an observer.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { backendSettings } from '../metrics/testing/engine-double.ts'
import { countExchanges } from './testing/observed-double.ts'
import { NOTHING, NUMBERS, Observation, rates, TICK_MS } from './testing/observation.ts'

let on: Observation

beforeEach(() => {
  on = new Observation()
})

describe('observing', () => {
  test('begins with the fleet, goes on with four ticks a second, and ends without a timer', () => {
    on.telemetry.observe(NUMBERS)
    expect(on.messages.map(({ kind }) => kind)).toEqual(['fleet'])
    on.clock.advance(10_000)
    expect(on.ticks).toHaveLength(40)
    expect(on.ticks.map(({ seq }) => seq)).toEqual(on.ticks.map((_, n) => n + 1))
    on.telemetry.observe(NOTHING)
    expect(on.clock.pendingCount).toBe(0)
    on.clock.advance(10_000)
    expect(on.ticks).toHaveLength(40)
  })

  test('is not begun twice by an observer that repeats itself', () => {
    on.telemetry.observe(NUMBERS)
    on.telemetry.observe(NUMBERS)
    on.clock.advance(1000)
    expect(on.fleets).toHaveLength(1)
    expect(on.ticks).toHaveLength(4)
  })

  test('asks for single exchanges only when their samples are wanted', () => {
    on.telemetry.observe(NUMBERS)
    expect(on.engine.traffic).toBeNull()
    on.telemetry.observe({ isWanted: true, isTrafficWanted: true })
    expect(on.engine.traffic).not.toBeNull()
    on.telemetry.observe(NUMBERS)
    expect(on.engine.traffic).toBeNull()
    on.telemetry.observe({ isWanted: true, isTrafficWanted: true })
    on.telemetry.observe(NOTHING)
    expect(on.engine.traffic).toBeNull()
  })

  test('a second observation counts nothing of the time between', () => {
    on.telemetry.observe(NUMBERS)
    on.clock.advance(1000)
    on.telemetry.observe(NOTHING)
    countExchanges(on.engine.listeners[0]!.counters, 1000)
    on.clock.advance(5000)
    on.messages = []
    on.telemetry.observe(NUMBERS)
    on.clock.advance(500)
    expect(rates(on.lastTick.total).rps).toBe(0)
    expect(rates(on.lastTick.total).requestsTotal).toBe(1000)
    expect(on.ticks[0]!.pools[0]!.backends.every((row) => row !== null)).toBe(true)
  })
})

describe('a parent that is slow', () => {
  test('has at most one tick that it has not taken, and no fleet behind it', () => {
    on.isParentAwake = false
    on.telemetry.observe(NUMBERS)
    on.clock.advance(1000)
    on.engine.setWeight('api', '10.0.0.2:80', 7, 'a test')
    on.clock.advance(4000)
    expect(on.ticks).toHaveLength(1)
    expect(on.fleets).toHaveLength(1)
    on.isParentAwake = true
    on.telemetry.acknowledge(1)
    on.clock.advance(TICK_MS)
    expect(on.fleets).toHaveLength(2)
    expect(on.ticks).toHaveLength(2)
  })

  test('gets the right numbers with the next tick, also of what came and went meanwhile', () => {
    on.telemetry.observe(NUMBERS)
    on.clock.advance(500)
    on.isParentAwake = false
    on.clock.advance(TICK_MS)
    countExchanges(on.backends[0]!.counters, 5)
    on.clock.advance(8000)
    on.isParentAwake = true
    on.telemetry.acknowledge(on.lastTick.seq)
    on.clock.advance(TICK_MS)
    // Its rates are over, but what it counts is not what was sent last.
    const row = rates(on.lastTick.pools[0]!.backends[0])
    expect(row).toMatchObject({ rps: 0, requestsTotal: 5 })
  })

  test('an acknowledgement of a tick that is long past does not count', () => {
    on.isParentAwake = false
    on.telemetry.observe(NUMBERS)
    on.clock.advance(TICK_MS)
    on.telemetry.acknowledge(1)
    on.clock.advance(TICK_MS)
    on.telemetry.acknowledge(1)
    on.clock.advance(1000)
    expect(on.ticks).toHaveLength(2)
  })

  test('misses nothing in the history', () => {
    on.isParentAwake = false
    on.telemetry.observe(NUMBERS)
    for (let n = 0; n < 8; n++) {
      countExchanges(on.engine.listeners[0]!.counters, 10)
      on.clock.advance(TICK_MS)
    }
    const answer = on.telemetry.answer({
      name: 'series',
      query: { scope: { kind: 'total' }, range: '1m', endMs: null }
    })
    const points = answer.name === 'series' ? answer.series.ok2xx : []
    expect(points.filter((value) => value !== null)).toEqual([80, 40, 40, 40, 40, 40, 40, 40])
  })
})

describe('a reload', () => {
  test('goes on with what stays, counts what is new from its first request, forgets what is gone', () => {
    on.telemetry.observe(NUMBERS)
    countExchanges(on.backends[0]!.counters, 10)
    on.clock.advance(1000)
    const added = on.engine.addPool('new', [backendSettings('10.9.0.1:80')])
    countExchanges(added.counters, 8)
    countExchanges(added.backends[0]!.counters, 8)
    on.engine.pools[0]!.backends = [on.backends[0]!]
    on.telemetry.engineChanged()
    on.clock.advance(TICK_MS)
    expect(on.lastTick.pools.map((pool) => pool.backends.length)).toEqual([1, 1])
    expect(rates(on.lastTick.pools[0]!.backends[0]).requestsTotal).toBe(10)
    expect(rates(on.lastTick.pools[1]!.row)).toMatchObject({ requestsTotal: 8 })
    expect(rates(on.lastTick.pools[1]!.row).rps).toBeGreaterThan(0)
    const gone = { kind: 'backend', pool: 'api', backend: '10.0.0.2:80' } as const
    expect(() =>
      on.telemetry.answer({ name: 'series', query: { scope: gone, range: '1m', endMs: null } })
    ).toThrow('has no backend')
  })

  test('that takes a listener away does not make the total fall', () => {
    const second = on.engine.addListener('other', '127.0.0.1:8081')
    countExchanges(second.counters, 100)
    on.telemetry.observe(NUMBERS)
    on.clock.advance(500)
    on.engine.listeners.pop()
    on.telemetry.engineChanged()
    countExchanges(on.engine.listeners[0]!.counters, 1)
    on.clock.advance(TICK_MS)
    expect(rates(on.lastTick.total)).toMatchObject({ requestsTotal: 101 })
    expect(rates(on.lastTick.total).rps).toBeGreaterThan(0)
  })
})
