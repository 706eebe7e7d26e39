/** Contract: who holds requests, with which limits, and who does not. */
import { expect, test } from 'vitest'
import type { HoldSettings, RouteHoldSettings } from '../model/buffer-settings.ts'
import { DEFAULT_HOLD } from '../model/default-buffer.ts'
import { problemsOf, settingsOf, summary } from './fixtures/load.ts'

interface Held {
  readonly pool: HoldSettings | null
  readonly route: RouteHoldSettings | null
}

function held(pool: string, route: string): Held {
  const { pools, routes } = settingsOf(
    `routes: [{ pool: api${route} }]\npools: [{ name: api, backends: [{ address: "10.0.0.1:80" }]${pool} }]`
  )
  return { pool: pools[0]!.hold, route: routes[0]!.hold }
}

const { timeoutMs, bodyLimitBytes } = DEFAULT_HOLD

test('nobody holds requests unless it is written', () => {
  expect(held('', '')).toEqual({ pool: null, route: null })
})

test('a pool that holds does so for its routes, by the defaults', () => {
  expect(held(', buffer: { mode: hold }', '')).toEqual({
    pool: DEFAULT_HOLD,
    route: { timeoutMs, bodyLimitBytes }
  })
})

test('a route overrides its pool key by key', () => {
  const pool = ', buffer: { mode: hold, timeout: 5s, max_requests: 7, max_bytes: 2MB, memory: 1KB }'
  expect(held(pool, ', buffer: { mode: hold, body_limit: 3KB }')).toEqual({
    pool: {
      ...{ timeoutMs: 5000, maxRequests: 7, maxBytes: 2_000_000, memoryBytes: 1000 },
      bodyLimitBytes
    },
    route: { timeoutMs: 5000, bodyLimitBytes: 3000 }
  })
})

test('a route alone holds in a line of the default length', () => {
  expect(held('', ', buffer: { mode: hold, timeout: 1m }')).toEqual({
    pool: DEFAULT_HOLD,
    route: { timeoutMs: 60_000, bodyLimitBytes }
  })
})

test('a route can keep out of what its pool does', () => {
  expect(held(', buffer: { mode: hold }', ', buffer: { mode: none }')).toMatchObject({
    route: null
  })
})

test.each([
  ['{}', 'MISSING pools[0].buffer'],
  ['{ mode: hold, timeout: 0 }', 'OUT_OF_RANGE pools[0].buffer.timeout'],
  ['{ mode: hold, max_requests: 0 }', 'OUT_OF_RANGE pools[0].buffer.max_requests'],
  ['{ mode: hold, max_size: 1GB }', 'UNKNOWN_KEY pools[0].buffer.max_size']
])('%s is refused', (buffer, problem) => {
  const yaml = `pools: [{ name: api, backends: [], buffer: ${buffer} }]`
  expect(summary(problemsOf(yaml))).toContain(problem)
})
