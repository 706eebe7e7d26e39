/** Contract: at most 300 points of whole minutes; what was not watched is a gap. */
import { expect, test } from 'vitest'
import { MAX_SERIES_POINTS, seriesSchema } from '../../../proxy-core/model/series.ts'
import { HistorySeries } from './history-series.ts'
import { RollUp } from './roll-up.ts'
import { fleetOf, tickOf } from './testing/fleet-of.ts'
import { HistoryFixture } from './testing/history-file-fixture.ts'

const MINUTE_MS = 60_000
const total = { kind: 'total' } as const
const fleet = fleetOf([{ name: 'api', backends: [] }])

interface Begun {
  readonly fixture: HistoryFixture
  readonly series: HistorySeries
  /** Begin of the first minute. */
  readonly beginMs: number
  /** A whole minute of traffic, `minute` minutes after the begin. */
  feed(minute: number, rps: number, p95Ms?: number): void
}

function begun(): Begun {
  const fixture = new HistoryFixture()
  const store = fixture.store()
  const rollUp = new RollUp(store)
  const beginMs = fixture.clock.wallNow()
  const feed = (minute: number, rps: number, p95Ms = 50): void => {
    const fromMs = beginMs + minute * MINUTE_MS
    const rates = { rps, ok2xx: rps, inFlight: minute, p50Ms: 5, p95Ms, p99Ms: 2 * p95Ms }
    for (let atMs = fromMs; atMs < fromMs + MINUTE_MS; atMs += 1000) {
      rollUp.take(tickOf(atMs, rates, [{ ...rates, rps: 1, ok2xx: 1 }]), fleet)
    }
    rollUp.flush()
  }
  return { fixture, series: new HistorySeries(store, fixture.clock), beginMs, feed }
}

test('each minute is a point at its end, and a minute without a row is a gap', async () => {
  const { fixture, series, beginMs, feed } = begun()
  feed(0, 10)
  feed(2, 30)
  fixture.clock.advance(3 * MINUTE_MS)
  const query = { scope: total, range: '5m', endMs: null } as const
  const read = await fixture.clock.settle(series.read(query))
  expect(seriesSchema.parse(read)).toEqual(read)
  expect(read.stepMs).toBe(MINUTE_MS)
  expect(read.atMs.map((at) => (at - beginMs) / MINUTE_MS)).toEqual([-1, 0, 1, 2, 3])
  expect(read.ok2xx).toEqual([null, null, 10, null, 30])
  expect(read.inFlight).toEqual([null, null, 0, null, 2])
  expect(read.p95Ms.map((ms) => (ms === null ? null : Math.round(ms / 10)))).toEqual([
    ...[null, null, 5, null, 5]
  ])
})

test('a day has at most as many points as a chart can draw, each of several minutes', async () => {
  const { fixture, series, beginMs, feed } = begun()
  for (let minute = 0; minute < 10; minute++) feed(minute, minute < 5 ? 10 : 30, minute)
  const endMs = beginMs + 10 * MINUTE_MS
  const query = { scope: total, range: '24h', endMs } as const
  const read = await fixture.clock.settle(series.read(query))
  expect(read.atMs.length).toBeLessThanOrEqual(MAX_SERIES_POINTS)
  expect(read.atMs.at(-1)! - read.atMs[0]! + read.stepMs).toBe(86_400_000)
  expect(read.ok2xx.slice(-2)).toEqual([10, 30])
  expect(read.inFlight.at(-1)).toBe(9)
  expect(read.p95Ms.at(-1)).toBeGreaterThanOrEqual(8)
})

test('an end in the past shows that time', async () => {
  const { fixture, series, beginMs, feed } = begun()
  feed(0, 10)
  fixture.clock.advance(60 * MINUTE_MS)
  const query = { scope: total, range: '1m', endMs: beginMs + MINUTE_MS } as const
  expect((await fixture.clock.settle(series.read(query))).ok2xx).toEqual([10])
})

test('pools have rows of their own, single backends have none', async () => {
  const { fixture, series, beginMs, feed } = begun()
  feed(0, 10)
  const endMs = beginMs + MINUTE_MS
  const pool = { scope: { kind: 'pool', pool: 'api' }, range: '1m', endMs } as const
  expect((await fixture.clock.settle(series.read(pool))).ok2xx).toEqual([1])
  const scope = { kind: 'backend', pool: 'api', backend: 'a:1' } as const
  const backend = await fixture.clock.settle(series.read({ scope, range: '1m', endMs }))
  expect(backend.ok2xx).toEqual([null])
})

test('two rows of one minute, before and after a restart, are one point', async () => {
  const { fixture, series, beginMs, feed } = begun()
  feed(0, 10)
  feed(0, 30)
  const query = { scope: total, range: '1m', endMs: beginMs + MINUTE_MS } as const
  const [rate] = (await fixture.clock.settle(series.read(query))).ok2xx
  expect(rate).toBeCloseTo(20, 0)
})
