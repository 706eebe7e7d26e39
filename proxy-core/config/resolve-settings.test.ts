/** Contract: what is written arrives in its unit, and what is not has its documented default. */
import { expect, test } from 'vitest'
import { poolOf, settingsOf } from './fixtures/load.ts'

test('a pool with one backend and a route is all that a file needs', () => {
  const settings = settingsOf(`
routes: [{ pool: api }]
pools: [{ name: api, backends: [{ address: "API.internal:80" }] }]
`)
  expect(settings).toEqual({
    admin: {
      address: { host: '127.0.0.1', port: 9000 },
      auth: 'token',
      metrics: 'token',
      allowedHosts: [],
      tls: null
    },
    listeners: [
      {
        name: 'default',
        address: { host: '127.0.0.1', port: 8080 },
        tls: null,
        isHttp2Spoken: false,
        accessLog: null,
        maxConnections: 10_000,
        trustedProxies: [],
        forwarded: { xForwarded: true, xRealIp: true, forwarded: false, via: false },
        requestId: null,
        limits: { headBytes: 32_768, lineBytes: 16_384, fieldCount: 128 },
        timeouts: { requestHeadMs: 10_000, requestBodyMs: 30_000, keepAliveMs: 60_000 }
      }
    ],
    routes: [
      {
        name: 'routes[0]',
        listeners: [],
        host: { kind: 'any' },
        pathPrefix: '/',
        methods: [],
        headers: [],
        pool: 'api',
        replacePrefix: null,
        accessLog: true,
        bodyLimitBytes: 0,
        timeouts: { headMs: 0, idleMs: 60_000, totalMs: 0 },
        rateLimits: [],
        retry: null,
        hold: null,
        store: null
      }
    ],
    pools: [
      {
        name: 'api',
        algorithm: 'round_robin',
        hash: null,
        partition: null,
        backends: [
          {
            address: 'API.internal:80',
            host: 'api.internal',
            port: 80,
            weight: 100,
            region: null,
            level: 0,
            maxConnections: 0,
            slowStartMs: 0,
            healthCheck: null
          }
        ],
        timeouts: { connectMs: 1000, responseHeadMs: 30_000 },
        tls: null,
        connections: { maxAgeMs: 3_600_000, idleTimeoutMs: 60_000, maxIdle: 256 },
        maxConnections: 0,
        queue: { size: 1000, timeoutMs: 5000 },
        retryBudget: { ratio: 0.2, minPerSecond: 10 },
        outlier: null,
        circuitBreaker: null,
        fallback: null,
        adaptiveConcurrency: null,
        sticky: null,
        preferRegion: null,
        hold: null,
        failover: {
          isEnabled: true,
          mode: 'switch',
          strategy: 'immediate',
          holdsRequests: false,
          rampMs: 30_000,
          delayMs: 5000,
          recoveryIntervalMs: 10_000,
          failback: 'automatic',
          failbackRampMs: 10_000,
          minEligible: 1,
          within: 'all',
          panicThreshold: 1
        }
      }
    ],
    store: null,
    shutdownTimeoutMs: 25_000,
    drainTimeoutMs: 60_000,
    resolveIntervalMs: 5000
  })
})

test('a listener takes everything that can be written', () => {
  const [listener] = settingsOf(`
listeners:
  - name: secure
    address: "[::1]:8443"
    tls: { certificates: [{ cert: site.pem, key: /keys/site.key }], min_version: 1.3 }
    access_log: { format: json, file: logs/access.log }
    max_connections: 5
    trusted_proxies: [10.0.0.0/8, 127.0.0.1, "::1", "fd00::/8"]
    forwarded: { x_forwarded: false, x_real_ip: false, forwarded: true, via: true }
    request_id: { header: X-Correlation-Id }
    limits: { head: 64KiB, line: 8KiB, fields: 50 }
    timeouts: { request_head: 1s, request_body: 2s, keep_alive: 0 }
`).listeners
  expect(listener).toEqual({
    name: 'secure',
    address: { host: '::1', port: 8443 },
    tls: {
      certificates: [{ certFile: '/etc/switchyard/site.pem', keyFile: '/keys/site.key' }],
      minVersion: 'TLSv1.3'
    },
    isHttp2Spoken: true,
    accessLog: { format: 'json', file: '/etc/switchyard/logs/access.log' },
    maxConnections: 5,
    trustedProxies: ['10.0.0.0/8', '127.0.0.1/32', '::1/128', 'fd00::/8'],
    forwarded: { xForwarded: false, xRealIp: false, forwarded: true, via: true },
    requestId: { header: 'X-Correlation-Id' },
    limits: { headBytes: 65_536, lineBytes: 8192, fieldCount: 50 },
    timeouts: { requestHeadMs: 1000, requestBodyMs: 2000, keepAliveMs: 0 }
  })
})

