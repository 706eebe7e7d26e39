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
    'NOT_YET routes[0].buffer.mode',
    'UNKNOWN_KEY routes[0].buffer.key',
    'UNKNOWN_KEY routes[0].buffer.ttl',
    'NOT_YET buffer'
  ])
})

test('without these the example loads', () => {
  const document = parse(EXAMPLE) as Record<string, Record<string, unknown>[]>
  const { buffer: _buffer, ...rest } = document
  const drop = (entry: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(Object.entries(entry).filter(([key]) => !keys.includes(key)))
  const routes = rest['routes']?.map((route) => drop(route, ['buffer']))
  const settings = settingsOf(JSON.stringify({ ...rest, routes }))
  expect(settings.pools[0]?.backends[1]).toMatchObject({ region: 'us-west', level: 1 })
  expect(settings.pools[0]?.backends[0]?.healthCheck).toMatchObject({
    intervalMs: 2000,
    fastIntervalMs: 500,
    expectedStatus: [
      { from: 200, to: 200 },
      { from: 300, to: 399 }
    ]
  })
  expect(settings.pools[0]).toMatchObject({
    outlier: { consecutiveFailures: 5, baseEjectionMs: 10_000, maxEjected: 0.5 },
    circuitBreaker: { failureThreshold: 5, recoveryTimeoutMs: 60_000, halfOpenRequests: 1 },
    fallback: { kind: 'answer', status: 503, body: 'back soon' },
    retryBudget: { ratio: 0.2, minPerSecond: 10 }
  })
  expect(settings.routes[0]?.retry).toMatchObject({
    on: ['connect_failure', 'reset', 'timeout', 502, 503],
    attempts: 3,
    perTryTimeoutMs: 2000,
    backoff: { scaleMs: 25, growth: 2, minMs: 25, maxMs: 1000, jitter: 'full' }
  })
  expect(settings.routes[0]).toMatchObject({
    replacePrefix: '/v1',
    bodyLimitBytes: 100_000_000,
    rateLimits: [
      { name: '1m', requests: 100, perMs: 60_000, burst: 100, by: { kind: 'client_ip' } }
    ]
  })
  expect(settings.pools[0]?.hold).toMatchObject({
    ...{ timeoutMs: 30_000, maxRequests: 1000, maxBytes: 100_000_000 }
  })
  expect(settings.pools[0]?.sticky).toMatchObject({ cookie: 'SRV', key: null })
  expect(settings.pools[0]?.backends[0]?.slowStartMs).toBe(30_000)
})
