/** Contract: a gap stays a gap; the numbers beside a curve are of what was measured. */
import { describe, expect, test } from 'vitest'
import type { Series } from '../../../proxy-core/model/series.ts'
import { levelsOf } from './pool-levels.ts'
import { errorRate, figuresOf, requestRate } from './series-figures.ts'
import { aBackend, aPool } from '../../testing/live-payloads.ts'
import { DOWN } from './testing/live-pools.ts'

const series: Series = {
  stepMs: 1000,
  atMs: [1, 2, 3],
  ok2xx: [8, null, 10],
  redirect3xx: [1, null, 0],
  client4xx: [1, null, 0],
  server5xx: [2, null, 0],
  failures: [1, null, null],
  p50Ms: [1, null, 2],
  p95Ms: [9, null, null],
  p99Ms: [9, null, null],
  inFlight: [1, null, 2],
  queued: [0, null, 0]
}

describe('the figures', () => {
  test('sum all requests, and leave a gap where nothing was measured', () => {
    expect(requestRate(series)).toEqual([13, null, 10])
    expect(errorRate(series)).toEqual([3, null, 0])
  })

  test('name the newest and the highest measured value', () => {
    expect(figuresOf(requestRate(series))).toEqual({
      values: [13, Number.NaN, 10],
      newest: 10,
      highest: 13
    })
    expect(figuresOf(series.p95Ms)).toMatchObject({ newest: 9, highest: 9 })
    expect(figuresOf([null])).toMatchObject({ newest: null, highest: null })
  })
})

describe('the levels', () => {
  test('say which one serves, which stands by and which is lost', () => {
    const backends = [
      aBackend('a:80', DOWN),
      aBackend('b:80', { level: 2 }),
      aBackend('c:80', { level: 1 })
    ]
    const pool = { ...aPool('api', backends), activeLevel: 1 }
    expect(levelsOf(pool).map(({ title, sentence }) => `${title}: ${sentence}`)).toEqual([
      'Level 0 · primary: Lost: 0 of 1 backend eligible.',
      'Level 1 · backup: Serves: 1 of 1 backend eligible.',
      'Level 2 · backup: Stands by: 1 of 1 backend eligible.'
    ])
  })
})