test('`true` stands for the default access log and request id', () => {
  const [listener] = settingsOf(
    'listeners: [{ name: a, address: "127.0.0.1:0", access_log: true, request_id: true }]'
  ).listeners
  expect(listener?.accessLog).toEqual({ format: 'combined', file: null })
  expect(listener?.requestId).toEqual({ header: 'X-Request-Id' })
})

test('a route takes everything that can be written', () => {
  const [route] = settingsOf(`
listeners: [{ name: web, address: 127.0.0.1:8080 }]
routes:
  - name: team-blue
    listeners: [web]
    host: "*.Example.test"
    path_prefix: /api/
    methods: [get, POST, GET]
    headers: { X-Team: blue }
    pool: api
    rewrite: { prefix: /v1/ }
    access_log: false
    body_limit: 100MB
    timeouts: { head: 10s, idle: 5m, total: 30s }
    rate_limit: { requests: 50, per: 1h }
    retry: { on: [connect_failure, http_502], attempts: 2, backoff: { min: 1s } }
pools: [{ name: api }]
`).routes
  expect(route).toEqual({
    name: 'team-blue',
    listeners: ['web'],
    host: { kind: 'suffix', suffix: '.example.test' },
    pathPrefix: '/api',
    methods: ['GET', 'POST'],
    headers: [{ name: 'x-team', value: 'blue' }],
    pool: 'api',
    replacePrefix: '/v1',
    accessLog: false,
    bodyLimitBytes: 100_000_000,
    timeouts: { headMs: 10_000, idleMs: 300_000, totalMs: 30_000 },
    rateLimits: [
      {
        name: '1h',
        requests: 50,
        perMs: 3_600_000,
        burst: 50,
        by: { kind: 'client_ip' },
        status: 429,
        hasFields: true
      }
    ],
    retry: {
      on: ['connect_failure', 502],
      attempts: 2,
      perTryTimeoutMs: 0,
      timeoutMs: 0,
      isForAllMethods: false,
      backoff: { scaleMs: 25, growth: 2, minMs: 1000, maxMs: 1000, jitter: 'full' },
      bodyMemoryBytes: 65_536,
      bodyLimitBytes: 100_000_000
    },
    hold: null,
    store: null
  })
})

test('`strip_prefix` replaces the prefix by nothing', () => {
  const [route] = settingsOf(
    'routes: [{ path_prefix: /api, strip_prefix: true, pool: api }]\npools: [{ name: api }]'
  ).routes
  expect(route?.replacePrefix).toBe('/')
})

test('`rewrite` beside `strip_prefix` decides what comes in the place of the prefix', () => {
  const [route] = settingsOf(
    'routes: [{ path_prefix: /api, strip_prefix: true, rewrite: { prefix: /v1 }, pool: api }]\npools: [{ name: api }]'
  ).routes
  expect(route?.replacePrefix).toBe('/v1')
})

test('a pool takes everything that can be written', () => {
  const pool = poolOf(`
pools:
  - name: api
    algorithm: least_connections
    timeouts: { connect: 500ms, response_head: 10s }
    tls: { ca: ca.pem, server_name: api.internal, cert: c.pem, key: c.key, verify: false }
    connections: { max_age: 10m, idle_timeout: 4s, max_idle: 32 }
    max_connections: 200
    queue: { size: 0, timeout: 2s }
    backends:
      - { address: "10.0.0.1:80", weight: 0, region: eu, max_connections: 50 }
      - { address: "[fd00::1]:80", failover_level: 2 }
`)
  expect(pool).toMatchObject({
    algorithm: 'least_conn',
    timeouts: { connectMs: 500, responseHeadMs: 10_000 },
    tls: {
      caFile: '/etc/switchyard/ca.pem',
      serverName: 'api.internal',
      certificate: { certFile: '/etc/switchyard/c.pem', keyFile: '/etc/switchyard/c.key' },
      verify: false
    },
    connections: { maxAgeMs: 600_000, idleTimeoutMs: 4000, maxIdle: 32 },
    maxConnections: 200,
    queue: { size: 0, timeoutMs: 2000 }
  })
  expect(pool.backends).toMatchObject([
    { address: '10.0.0.1:80', weight: 0, region: 'eu', maxConnections: 50, level: 0 },
    { address: '[fd00::1]:80', host: 'fd00::1', port: 80, maxConnections: 200, level: 2 }
  ])
})

test.each([
  ['round_robin', 'round_robin'],
  ['weighted_round_robin', 'round_robin'],
  ['least_conn', 'least_conn'],
  ['least_connections', 'least_conn'],
  ['random', 'random'],
  ['ip_hash', 'ip_hash'],
  ['source', 'ip_hash'],
  ['adaptive', 'adaptive'],
  ['peak_ewma', 'adaptive'],
  ['first', 'first'],
  ['failover', 'failover']
])('the algorithm %s is %s', (written, id) => {
  expect(poolOf(`pools: [{ name: api, algorithm: ${written} }]`).algorithm).toBe(id)
})

