/**
 * Contract: a chart shows what the engine's rings hold and, before that, what the history kept; a
 * gap within the engine's life stays a gap.
 */
import { expect, test } from 'vitest'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Series, SeriesQuery } from '../../../proxy-core/model/series.ts'
import { readSeries } from './series-desk.ts'

type Values = readonly (number | null)[]

function series(stepMs: number, atMs: readonly number[], values: Values): Series {
  const column = (): (number | null)[] => [...values]
  return {
    stepMs,
    atMs: [...atMs],
    ok2xx: column(),
    redirect3xx: column(),
    client4xx: column(),
    server5xx: column(),
    failures: column(),
    p50Ms: column(),
    p95Ms: column(),
    p99Ms: column(),
    inFlight: column(),
    queued: column()
  }
}

const GRID = [30_000, 60_000, 90_000, 120_000, 150_000, 180_000]
const MINUTES = series(60_000, [60_000, 120_000, 180_000], [1, 2, 3])
const NOTHING = series(60_000, [60_000, 120_000, 180_000], [null, null, null])

const HOUR: SeriesQuery = { scope: { kind: 'total' }, range: '1h', endMs: null }

function read(
  query: SeriesQuery,
  rings: Series | Error,
  kept: Series | Error = MINUTES
): Promise<Series> {
  return readSeries(
    query,
    {
      ask: () =>
        rings instanceof Error
          ? Promise.reject(rings)
          : Promise.resolve({ name: 'series', series: rings })
    },
    { read: () => (kept instanceof Error ? Promise.reject(kept) : Promise.resolve(kept)) }
  )
}

const dead = new SwitchyardError('ENGINE_DIED', 'gone')
const unusable = new SwitchyardError('HISTORY_UNUSABLE', 'gone')

test('rings that reach far enough are the answer', async () => {
  const rings = series(30_000, GRID, [9, 9, 9, 9, 9, 9])
  expect(await read(HOUR, rings)).toEqual(rings)
})

test('the time before the engine comes from the history, point by point', async () => {
  const rings = series(30_000, GRID, [null, null, null, 9, null, 9])
  expect((await read(HOUR, rings)).p99Ms).toEqual([1, 1, 2, 9, null, 9])
})

test('a short range is not filled with whole minutes', async () => {
  const rings = series(250, GRID, [null, null, 9, 9, 9, 9])
  expect(await read({ ...HOUR, range: '1m' }, rings)).toEqual(rings)
})

test('single backends have no history', async () => {
  const rings = series(30_000, GRID, [null, 9, 9, 9, 9, 9])
  const scope = { kind: 'backend', pool: 'api', backend: 'a' } as const
  expect(await read({ ...HOUR, scope }, rings)).toEqual(rings)
})

test('rings that hold nothing of that time give way to the history', async () => {
  const rings = series(30_000, GRID, [null, null, null, null, null, null])
  expect(await read(HOUR, rings)).toEqual(MINUTES)
  expect(await read(HOUR, rings, NOTHING)).toEqual(rings)
})

test('without an engine the history answers alone', async () => {
  expect(await read(HOUR, dead)).toEqual(MINUTES)
})

test('a history that cannot be read leaves what the engine has', async () => {
  const rings = series(30_000, GRID, [null, 9, 9, 9, 9, 9])
  expect(await read(HOUR, rings, unusable)).toEqual(rings)
  await expect(read(HOUR, dead, unusable)).rejects.toMatchObject({ code: 'ENGINE_DIED' })
})

test('what else goes wrong in the engine is told', async () => {
  const unknown = new SwitchyardError('POOL_UNKNOWN', 'no such pool')
  await expect(read(HOUR, unknown)).rejects.toMatchObject({ code: 'POOL_UNKNOWN' })
})
