/**
 * Contract: every key of the design's example is known. What is not built yet is refused
 * by name, and the rest of the example loads.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { problemsOf, settingsOf, summary } from './fixtures/load.ts'

const EXAMPLE = readFileSync(new URL('./fixtures/design-example.yaml.txt', import.meta.url), 'utf8')

test('what the example says beyond this version is refused as not built yet, and nothing else', () => {
  expect(summary(problemsOf(EXAMPLE))).toEqual([
    'NOT_YET routes[0].buffer',
    'NOT_YET pools[0].sticky',
    'NOT_YET pools[0].outlier',
    'NOT_YET pools[0].circuit_breaker',
    'NOT_YET pools[0].retry',
    'NOT_YET pools[0].fallback',
    'NOT_YET pools[0].slow_start',
    'NOT_YET pools[0].buffer',
    'NOT_YET pools[0].failover',
    'NOT_YET buffer',
    'NOT_YET defaults.retry'
  ])
})

test('without these the example loads', () => {
  const document = parse(EXAMPLE) as Record<string, Record<string, unknown>[]>
  const { buffer: _buffer, defaults: _defaults, ...rest } = document
  const drop = (entry: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(Object.entries(entry).filter(([key]) => !keys.includes(key)))
  const routes = rest['routes']?.map((route) => drop(route, ['buffer']))
  const later = ['sticky', 'outlier', 'circuit_breaker', 'retry', 'fallback', 'slow_start']
  const pools = rest['pools']?.map((pool) => drop(pool, [...later, 'buffer', 'failover']))
  const defaults = { timeouts: {}, health_check: {} }
  const settings = settingsOf(JSON.stringify({ ...rest, routes, pools, defaults }))
  expect(settings.pools[0]?.backends[1]).toMatchObject({ region: 'us-west', level: 1 })
  expect(settings.pools[0]?.backends[0]?.healthCheck).toMatchObject({
    intervalMs: 2000,
    fastIntervalMs: 500,
    expectedStatus: [
      { from: 200, to: 200 },
      { from: 300, to: 399 }
    ]
  })
  expect(settings.routes[0]).toMatchObject({
    replacePrefix: '/v1',
    bodyLimitBytes: 100_000_000,
    rateLimits: [
      { name: '1m', requests: 100, perMs: 60_000, burst: 100, by: { kind: 'client_ip' } }
    ]
  })
})
