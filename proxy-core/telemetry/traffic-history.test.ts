/** Contract: the past is told as it was measured: merged, never bridged, never longer than 300 points. */
import { beforeEach, expect, test } from 'vitest'
import { COARSE_BUCKETS, LatencyHistogram } from '../metrics/latency-histogram.ts'
import {
  MAX_SERIES_POINTS,
  SERIES_RANGES,
  seriesSchema,
  type Series,
  type SeriesQuery
} from '../model/series.ts'
import { percentilesOf } from './coarse-percentiles.ts'
import { MAX_BACKENDS_KEPT, MAX_POOLS_KEPT, TrafficHistory } from './traffic-history.ts'
import { Field, FIELDS } from './traffic-meter.ts'
import type { Measured } from './traffic-ring.ts'

const START_MS = 1_767_225_600_125
const FLEET = new Map([['api', new Set(['a', 'b'])]])

let history: TrafficHistory
let nowMs: number

beforeEach(() => {
  history = new TrafficHistory()
  nowMs = START_MS
})

function measured(ok: number, totalMs = 10, inFlight = 0): Measured {
  const delta = new Float64Array(FIELDS)
  delta[Field.REQUESTS] = delta[Field.OK] = ok
  const histogram = new LatencyHistogram()
  for (let n = 0; n < ok; n++) histogram.record(totalMs)
  const latency = new Float64Array(COARSE_BUCKETS)
  histogram.coarsenInto(latency)
  return { delta, latency: ok > 0 ? latency : null, inFlight, queued: 0 }
}

/** So many ticks, each with so many exchanges. */
function tick(ticks: number, of: Measured): void {
  for (let n = 0; n < ticks; n++) {
    nowMs += 250
    history.advance(nowMs, 250)
    history.addTotal(of)
    if (FLEET.has('api')) history.addPool('api', of, of.delta[Field.OK]! > 0)
  }
}

function series(query: Partial<SeriesQuery> = {}): Series {
  const whole: SeriesQuery = { scope: { kind: 'total' }, range: '1m', endMs: null, ...query }
  return history.series(whole, nowMs, FLEET)
}

function measuredPoints(column: readonly (number | null)[]): number[] {
  return column.filter((value) => value !== null)
}

test('live points are rates per second of their own quarter', () => {
  tick(4, measured(10))
  tick(4, measured(20))
  const { ok2xx, atMs, stepMs } = series()
  expect(stepMs).toBe(250)
  expect(measuredPoints(ok2xx)).toEqual([40, 40, 40, 40, 80, 80, 80, 80])
  expect(atMs.every((at, n) => n === 0 || at > atMs[n - 1]!)).toBe(true)
  expect(atMs.at(-1)).toBe(nowMs)
})

test.each(SERIES_RANGES)(
  'the range %s never has more than 300 points of equal columns',
  (range) => {
    tick(40, measured(1))
    const answer = series({ range })
    expect(answer.atMs.length).toBeLessThanOrEqual(MAX_SERIES_POINTS)
    const { stepMs: _, ...columns } = answer
    expect(new Set(Object.values(columns).map(({ length }) => length)).size).toBe(1)
    expect(seriesSchema.safeParse(answer).success).toBe(true)
  }
)

test('percentiles of a longer range come from merged histograms, not from other percentiles', () => {
  const [fast, slow] = [measured(90, 10), measured(10, 1000)]
  tick(1, fast)
  tick(1, slow)
  const all = new Float64Array(COARSE_BUCKETS)
  for (const one of [fast, slow]) one.latency!.forEach((count, n) => (all[n]! += count))
  const truth = percentilesOf(all)
  const point = measuredPoints(series({ range: '24h' }).p50Ms)
  expect(point).toEqual([truth.p50Ms])
  expect(measuredPoints(series({ range: '24h' }).p99Ms)).toEqual([truth.p99Ms])
})

test('a point that has only begun is told by the time that was measured in it', () => {
  tick(4, measured(10))
  expect(measuredPoints(series({ range: '24h' }).ok2xx)).toEqual([40])
})

test('the highest number in flight of a span is the one that is kept', () => {
  tick(1, measured(1, 10, 3))
  tick(1, measured(1, 10, 9))
  tick(1, measured(1, 10, 2))
  expect(measuredPoints(series({ range: '24h' }).inFlight)).toEqual([9])
})

test('a time without ticks is a gap, and one late tick is none', () => {
  tick(4, measured(10))
  nowMs += 5000
  tick(4, measured(10))
  const { ok2xx } = series()
  const [first, last] = [ok2xx.findIndex((value) => value !== null), ok2xx.length]
  expect(ok2xx.slice(first, last).filter((value) => value === null)).toHaveLength(20)
  nowMs += 500
  tick(1, measured(30))
  const after = series().ok2xx
  expect(after.slice(-2).every((value) => value !== null)).toBe(true)
})

