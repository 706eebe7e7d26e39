/** Contract: what stores requests has a place for them, and says nothing that contradicts itself. */
import { describe, expect, test } from 'vitest'
import { DEFAULT_STORE, DEFAULT_STORE_ROUTE } from '../../model/default-store.ts'
import { problemsOf, settingsOf, summary, warningsOf } from '../fixtures/load.ts'

const POOLS = 'pools: [{ name: api, backends: [{ address: "10.0.0.1:80" }] }]'
const BUFFER = 'buffer: { directory: ./buffer }'

function storing(buffer: string, top = BUFFER, route = 'name: orders', pools = POOLS): string {
  return `${top}\nroutes: [{ ${route}, pool: api, buffer: { mode: store${buffer} } }]\n${pools}\n`
}

describe('settings', () => {
  test('a route that says no more stores by the defaults', () => {
    const { routes, store } = settingsOf(storing(''))
    expect(routes[0]!.store).toEqual(DEFAULT_STORE_ROUTE)
    expect(routes[0]!.hold).toBeNull()
    expect(store).toEqual({ ...DEFAULT_STORE, directory: '/etc/switchyard/buffer' })
  })

  test('everything that can be written arrives', () => {
    const route =
      ', methods: [post, put], key: "query:case", ttl: 2h, body_limit: 1MB, drop_headers: [Cookie], success: [200, "300-399"], attempts: 9, backoff: { scale: 2s, growth: 3, min: 1s, max: 9s, jitter: equal }, concurrency: 3, status_path: /queue/'
    const top =
      'buffer: { directory: /var/b, max_size: 1MB, fsync_interval: always, fsync_count: 8, when_full: block, block_timeout: 1s, keep_status: 7d }'
    const { routes, store } = settingsOf(storing(route.replace('1MB', '100KB'), top))
    expect(routes[0]!.store).toEqual({
      methods: ['POST', 'PUT'],
      key: { kind: 'query', name: 'case' },
      ttlMs: 7_200_000,
      bodyLimitBytes: 100_000,
      dropHeaders: ['cookie'],
      success: [
        { from: 200, to: 200 },
        { from: 300, to: 399 }
      ],
      attempts: 9,
      backoff: { scaleMs: 2000, growth: 3, minMs: 1000, maxMs: 9000, jitter: 'equal' },
      concurrency: 3,
      statusPath: '/queue'
    })
    expect(store).toEqual({
      ...{ directory: '/var/b', maxBytes: 1_000_000, fsyncIntervalMs: 0, fsyncCount: 8 },
      ...{ whenFull: 'block', blockTimeoutMs: 1000, keepStatusMs: 604_800_000 }
    })
  })

  test('what such a route does not store is treated as its pool says', () => {
    const pools = POOLS.replace('name: api,', 'name: api, buffer: { mode: hold, timeout: 7s },')
    const { routes } = settingsOf(storing(', body_limit: 5KB', BUFFER, 'name: orders', pools))
    expect(routes[0]!.hold).toMatchObject({ timeoutMs: 7000, bodyLimitBytes: 10 * 1024 * 1024 })
  })
})

describe('problems', () => {
  test.each([
    ['no place to store', storing('', ''), 'MISSING routes[0].buffer.mode'],
    ['a buffer without a folder', storing('', 'buffer: {}'), 'MISSING buffer'],
    [
      'less than a megabyte',
      storing('', 'buffer: { directory: a, max_size: 999KB }'),
      'OUT_OF_RANGE buffer.max_size'
    ],
    [
      'a slow fsync',
      storing('', 'buffer: { directory: a, fsync_interval: 2s }'),
      'OUT_OF_RANGE buffer.fsync_interval'
    ],
    [
      'no fsync',
      storing('', 'buffer: { directory: a, fsync_interval: never }'),
      'WRONG_TYPE buffer.fsync_interval'
    ],
    ['an option of hold', storing(', timeout: 5s'), 'CONFLICT routes[0].buffer.timeout'],
    [
      'a body for no record',
      storing(', body_limit: 33MiB'),
      'OUT_OF_RANGE routes[0].buffer.body_limit'
    ],
    [
      'a body that this buffer cannot hold',
      storing(', body_limit: 200KB', 'buffer: { directory: a, max_size: 1MB }'),
      'OUT_OF_RANGE routes[0].buffer.body_limit'
    ],
    [
      'a status for every path',
      storing(', status_path: /'),
      'BAD_VALUE routes[0].buffer.status_path'
    ],
    ['no key', storing(', key: case'), 'BAD_VALUE routes[0].buffer.key']
  ])('%s', (_what, text, problem) => {
    expect(summary(problemsOf(text))).toEqual([problem])
  })

  test('options of store with another mode', () => {
    const text = `routes: [{ pool: api, buffer: { mode: hold, key: client_ip, ttl: 1h } }]\n${POOLS}`
    expect(summary(problemsOf(text))).toEqual([
      'CONFLICT routes[0].buffer.key',
      'CONFLICT routes[0].buffer.ttl'
    ])
  })

  test('a route where the status of stored requests is', () => {
    const text = `${BUFFER}
routes:
  - { name: orders, pool: api, buffer: { mode: store, status_path: /queue } }
  - { pool: api, path_prefix: /queue/of/mine }
${POOLS}`
    expect(summary(problemsOf(text))).toEqual(['CONFLICT routes[1].path_prefix'])
  })
})

describe('warnings', () => {
  test('a named route with room for its bodies has none', () => {
    expect(summary(warningsOf(storing('')))).toEqual([])
  })

  test.each([
    [
      'a route without a name',
      storing('', BUFFER, 'path_prefix: /a'),
      'STORE_UNNAMED routes[0].buffer'
    ],
    [
      'a buffer that nobody uses',
      `${BUFFER}\nroutes: [{ pool: api }]\n${POOLS}`,
      'NO_EFFECT buffer'
    ],
    [
      'a body limit by default that does not fit',
      storing('', 'buffer: { directory: a, max_size: 1MB }'),
      'STORE_LIMIT routes[0].buffer'
    ],
    [
      'a route that takes more than it stores',
      storing('', BUFFER, 'name: orders, body_limit: 20MB'),
      'STORE_LIMIT routes[0].buffer'
    ],
    [
      'another key than the one of the partitions',
      storing(
        ', key: client_ip',
        BUFFER,
        'name: orders',
        POOLS.replace(
          'name: api,',
          'name: api, algorithm: partition, partition: { key: "header:x-case" },'
        )
      ),
      'STORE_KEY routes[0].buffer.key'
    ],
    [
      'a key of the pool that is dropped',
      storing(
        ', drop_headers: [X-Case]',
        BUFFER,
        'name: orders',
        POOLS.replace('name: api,', 'name: api, algorithm: hash, hash: { key: "header:x-case" },')
      ),
      'STORE_KEY routes[0].buffer.drop_headers'
    ]
  ])('%s', (_what, text, expected) => {
    expect(summary(warningsOf(text))).toEqual([expected])
  })
})
