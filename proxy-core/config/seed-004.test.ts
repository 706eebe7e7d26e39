/** Contract: the four YAML blocks of seed 004 load as they stand, and mean what it says. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_OCCASIONS } from '../model/default-notification.ts'
import { notificationOf, settingsOf, summary, warningsOf } from './fixtures/load.ts'

function block(number: number): string {
  const name = `./fixtures/seed-004-block-${String(number)}.yaml.txt`
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}

test('block 1 loads as a primary and a backup with their own probes and a route', () => {
  const settings = settingsOf(block(1))
  expect(settings.listeners.map(({ address }) => address)).toEqual([
    { host: '127.0.0.1', port: 8080 }
  ])
  expect(settings.routes).toHaveLength(1)
  expect(settings.routes[0]).toMatchObject({
    host: { kind: 'exact', host: 'sua-aplicacao.com' },
    pathPrefix: '/',
    pool: 'app-principal-pool'
  })
  const [pool] = settings.pools
  expect(pool?.algorithm).toBe('failover')
  expect(pool?.backends.map(({ address, level, weight }) => [address, level, weight])).toEqual([
    ['servidor-principal:80', 0, 100],
    ['servidor-backup:80', 1, 100]
  ])
  expect(pool?.backends[0]?.healthCheck).toMatchObject({
    type: 'http',
    path: '/health',
    intervalMs: 5000,
    fastIntervalMs: 5000,
    timeoutMs: 2000,
    expectedStatus: [{ from: 200, to: 200 }],
    unhealthyThreshold: 2
  })
  expect(pool?.backends[1]?.healthCheck).toMatchObject({ unhealthyThreshold: 3 })
  expect(pool?.failover).toMatchObject({
    isEnabled: true,
    strategy: 'immediate',
    recoveryIntervalMs: 10_000,
    failbackRampMs: 10_000
  })
})

test('block 1 draws one warning for each thing that is not acted on, and one for its password', () => {
  const warnings = warningsOf(block(1))
  expect(summary(warnings)).toEqual([
    'LITERAL_SECRET failover.notification.channels[1].smtp_password'
  ])
  expect(warnings.map(({ line, column }) => [line, column])).toEqual([[46, 24]])
})

test('block 1 tells its failovers in the log and by mail, encrypted, from the user that logs in', () => {
  const { channels } = notificationOf(block(1))
  expect(channels).toEqual([
    {
      ...{ type: 'log', name: 'log', level: 'warning', on: DEFAULT_OCCASIONS },
      ...{ minIntervalMs: 0, rateLimit: null, timeoutMs: 10_000 }
    },
    {
      ...{ type: 'email', name: 'email', on: DEFAULT_OCCASIONS },
      ...{ minIntervalMs: 60_000, rateLimit: { messages: 10, perMs: 600_000 }, timeoutMs: 10_000 },
      ...{ server: 'smtp.example.com', port: 587, tls: 'starttls', caFile: null },
      ...{ user: 'user@example.com', password: 'password', from: null },
      ...{ recipients: ['admin@example.com'], subject: '[Switchyard] {title}' }
    }
  ])
})

test('block 2 loads as two routed pools that have no backends and say so', () => {
  const settings = settingsOf(block(2))
  expect(settings.pools.map(({ name, backends }) => [name, backends.length])).toEqual([
    ['app1-pool', 0],
    ['app2-pool', 0]
  ])
  expect(settings.routes.map(({ pool }) => pool)).toEqual(['app1-pool', 'app2-pool'])
  expect(summary(warningsOf(block(2)))).toEqual(['NO_BACKENDS pools[0]', 'NO_BACKENDS pools[1]'])
})

test('block 3, a lone list of backends, is pool `default` with three levels and a route for everything', () => {
  const settings = settingsOf(block(3))
  expect(settings.pools.map(({ name, algorithm }) => [name, algorithm])).toEqual([
    ['default', 'failover']
  ])
  expect(settings.pools[0]?.backends.map(({ address, level }) => [address, level])).toEqual([
    ['primary-server:80', 0],
    ['secondary-server:80', 1],
    ['tertiary-server:80', 2]
  ])
  expect(settings.routes).toHaveLength(1)
  expect(settings.routes[0]).toMatchObject({
    host: { kind: 'any' },
    pathPrefix: '/',
    methods: [],
    pool: 'default'
  })
  expect(warningsOf(block(3))).toEqual([])
})

test('block 4 loads with regions, `failover: true` is level 1, and the pool without a route is a warning', () => {
  const settings = settingsOf(block(4))
  const backends = settings.pools[0]?.backends.map(({ region, level }) => [region, level])
  expect(backends).toEqual([
    ['us-east', 0],
    ['us-west', 1],
    ['eu-west', 1]
  ])
  expect(settings.routes).toEqual([])
  expect(summary(warningsOf(block(4)))).toEqual(['NO_ROUTE pools[0]'])
})

test.each([3, 4])(
  'block %d has no health check and gets a TCP probe every five seconds',
  (number) => {
    const checks = settingsOf(block(number)).pools[0]?.backends.map(
      ({ healthCheck }) => healthCheck
    )
    expect(checks).toHaveLength(3)
    for (const check of checks ?? []) expect(check).toMatchObject({ type: 'tcp', intervalMs: 5000 })
  }
)

test('a `failover.check_interval` beside block 4 sets the interval of those probes', () => {
  const settings = settingsOf(`${block(4)}\nfailover: { check_interval: 7s }\n`)
  expect(settings.pools[0]?.backends[0]?.healthCheck).toMatchObject({
    type: 'tcp',
    intervalMs: 7000,
    fastIntervalMs: 7000,
    downIntervalMs: 7000
  })
})

test('`global.bind_address` beside block 4 is the address of the only listener', () => {
  const settings = settingsOf(`${block(4)}\nglobal: { bind_address: "0.0.0.0:80" }\n`)
  expect(settings.listeners.map(({ address }) => address)).toEqual([{ host: '0.0.0.0', port: 80 }])
})