test('a look back ends where it is asked to, and beyond the memory is all gap', () => {
  tick(40, measured(10))
  const endMs = nowMs - 5000
  const { atMs, ok2xx } = series({ endMs })
  expect(atMs.at(-1)! - endMs).toBeLessThanOrEqual(250)
  expect(ok2xx.at(-1)).toBe(40)
  expect(measuredPoints(series({ endMs: nowMs - 3_600_000 }).ok2xx)).toEqual([])
})

test('a ring that comes round holds nothing of the round before', () => {
  tick(240, measured(10))
  tick(240, measured(0))
  expect(new Set(series().ok2xx)).toEqual(new Set([0]))
  expect(measuredPoints(series().p50Ms)).toEqual([])
})

test('a wall clock that is set back writes over what it finds', () => {
  tick(8, measured(10))
  nowMs -= 60_000
  tick(2, measured(1))
  expect(measuredPoints(series().ok2xx)).toEqual([4, 4])
})

test('a pool without traffic is told as zeros and takes no memory', () => {
  tick(4, measured(0))
  const { ok2xx, p50Ms } = series({ scope: { kind: 'pool', pool: 'api' } })
  expect(measuredPoints(ok2xx)).toEqual([0, 0, 0, 0])
  expect(measuredPoints(p50Ms)).toEqual([])
})

test('a pool beyond the limit has gaps instead of wrong zeros, until another makes room', () => {
  nowMs += 250
  history.advance(nowMs, 250)
  const names = Array.from({ length: MAX_POOLS_KEPT }, (_, n) => `pool${n}`)
  for (const name of names) history.addPool(name, measured(1), true)
  history.addPool('late', measured(1), true)
  const fleet = new Map([...names, 'late'].map((name) => [name, new Set<string>()]))
  const scope = { kind: 'pool', pool: 'late' } as const
  const query: SeriesQuery = { scope, range: '1m', endMs: null }
  expect(measuredPoints(history.series(query, nowMs, fleet).ok2xx)).toEqual([])
  fleet.delete('pool7')
  history.retain(fleet)
  history.addPool('late', measured(1), true)
  expect(measuredPoints(history.series(query, nowMs, fleet).ok2xx)).toEqual([4])
})

test('a pool that the configuration no longer has is remembered, and stands still', () => {
  tick(4, measured(10))
  history.retain(new Map())
  for (let n = 0; n < 240; n++) history.advance((nowMs += 250), 250)
  const scope = { kind: 'pool', pool: 'api' } as const
  const live = history.series({ scope, range: '1m', endMs: null }, nowMs, new Map())
  expect(new Set(live.ok2xx)).toEqual(new Set([0]))
  const hour = history.series({ scope, range: '1h', endMs: null }, nowMs, new Map())
  expect(Math.max(...measuredPoints(hour.ok2xx))).toBeGreaterThan(0)
})

test('a backend is remembered for a minute, whatever range is asked for', () => {
  history.advance((nowMs += 250), 250)
  const latency = { p50Ms: 5, p95Ms: 6, p99Ms: 7.1 }
  history.openBackend('api', 'a')!.add(measured(10).delta, latency, 3)
  const scope = { kind: 'backend', pool: 'api', backend: 'a' } as const
  const { stepMs, ok2xx, p99Ms, inFlight } = series({ scope, range: '24h' })
  expect([stepMs, ok2xx.at(-1), p99Ms.at(-1), inFlight.at(-1)]).toEqual([250, 40, 7.1, 3])
  expect(measuredPoints(series({ scope: { ...scope, backend: 'b' } }).ok2xx)).toEqual([0])
})

test('so many backends are remembered and no more, and one that is gone makes room', () => {
  for (let n = 0; n < MAX_BACKENDS_KEPT; n++) history.openBackend('big', `b${n}`)
  expect(history.openBackend('big', 'one more')).toBeNull()
  history.retain(new Map([['big', new Set(['b1', 'b2'])]]))
  expect(history.openBackend('big', 'one more')).not.toBeNull()
})

test('what nobody knows is refused by its name', () => {
  const unknown = { kind: 'pool', pool: 'none' } as const
  expect(() => series({ scope: unknown })).toThrow('There is no pool named none.')
  const backend = { kind: 'backend', pool: 'api', backend: 'c' } as const
  expect(() => series({ scope: backend })).toThrow('Pool api has no backend c.')
})
