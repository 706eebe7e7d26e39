/** Contract: warnings come for what is probably not meant, and for nothing else. */
import { expect, test } from 'vitest'
import { settingsOf, summary, warningsOf } from './fixtures/load.ts'

const ROUTE = 'routes: [{ pool: api }]\n'

function warnings(pool: string, rest = ''): readonly string[] {
  return summary(warningsOf(`${ROUTE}pools: [{ name: api, ${pool} }]\n${rest}`))
}

const TWO = 'backends: [{ address: "a:80" }, { address: "b:80" }]'

test('an ordinary pool draws no warning', () => {
  expect(warnings(`health_check: { path: /health }, ${TWO}`)).toEqual([])
})

test('a pool with the algorithm failover and one level cannot fail over', () => {
  expect(warnings(`algorithm: failover, ${TWO}`)).toEqual(['SINGLE_LEVEL pools[0]'])
})

test('a pool with backups only has no primary, whatever its algorithm', () => {
  expect(
    warnings('backends: [{ address: "a:80", failover: true }, { address: "b:80", failover: true }]')
  ).toEqual(['FAILOVER_WITHOUT_EFFECT pools[0]'])
})

test('a single backend with a health check has nobody to take over; without one it is fine', () => {
  expect(warnings('health_check: {}, backends: [{ address: "a:80" }]')).toEqual([
    'LONE_BACKEND pools[0]'
  ])
  expect(warnings('backends: [{ address: "a:80" }]')).toEqual([])
})

test('a single backend whose requests wait for it is fine with a health check', () => {
  const alone = 'health_check: {}, backends: [{ address: "a:80" }]'
  expect(warnings(`buffer: { mode: hold }, ${alone}`)).toEqual([])
  const stored =
    'routes: [{ name: r, pool: api, buffer: { mode: store } }]\nbuffer: { directory: b }'
  expect(summary(warningsOf(`${stored}\npools: [{ name: api, ${alone} }]`))).toEqual([])
})

test('waiting for ever for a response is a warning', () => {
  expect(warnings(`timeouts: { response_head: 0 }, ${TWO}`)).toEqual([
    'NO_RESPONSE_TIMEOUT pools[0]'
  ])
})

test('levels that nobody probes are a warning that names the backends', () => {
  const text = `${ROUTE}pools: [{ name: api, health_check: false, backends: [{ address: "a:80" }, { address: "b:80", failover: true }] }]`
  const [warning] = warningsOf(text)
  expect(warning?.code).toBe('UNPROBED_LEVELS')
  expect(warning?.message).toContain('a:80, b:80')
})

test('an open admin API is a warning', () => {
  expect(warnings(TWO, 'admin: { auth: none }')).toEqual(['OPEN_ADMIN admin.auth'])
})

test('a pool without a route and a file without pools are warnings', () => {
  expect(summary(warningsOf(`pools: [{ name: api, ${TWO} }]`))).toEqual(['NO_ROUTE pools[0]'])
  expect(summary(warningsOf('version: 1'))).toEqual(['NO_POOLS'])
})

test('a lone list of backends is judged as its pool', () => {
  expect(summary(warningsOf('backends: [{ address: "a:80" }]'))).toEqual(['SINGLE_LEVEL backends'])
})

test.each([
  ['{ enabled: true, strategy: immediate, check_interval: 5s }', []],
  ['{ recovery_interval: 0s }', []],
  ['{ notification: { enabled: false } }', []],
  ['{ notification: { enabled: true } }', ['NO_CHANNEL failover.notification']],
  ['{ notification: { enabled: true, channels: [{ type: log }] } }', []]
])('failover: %s draws %j', (written, expected) => {
  expect(warnings(TWO, `failover: ${written}`)).toEqual(expected)
})

test('a secret in the file is a warning, a reference to one is not', () => {
  const channel = (url: string): string =>
    `failover: { notification: { enabled: false, channels: [{ type: webhook, url: ${url} }] } }`
  expect(warnings(TWO, channel('"https://hooks.example.test/x"'))).toEqual([
    'LITERAL_SECRET failover.notification.channels[0].url'
  ])
  expect(warnings(TWO, channel('{ env: HOOK }'))).toEqual([])
  expect(warnings(TWO, channel('{ file: hook.txt }'))).toEqual([])
})

test('secrets do not reach the settings', () => {
  const settings = settingsOf(
    'failover: { notification: { channels: [{ type: webhook, url: "https://hooks.example.test/hunter2" }] } }'
  )
  expect(JSON.stringify(settings)).not.toContain('hunter2')
})

test('a sticky cookie without a key is a warning', () => {
  expect(warnings(`sticky: { cookie: SRV }, ${TWO}`)).toEqual(['RANDOM_STICKY_KEY pools[0].sticky'])
  expect(warnings(`sticky: { cookie: SRV, key: { env: KEY } }, ${TWO}`)).toEqual([])
  expect(warnings(`sticky: { cookie: SRV, key: abc }, ${TWO}`)).toEqual([
    'LITERAL_SECRET pools[0].sticky.key'
  ])
})

test('slow start without anybody who could come back is a warning', () => {
  expect(warnings(`slow_start: 30s, ${TWO}`)).toEqual(['SLOW_START_UNUSED pools[0]'])
  expect(warnings(`slow_start: 30s, health_check: {}, ${TWO}`)).toEqual([])
})

test('a preferred region that nobody is in is a warning', () => {
  const east = 'backends: [{ address: "a:80", region: east }, { address: "b:80" }]'
  expect(warnings(`prefer_region: esat, ${east}`)).toEqual(['REGION_UNUSED pools[0].prefer_region'])
  expect(warnings(`prefer_region: east, ${east}`)).toEqual([])
  expect(warnings(east, 'region: west')).toEqual(['REGION_UNUSED region'])
  expect(warnings(east, 'region: east')).toEqual([])
})
