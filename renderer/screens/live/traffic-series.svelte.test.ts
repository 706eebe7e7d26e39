/**
 * The history behind the charts: read for a range, grown by live numbers, read again in time, and
 * quiet while nobody looks.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { seriesColumns, type Series, type SeriesQuery } from '../../../proxy-core/model/series.ts'
import { readTrafficRow } from '../../../proxy-core/model/traffic-row.ts'
import { aRow } from '../../testing/live-payloads.ts'
import { ManualPage } from '../../testing/manual-page.ts'
import { TrafficSeries } from './traffic-series.svelte.ts'

const RATES = readTrafficRow(aRow({ ok2xx: 50 }))

let page: ManualPage
let queries: { readonly query: SeriesQuery; readonly signal: AbortSignal }[]
let answer: (query: SeriesQuery) => Promise<Series>
let isAtRest: boolean
let series: TrafficSeries
let end: () => void

function aSeries(lastMs: number): Series {
  const atMs = [lastMs - 1000, lastMs]
  const column = [1, 2]
  return {
    stepMs: 1000,
    atMs,
    ...seriesColumns(() => column)
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  page = new ManualPage()
  queries = []
  isAtRest = false
  answer = () => Promise.resolve(aSeries(page.nowMs))
  end = () => {}
  series = new TrafficSeries({
    read: (query, signal) => {
      queries.push({ query, signal })
      return answer(query)
    },
    after: (delayMs, run) => page.after(delayMs, run),
    isAtRest: () => isAtRest
  })
})

afterEach(() => {
  end()
  expect(page.timerCount).toBe(0)
})

test('a range is read, grows by the live numbers, and is read again', async () => {
  end = series.follow('5m', null)
  await settled()
  expect(queries[0]!.query).toEqual({ scope: { kind: 'total' }, range: '5m', endMs: null })
  series.take(RATES, page.nowMs + 500)
  expect(series.view.ok2xx).toEqual([1, 2, 50])
  page.advance(10_000)
  await settled()
  expect(queries).toHaveLength(2)
  expect(series.view.ok2xx).toEqual([1, 2])
})

test('a moment of the past is read once and does not grow', async () => {
  end = series.follow('15m', page.nowMs - 60_000)
  await settled()
  series.take(RATES, page.nowMs)
  expect(series.view.ok2xx).toEqual([1, 2])
  expect(page.timerCount).toBe(0)
})

test('another range cancels the reading before, whose answer no longer counts', async () => {
  let late: (series: Series) => void = () => {}
  answer = () => new Promise((resolve) => (late = resolve))
  const endFirst = series.follow('1m', null)
  endFirst()
  answer = () => Promise.resolve(aSeries(page.nowMs))
  end = series.follow('1h', null)
  await settled()
  late(aSeries(1))
  await settled()
  expect(queries[0]!.signal.aborted).toBe(true)
  expect(series.newestMs).toBe(page.nowMs)
})

test('a reading that failed is told and tried again, and what was read before stays', async () => {
  end = series.follow('5m', null)
  await settled()
  answer = () => Promise.reject(new Error('The engine does not answer.'))
  page.advance(10_000)
  await settled()
  expect(series.problem).toMatchObject({ why: 'The engine does not answer.' })
  expect(series.isEmpty).toBe(false)
  answer = () => Promise.resolve(aSeries(page.nowMs))
  page.advance(2000)
  await settled()
  expect(series.problem).toBeNull()
})

test('nothing is read while the view is paused or hidden', async () => {
  end = series.follow('5m', null)
  await settled()
  isAtRest = true
  page.advance(60_000)
  await settled()
  expect(queries).toHaveLength(1)
  isAtRest = false
  page.advance(2000)
  await settled()
  expect(queries).toHaveLength(2)
})

test('numbers that are shown again are not measured again', async () => {
  end = series.follow('1m', null)
  await settled()
  series.take(RATES, page.nowMs + 500)
  series.take(RATES, page.nowMs + 2000)
  expect(series.view.ok2xx).toEqual([1, 2, 50])
})

test('silence that only the page had is filled from the rings at once', async () => {
  end = series.follow('5m', null)
  await settled()
  page.advance(5000)
  series.take(RATES, page.nowMs)
  expect(series.view.ok2xx).toEqual([1, 2, null, 50])
  page.advance(0)
  await settled()
  expect(queries).toHaveLength(2)
  expect(series.view.ok2xx).toEqual([1, 2])
})
