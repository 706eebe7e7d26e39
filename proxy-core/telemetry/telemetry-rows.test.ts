/**
 * Contract: a row has the rates and percentiles of the last seconds, and is sent when it
 * changes.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { backendSettings } from '../metrics/testing/engine-double.ts'
import { countExchanges } from './testing/observed-double.ts'
import { NUMBERS, Observation, rates, TICK_MS } from './testing/observation.ts'

let on: Observation

beforeEach(() => {
  on = new Observation()
})

describe('a row', () => {
  test('has rates over the last one and a half seconds', () => {
    on.telemetry.observe(NUMBERS)
    for (let n = 0; n < 12; n++) {
      countExchanges(on.engine.listeners[0]!.counters, 10)
      countExchanges(on.engine.pools[0]!.counters, 5)
      countExchanges(on.engine.pools[0]!.counters, 5, 503)
      on.clock.advance(TICK_MS)
    }
    expect(rates(on.lastTick.total)).toMatchObject({ rps: 40, ok2xx: 40, requestsTotal: 120 })
    expect(rates(on.lastTick.pools[0]!.row)).toMatchObject({ rps: 40, ok2xx: 20, server5xx: 20 })
    on.clock.advance(1250)
    expect(rates(on.lastTick.total).rps).toBeGreaterThan(0)
    on.clock.advance(TICK_MS)
    expect(rates(on.lastTick.total).rps).toBe(0)
  })

  test('has percentiles of the last seconds, and -1 when nothing ended in them', () => {
    on.telemetry.observe(NUMBERS)
    on.clock.advance(500)
    expect(rates(on.lastTick.total)).toMatchObject({ p50Ms: -1, p95Ms: -1, p99Ms: -1 })
    countExchanges(on.engine.listeners[0]!.counters, 99, 200, 10)
    countExchanges(on.engine.listeners[0]!.counters, 1, 200, 900)
    on.clock.advance(TICK_MS)
    const { p50Ms, p95Ms, p99Ms } = rates(on.lastTick.total)
    expect(p50Ms).toBeGreaterThan(8)
    expect(p95Ms).toBeLessThan(12)
    expect(p99Ms).toBeLessThan(1000)
    on.clock.advance(5000)
    expect(rates(on.lastTick.total).p50Ms).toBe(-1)
  })

  test('of a backend counts an answer of ours in its place as a failure, not as a response', () => {
    on.telemetry.observe(NUMBERS)
    on.clock.advance(500)
    const { counters } = on.backends[0]!
    countExchanges(counters, 4, 502)
    counters.responseErrors += 3
    counters.ownErrors += 3
    on.clock.advance(TICK_MS)
    const row = rates(on.lastTick.pools[0]!.backends[0])
    expect(row.failures).toBeCloseTo(row.server5xx * 3)
    expect(row.server5xx).toBeGreaterThan(0)
  })

  test('of a backend is null while nothing about it changes', () => {
    on.telemetry.observe(NUMBERS)
    on.clock.advance(TICK_MS)
    expect(on.lastTick.pools[0]!.backends.every((row) => row !== null)).toBe(true)
    on.clock.advance(TICK_MS)
    expect(on.lastTick.pools[0]!.backends).toEqual([null, null])
    countExchanges(on.backends[1]!.counters, 3)
    on.clock.advance(TICK_MS)
    expect(on.lastTick.pools[0]!.backends.map((row) => row !== null)).toEqual([false, true])
  })

  test('of a backend that falls silent ends at zero and without percentiles', () => {
    on.telemetry.observe(NUMBERS)
    countExchanges(on.backends[0]!.counters, 50)
    on.clock.advance(10_000)
    const rows = on.ticks.flatMap(({ pools }) => pools[0]!.backends[0] ?? [])
    const last = on.ticks.findLast(({ pools }) => pools[0]!.backends[0] !== null)!
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
    const pool = on.engine.addPool('many', many)
    on.telemetry.observe(NUMBERS)
    on.clock.advance(TICK_MS)
    const rows = [...on.lastTick.pools[1]!.backends]
    for (const { counters } of pool.backends) countExchanges(counters, 2)
    on.messages = []
    on.clock.advance(1000)
    for (const tick of on.ticks) {
      const told = tick.pools[1]!.backends
      expect(told.filter((row) => row !== null).length).toBeLessThanOrEqual(256)
      told.forEach((row, n) => (rows[n] = row ?? rows[n]!))
    }
    expect(rows.every((row) => rates(row).requestsTotal === 2)).toBe(true)
    on.clock.advance(30_000)
    on.messages.forEach((message) => {
      if (message.kind !== 'tick') return
      message.tick.pools[1]!.backends.forEach((row, n) => (rows[n] = row ?? rows[n]!))
    })
    expect(rows.every((row) => rates(row).rps === 0)).toBe(true)
  })
})
