/** The growing end of a chart: no comb, silence is a gap, and the next reading replaces it. */
import { describe, expect, test } from 'vitest'
import { seriesColumns, type Series } from '../../../proxy-core/model/series.ts'
import { readTrafficRow } from '../../../proxy-core/model/traffic-row.ts'
import { aRow } from '../../testing/live-payloads.ts'
import { after, grown, joined, type TailPoint } from './series-tail.ts'

const at = (atMs: number, rps = 1): TailPoint => ({
  atMs,
  rates: readTrafficRow(aRow({ ok2xx: rps, p50Ms: -1 }))
})

function growAll(
  times: readonly number[],
  stepMs: number,
  lastReadMs: number
): readonly TailPoint[] {
  return times.reduce<readonly TailPoint[]>(
    (tail, atMs) => grown(tail, at(atMs), stepMs, lastReadMs),
    []
  )
}

function series(atMs: number[]): Series {
  const column = atMs.map((_, index) => index)
  return {
    stepMs: 1000,
    atMs,
    ...seriesColumns(() => column)
  }
}

describe('a tail', () => {
  test('keeps a point per step and moves its newest one until then', () => {
    expect(growAll([500, 1000, 1500, 2000, 2500], 1000, 0).map(({ atMs }) => atMs)).toEqual([
      1000, 2000, 2500
    ])
  })

  test('keeps every point of a range that is finer than the numbers', () => {
    expect(growAll([500, 1000, 1500], 250, 0).map(({ atMs }) => atMs)).toEqual([500, 1000, 1500])
  })

  test('shows silence as a gap and does not bridge it', () => {
    const tail = growAll([500, 9000], 250, 0)
    expect(tail.map(({ rates }) => rates === null)).toEqual([false, true, false])
    expect(joined(null, tail).ok2xx).toEqual([1, null, 1])
  })

  test('ignores numbers that the reading covers already', () => {
    expect(growAll([900, 1000], 250, 1000)).toEqual([])
  })

  test('stays bounded when no reading ever comes', () => {
    const times = Array.from({ length: 500 }, (_, index) => 500 * (index + 1))
    expect(growAll(times, 250, 0).length).toBeLessThanOrEqual(120)
  })
})

test('a reading takes over what it covers', () => {
  const tail = [at(1500), at(2000), at(2500)]
  expect(after(tail, series([1000, 2000])).map(({ atMs }) => atMs)).toEqual([2500])
})

test('both are one line for the chart, and a latency of nothing is a gap', () => {
  const view = joined(series([1000, 2000]), [at(2500, 7)])
  expect(view.atMs).toEqual([1000, 2000, 2500])
  expect(view.ok2xx).toEqual([0, 1, 7])
  expect(view.p50Ms).toEqual([0, 1, null])
})
