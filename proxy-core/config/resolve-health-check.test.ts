/** Contract: which probes a backend gets, from what is written where. */
import { expect, test } from 'vitest'
import { DEFAULT_HEALTH_CHECK } from '../model/default-settings.ts'
import { checkOf, settingsOf } from './fixtures/load.ts'

test('a pool without levels and without a health check has no probes', () => {
  expect(checkOf('pools: [{ name: api, backends: [{ address: "a:80" }] }]')).toBeNull()
})

test('an empty health check is the default one', () => {
  const check = checkOf('pools: [{ name: api, health_check: {}, backends: [{ address: "a:80" }] }]')
  expect(check).toEqual(DEFAULT_HEALTH_CHECK)
})

test("seed 003's `inter 3s fall 3 rise 2` is expressible, and the interval holds in every state", () => {
  const check = checkOf(`
pools:
  - name: gateway
    health_check:
      { path: /health, interval: 3s, unhealthy_threshold: 3, healthy_threshold: 2, timeout: 3s, jitter: 0 }
    backends: [{ address: "gateway-1:8083" }, { address: "gateway-2:8083" }]
`)
  expect(check).toMatchObject({
    intervalMs: 3000,
    fastIntervalMs: 3000,
    downIntervalMs: 3000,
    timeoutMs: 3000,
    jitter: 0,
    unhealthyThreshold: 3,
    healthyThreshold: 2
  })
})

test('a written interval leaves written fast and down intervals alone', () => {
  const check = checkOf(`
pools:
  - name: api
    health_check: { interval: 3s, fast_interval: 500ms, down_interval: 10s }
    backends: [{ address: "a:80" }]
`)
  expect(check).toMatchObject({ intervalMs: 3000, fastIntervalMs: 500, downIntervalMs: 10_000 })
})

test('backend overrides pool overrides defaults overrides `check_interval`, key by key', () => {
  const [first, second] =
    settingsOf(`
failover: { check_interval: 9s }
defaults: { health_check: { path: /defaults, timeout: 300ms, host: d.test } }
pools:
  - name: api
    health_check: { path: /pool, timeout: 400ms }
    backends:
      - { address: "a:80", health_check: { path: /backend } }
      - { address: "b:80" }
`).pools[0]?.backends ?? []
  expect(first?.healthCheck).toMatchObject({
    path: '/backend',
    timeoutMs: 400,
    host: 'd.test',
    intervalMs: 9000,
    fastIntervalMs: 9000
  })
  expect(second?.healthCheck).toMatchObject({ path: '/pool', timeoutMs: 400, host: 'd.test' })
})

test('`defaults.health_check` switches probes on for every pool that does not refuse them', () => {
  const { pools } = settingsOf(`
defaults: { health_check: { path: /up } }
pools:
  - { name: probed, backends: [{ address: "a:80" }] }
  - { name: plain, health_check: false, backends: [{ address: "a:80" }] }
  - name: mixed
    health_check: false
    backends: [{ address: "a:80" }, { address: "b:80", health_check: {} }]
`)
  const paths = pools.map((each) =>
    each.backends.map(({ healthCheck }) => healthCheck?.path ?? null)
  )
  expect(paths).toEqual([['/up'], [null], [null, '/up']])
})

test('a pool with levels probes exactly the backends that refuse no probes', () => {
  const { pools } = settingsOf(`
pools:
  - name: api
    backends:
      - { address: "a:80" }
      - { address: "b:80", failover: true, health_check: { path: /up } }
      - { address: "c:80", failover_level: 2, health_check: false }
`)
  const types = pools[0]?.backends.map(({ healthCheck }) => healthCheck?.type ?? null)
  expect(types).toEqual(['tcp', 'http', null])
})

test('the TCP probe of a level speeds up while the state changes, unless an interval is written', () => {
  const text =
    'pools: [{ name: api, backends: [{ address: "a:80" }, { address: "b:80", failover: true }] }]'
  expect(checkOf(text)).toMatchObject({
    intervalMs: 5000,
    fastIntervalMs: DEFAULT_HEALTH_CHECK.fastIntervalMs,
    downIntervalMs: DEFAULT_HEALTH_CHECK.downIntervalMs
  })
  expect(checkOf(`${text}\nfailover: { check_interval: 5s }`)).toMatchObject({
    intervalMs: 5000,
    fastIntervalMs: 5000,
    downIntervalMs: 5000
  })
})

test.each([
  ['', { caFile: '/etc/switchyard/pool.pem' }],
  ['tls: true', { caFile: '/etc/switchyard/pool.pem' }],
  ['tls: { ca: probe.pem }', { caFile: '/etc/switchyard/probe.pem' }]
])('with %j probes of a TLS pool speak TLS as that says', (written, expected) => {
  const check = checkOf(
    `pools: [{ name: api, tls: { ca: pool.pem }, health_check: { ${written} }, backends: [{ address: "a:80" }] }]`
  )
  expect(check?.tls).toMatchObject({ ...expected, verify: true })
})

test('probes can leave TLS out or use it alone', () => {
  const secure = 'tls: {}, health_check: { tls: false }'
  const plain = 'health_check: { tls: true }'
  expect(
    checkOf(`pools: [{ name: a, ${secure}, backends: [{ address: "a:80" }] }]`)?.tls
  ).toBeNull()
  expect(checkOf(`pools: [{ name: a, ${plain}, backends: [{ address: "a:80" }] }]`)?.tls).toEqual({
    caFile: null,
    serverName: null,
    certificate: null,
    verify: true
  })
})

test.each([
  ['200', [{ from: 200, to: 200 }]],
  ['"200-399"', [{ from: 200, to: 399 }]],
  [
    '[200, "300-399", "404"]',
    [
      { from: 200, to: 200 },
      { from: 300, to: 399 },
      { from: 404, to: 404 }
    ]
  ]
])('expected_status %s is read', (written, ranges) => {
  const check = checkOf(
    `pools: [{ name: a, health_check: { expected_status: ${written} }, backends: [{ address: "a:80" }] }]`
  )
  expect(check?.expectedStatus).toEqual(ranges)
})