test('settings of a hash are taken as written, and what is not written by default', () => {
  const hashed = poolOf(
    'pools: [{ name: api, algorithm: hash, hash: { key: "header:X-Case-Id", method: maglev, load_bound: 125% } }]'
  )
  expect(hashed.hash).toEqual({
    key: { kind: 'header', name: 'x-case-id' },
    method: 'maglev',
    loadBound: 1.25
  })
  const plain = poolOf('pools: [{ name: api, algorithm: hash, hash: { key: path } }]')
  expect(plain.hash).toEqual({ key: { kind: 'path' }, method: 'rendezvous', loadBound: 0 })
  expect(plain.partition).toBeNull()
})

test('settings of a partition are taken as written, and what is not written by default', () => {
  const written = poolOf(
    'pools: [{ name: api, algorithm: partition, partition: { key: "path:2", count: 3, when_unavailable: refuse } }]'
  )
  expect(written.partition).toEqual({
    key: { kind: 'path_segment', number: 2 },
    method: 'modulo',
    count: 3,
    whenUnavailable: 'refuse'
  })
  const plain = poolOf(
    'pools: [{ name: api, algorithm: partition, partition: { key: "cookie:SID", method: consistent } }]'
  )
  expect(plain.partition).toEqual({
    key: { kind: 'cookie', name: 'SID' },
    method: 'consistent',
    count: 0,
    whenUnavailable: 'next'
  })
})

test('a route sets the algorithm of a pool that writes none', () => {
  const pool = poolOf(
    'routes: [{ pool: api, load_balancing: { method: random } }]\npools: [{ name: api }]'
  )
  expect(pool.algorithm).toBe('random')
})

test('timeouts of `defaults` reach pools and routes, key by key', () => {
  const settings = settingsOf(`
defaults: { timeouts: { connect: 3s, response_head: 4s, idle: 5s, total: 6s } }
routes: [{ pool: api, timeouts: { total: 7s } }]
pools: [{ name: api, timeouts: { connect: 8s } }]
`)
  expect(settings.routes[0]?.timeouts).toEqual({ headMs: 0, idleMs: 5000, totalMs: 7000 })
  expect(settings.pools[0]?.timeouts).toEqual({ connectMs: 8000, responseHeadMs: 4000 })
})

test('admin and process options arrive', () => {
  const settings = settingsOf(`
version: 1
admin:
  address: 0.0.0.0:9443
  metrics: open
  allowed_hosts: [LB1.example.test]
  tls: { cert: a.pem, key: a.key }
shutdown_timeout: 10s
drain_timeout: 5m
resolve_interval: 30s
`)
  expect(settings.admin).toEqual({
    address: { host: '0.0.0.0', port: 9443 },
    auth: 'token',
    metrics: 'open',
    allowedHosts: ['lb1.example.test'],
    tls: { certFile: '/etc/switchyard/a.pem', keyFile: '/etc/switchyard/a.key' }
  })
  expect(settings).toMatchObject({
    shutdownTimeoutMs: 10_000,
    drainTimeoutMs: 300_000,
    resolveIntervalMs: 30_000
  })
})

test('slow start is inherited from the pool, and a backend can have its own', () => {
  const pool = poolOf(
    'pools: [{ name: a, slow_start: 30s, backends: [{ address: "b:1" }, { address: "c:1", slow_start: 0 }] }]'
  )
  expect(pool.backends.map(({ slowStartMs }) => slowStartMs)).toEqual([30_000, 0])
})

test('a sticky cookie takes everything that can be written, and little when little is', () => {
  const sticky = (written: string): unknown =>
    poolOf(`pools: [{ name: a, sticky: ${written} }]`).sticky
  expect(sticky('{ cookie: SRV }')).toEqual({
    ...{ cookie: 'SRV', key: null, ttlMs: 0, path: '/', domain: null },
    ...{ isSecure: null, isHttpOnly: true, sameSite: 'lax' }
  })
  expect(
    sticky(
      '{ cookie: S, key: k, ttl: 1h, path: /x, domain: a.test, secure: false, http_only: false, same_site: strict }'
    )
  ).toEqual({
    ...{ cookie: 'S', key: 'k', ttlMs: 3_600_000, path: '/x', domain: 'a.test' },
    ...{ isSecure: false, isHttpOnly: false, sameSite: 'strict' }
  })
  expect(sticky('{ cookie: S, same_site: none }')).toMatchObject({ isSecure: true })
})

test('a pool prefers its own region, else that of the instance', () => {
  const { pools } = settingsOf(
    'region: us-east\npools: [{ name: a }, { name: b, prefer_region: us-west }]'
  )
  expect(pools.map(({ preferRegion }) => preferRegion)).toEqual(['us-east', 'us-west'])
})
