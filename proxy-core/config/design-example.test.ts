/** Contract: every key of the design's example is known and has its meaning. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settingsOf } from './fixtures/load.ts'

const EXAMPLE = readFileSync(new URL('./fixtures/design-example.yaml.txt', import.meta.url), 'utf8')

test('the example loads as it stands', () => {
  const settings = settingsOf(EXAMPLE)
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
  expect(settings.routes[0]?.store).toMatchObject({
    key: { kind: 'header', name: 'x-case-id' },
    ttlMs: 86_400_000
  })
  expect(settings.pools[0]?.hold).toMatchObject({ timeoutMs: 30_000, maxRequests: 1000 })
  expect(settings.store).toMatchObject({
    directory: '/etc/switchyard/buffer',
    maxBytes: 1_000_000_000,
    fsyncIntervalMs: 5,
    whenFull: 'reject'
  })
})
