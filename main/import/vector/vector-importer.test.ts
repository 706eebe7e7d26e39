/**
 * Contract: a Vector configuration from HTTP to HTTP becomes one that loads; what has no counterpart is
 * said at its line, nothing is guessed, and no secret is shown.
 */
import { describe, expect, test } from 'vitest'
import {
  entryOf,
  fixture,
  imported,
  leftOf,
  poolOf,
  resultOf,
  routeOf,
  SOURCE,
  withSink
} from './testing/imported.ts'

describe('a whole file', () => {
  const result = (): ReturnType<typeof imported> => imported(fixture('http-to-http'))

  test('becomes a listener with TLS, a route by field that stores, and a partition that holds', () => {
    expect(result().document).toEqual({
      version: 1,
      listeners: [
        {
          name: 'ingest',
          address: '0.0.0.0:8080',
          tls: {
            certificates: [{ cert: '/etc/vector/site.pem', key: '/etc/vector/site.key' }]
          }
        }
      ],
      routes: [
        {
          name: 'blue',
          listeners: ['ingest'],
          path_prefix: '/events',
          methods: ['POST'],
          headers: { 'x-team': 'blue' },
          pool: 'blue',
          rewrite: { prefix: '/v1/in' },
          rate_limit: { requests: 100, per: '10s', by: 'route' },
          buffer: {
            mode: 'store',
            ttl: '0s',
            attempts: 11,
            backoff: { scale: '2s', growth: 1.6, max: '1m', jitter: 'none' }
          }
        },
        {
          name: 'hash',
          listeners: ['ingest'],
          path_prefix: '/events',
          methods: ['POST'],
          pool: 'hash',
          strip_prefix: true
        }
      ],
      pools: [
        {
          name: 'blue',
          tls: { ca: '/etc/vector/ca.pem' },
          timeouts: { response_head: '15s' },
          max_connections: 8,
          health_check: { method: 'HEAD', path: '/health', expected_status: 200 },
          backends: [{ address: 'blue.internal:443' }]
        },
        {
          name: 'hash',
          algorithm: 'partition',
          partition: {
            key: 'header:x-process-id',
            method: 'modulo',
            count: 2,
            when_unavailable: 'refuse'
          },
          buffer: { mode: 'hold', max_requests: 1000 },
          backends: [{ address: 'p0:8080' }, { address: 'p1:8080' }]
        }
      ],
      buffer: { directory: './buffer', max_size: '1GiB', when_full: 'block' }
    })
  })

  test('names every line that has no counterpart', () => {
    expect(leftOf(result().entries)).toEqual([
      '1 data_dir',
      '4 api.enabled',
      '5 api.address',
      '14 sources.ingest.decoding.codec',
      '15 sources.ingest.auth.strategy',
      '15 sources.ingest.auth.username',
      '15 sources.ingest.auth.password',
      '36 transforms.split.route.odd',
      '42 sinks.blue.encoding.codec',
      '43 sinks.blue.batch.max_events',
      '44 sinks.blue.compression',
      '55 sinks.blue.request.headers.Authorization',
      '56 sinks.blue.request.headers.X-Env',
      '59 sinks.blue.tls.verify_hostname',
      '72 sinks.p0.encoding.codec',
      '83 sinks.p1.encoding.codec',
      '86 sinks.p1.buffer[0].type',
      '87 sinks.p1.buffer[0].when_full',
      '89 sinks.p1.buffer[1].type',
      '90 sinks.p1.buffer[1].max_size',
      '93 sinks.odd.type',
      '94 sinks.odd.inputs',
      '95 sinks.odd.uri',
      '96 sinks.odd.encoding.codec',
      '99 sinks.log.type',
      '100 sinks.log.inputs',
      '101 sinks.log.encoding.codec'
    ])
  })

  test('shows neither passwords nor credentials', () => {
    const said = JSON.stringify([result().entries, result().yaml])
    expect(said).not.toMatch(/hunter2|user:pw|Bearer abc/)
    expect(entryOf(result().entries, 'sinks.blue.uri').value).toBe(
      '"https://••••@blue.internal/v1/in?x=1"'
    )
  })

  test('what is left as a whole refers to the line that says why', () => {
    const { entries } = result()
    expect(entryOf(entries, 'sinks.odd.uri').belongsToLine).toBe(93)
    expect(entryOf(entries, 'sinks.odd.type')).toMatchObject({
      belongsToLine: null,
      why: expect.stringContaining('line 36')
    })
  })
})

describe('a source', () => {
  test.each([
    ['method = "PUT"', { methods: ['PUT'] }],
    ['path = "/logs"', { path_prefix: '/logs', strip_prefix: true }],
    ['path = "/"', {}],
    ['path = ""\nstrict_path = false', {}]
  ])('with %j', (lines, expected) => {
    const { name, listeners, pool, ...rest } = routeOf(
      imported(withSink().replace('address', `${lines}\naddress`))
    )
    expect([name, listeners, pool]).toEqual(['out', ['in'], 'out'])
    expect(rest).toEqual(expected)
  })

  test('under its old name is the same', () => {
    const { entries } = imported(withSink().replace('http_server', 'http'))
    expect(entryOf(entries, 'sources.in.type').origin).toContain('`http_server` today')
  })

  test('whose address is a variable listens on loopback and says so', () => {
    const result = imported(withSink().replace('127.0.0.1:8080', '${ADDRESS}'))
    expect(result.settings.listeners[0]!.address).toEqual({ host: '127.0.0.1', port: 8080 })
    expect(entryOf(result.entries, 'sources.in.address').instead).toContain('127.0.0.1:8080')
  })

  test('on the port of the admin API moves that', () => {
    const result = imported(withSink().replace(':8080', ':9000'))
    expect(result.settings.admin.address.port).toBe(9001)
  })

  test('of another kind, or that nobody takes from, is left as a whole', () => {
    const text = `${withSink()}[sources.k]\ntype = "kafka"\ngroup_id = "x"\n[sources.idle]\ntype = "http_server"\naddress = "0.0.0.0:81"\n`
    const { entries, document } = imported(text)
    expect(document['listeners']).toHaveLength(1)
    expect(leftOf(entries)).toEqual([
      '9 sources.k.type',
      '10 sources.k.group_id',
      '12 sources.idle.type',
      '13 sources.idle.address'
    ])
  })

  test('a certificate that stands in the file itself is neither taken over nor shown', () => {
    const pem =
      'tls.enabled = true\ntls.crt_file = "-----BEGIN CERTIFICATE-----"\ntls.key_file = "k.pem"\n'
    const { entries, yaml } = imported(withSink().replace('address', `${pem}address`))
    expect(entryOf(entries, 'sources.in.tls.crt_file')).toMatchObject({
      became: null,
      value: '••••'
    })
    expect(yaml).not.toContain('BEGIN')
  })
})

describe('a sink', () => {
  test.each([
    ['http://api', 'api:80', null],
    ['https://api/', 'api:443', null],
    ['api:8080', 'api:8080', null],
    ['http://[::1]:8080/a/b/', '[::1]:8080', { prefix: '/a/b' }],
    ['http://API_1.internal:81/x?y=1', 'api_1.internal:81', { prefix: '/x' }]
  ])('to %s', (uri, address, rewrite) => {
    const result = imported(withSink().replace('http://api:80', uri))
    expect(poolOf(result)['backends']).toEqual([{ address }])
    expect(routeOf(result)['rewrite'] ?? null).toEqual(rewrite)
    expect(poolOf(result)['tls'] ?? null).toEqual(uri.startsWith('https') ? {} : null)
  })

  test.each(['http://{{ host }}:80', 'http://${HOST}:80', 'ftp://api:21', 'http://a b', ''])(
    'to %j is left, and then nothing is left over',
    (uri) => {
      const result = resultOf(withSink().replace('http://api:80', uri))
      expect(result).toMatchObject({ ok: false, problems: [{ code: 'MISSING', line: null }] })
      expect(leftOf(result.entries)).toContain('5 sinks.out.type')
    }
  )

  test.each([
    ['request.retry_attempts = 2', { attempts: 3 }],
    ['request.retry_attempts = 9223372036854775807', { attempts: 20 }],
    ['request.retry_jitter_mode = "Full"', { attempts: 20, backoff: { jitter: 'full' } }],
    ['retry_strategy.type = "none"', { attempts: 1 }],
    ['request.retry_strategy.type = "all"', { attempts: 20 }],
    [
      'retry_strategy = { type = "custom", status_codes = [503, 200, 599] }',
      { attempts: 20, on: ['connect_failure', 'reset', 'timeout', 503, 599] }
    ],
    ['backoff = "fibonacci"', { attempts: 20, backoff: { growth: 1.6, scale: '1s', max: '30s' } }]
  ])('retries with %s', (line, expected) => {
    const retry = poolOf(imported(withSink(line)))['retry']
    expect(retry).toMatchObject({ non_idempotent: true, ...expected })
  })

  test.each([
    ['request.concurrency = "none"', { max_connections: 1 }],
    ['request.concurrency = "adaptive"', { adaptive_concurrency: {} }],
    [
      'request.adaptive_concurrency.max_concurrency_limit = 50',
      { adaptive_concurrency: { max: 50 } }
    ],
    ['request.timeout_secs = 0.25', { timeouts: { response_head: '250ms' } }],
    ['request.timeout_secs = 99999999999', { timeouts: { response_head: '24d' } }],
    ['healthcheck.uri = "http://api/up?x=1"', { health_check: { path: '/up?x=1' } }],
    ['healthcheck = false', {}],
    ['compression = "none"', {}]
  ])('with %s', (line, expected) => {
    const result = imported(withSink(line))
    expect(poolOf(result)).toMatchObject(expected)
    expect(leftOf(result.entries)).toEqual([])
  })

  test.each([
    'request.retry_attempts = -1',
    'request.retry_initial_backoff_secs = "soon"',
    'request.concurrency = 0',
    'request.timeout_secs = nan',
    'request.rate_limit_num = 0',
    'request.rate_limit_duration_secs = 5',
    'backoff = "wild"',
    'backoff = "constructor"',
    'healthcheck = true',
    'healthcheck.uri = "http://elsewhere/up"',
    'tls.ca_file = "ca.pem"',
    'buffer.type = "paper"',
    'method = "put"',
    'auth.token = "s3cr3t"',
    'nonsense = { a = 1 }',
    '"toString" = 1',
    '__proto__ = 1'
  ])('%s is left with a reason', (line) => {
    const { entries } = imported(withSink(line))
    const left = entries.filter(({ became }) => became === null)
    expect(left).toHaveLength(1)
    expect(left[0]!.line).toBe(8)
    expect(left[0]!.why).toMatch(/^[A-Z].*\.$/)
    expect(JSON.stringify(entries)).not.toContain('s3cr3t')
  })

  test('two with the same requests are one too many, because a request goes to one backend', () => {
    const twin = '[sinks.twin]\ntype = "http"\ninputs = ["in"]\nuri = "http://twin:80"\n'
    const result = imported(`${withSink()}${twin}`)
    expect(poolOf(result)['backends']).toEqual([{ address: 'api:80' }])
    expect(entryOf(result.entries, 'sinks.twin.type')).toMatchObject({
      became: null,
      why: expect.stringContaining('sinks.out in line 4'),
      instead: expect.stringContaining('pool out')
    })
  })

  test('that gets only some of its requests is told which not', () => {
    const filter = '[transforms.f]\ntype = "filter"\ninputs = ["in"]\ncondition = "exists(.a)"\n'
    const other = '[sources.b]\ntype = "http_server"\naddress = "127.0.0.1:81"\n'
    const { entries, document } = imported(
      `${withSink()}${filter}${other}`.replace('inputs = ["in"]', 'inputs = ["f", "b"]')
    )
    expect(document['routes']).toMatchObject([{ listeners: ['b'] }])
    expect(entryOf(entries, 'sinks.out.inputs').why).toMatch(/^Not all .* line 11\.$/)
  })

  test('of a partition that says otherwise than the first one is told so', () => {
    const { entries, document } = imported(
      fixture('seed-000-block-2')
        .replace('condition = "partition == 0"', 'request.timeout_secs = 1\n$&')
        .replace(
          'condition = "partition == 1"',
          'request.timeout_secs = 2\nrequest.concurrency = 3\n$&'
        )
    )
    expect(document['pools']).toMatchObject([{ timeouts: { response_head: '1s' } }])
    expect(leftOf(entries)).toEqual([
      '24 sinks.http_1.request.timeout_secs',
      '25 sinks.http_1.request.concurrency'
    ])
    expect(entryOf(entries, 'sinks.http_1.request.timeout_secs').why).toMatch(
      /sinks\.http_0 says in line 16/
    )
    expect(entryOf(entries, 'sinks.http_2.type').why).toMatch(
      /says of request\.timeout_secs is for this/
    )
  })

  test('of a partition with another scheme or path than the first one is left', () => {
    const { entries } = imported(
      fixture('seed-000-block-2').replace('http://api-flow-1', 'https://b')
    )
    expect(entryOf(entries, 'sinks.http_1.type')).toMatchObject({
      became: null,
      why: expect.stringContaining('another scheme or path')
    })
  })

  test('names that no option takes are made ones, each once', () => {
    const other = '[sinks."out!"]\ntype = "http"\ninputs = ["b"]\nuri = "http://b:80"\n'
    const source = '[sources.b]\ntype = "http_server"\naddress = "127.0.0.1:81"\n'
    const { document } = imported(
      `${withSink()}${source}${other}`.replace('sinks.out]', 'sinks."out ?"]')
    )
    expect((document['pools'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'out-',
      'out--2'
    ])
  })
})

describe('a buffer', () => {
  test.each([
    ['type = "disk"', { directory: './buffer' }],
    ['type = "disk"\nmax_size = 5', { directory: './buffer', max_size: '1MB' }],
    ['type = "disk"\nwhen_full = "drop_newest"', { directory: './buffer', when_full: 'reject' }]
  ])('on disk with %j stores', (lines, expected) => {
    const result = imported(withSink('[sinks.out.buffer]', lines))
    expect(routeOf(result)['buffer']).toEqual({ mode: 'store', ttl: '0s' })
    expect(result.document['buffer']).toEqual(expected)
    expect(leftOf(result.entries)).toEqual([])
  })

  test.each([
    ['request.retry_attempts = 5000', { attempts: 1000 }, 0],
    ['request.retry_max_duration_secs = 5', { backoff: { max: '5s' } }, 0],
    ['retry_strategy.type = "default"', {}, 0],
    ['retry_strategy.type = "none"', { attempts: 1 }, 0],
    ['retry_strategy = { type = "custom", status_codes = [503] }', {}, 2]
  ])('on disk with %j has attempts of its own', (line, expected, leftCount) => {
    const result = imported(withSink('buffer.type = "disk"', line))
    expect(routeOf(result)['buffer']).toEqual({ mode: 'store', ttl: '0s', ...expected })
    expect(poolOf(result)['retry']).toBeUndefined()
    expect(leftOf(result.entries)).toHaveLength(leftCount)
  })

  test('in memory holds', () => {
    const result = imported(withSink('buffer = { max_events = 7, max_size = 1000000 }'))
    expect(poolOf(result)['buffer']).toEqual({ mode: 'hold', max_requests: 7, max_bytes: '1MB' })
    expect(result.document['buffer']).toBeUndefined()
  })

  test('on disk beside a partition keeps the order of each key', () => {
    const disk = fixture('seed-000-block-2').replaceAll(
      /^condition/gm,
      'buffer.type = "disk"\ncondition'
    )
    expect(routeOf(imported(disk))['buffer']).toEqual({
      mode: 'store',
      ttl: '0s',
      key: 'header:x-process-id'
    })
  })

  test('two on disk share one folder with the room of both', () => {
    const text = `${SOURCE}headers = ["X-A"]
[transforms.r]
type = "route"
inputs = ["in"]
route.a = '."X-A" == "1"'
[sinks.a]
type = "http"
inputs = ["r.a"]
uri = "http://a:80"
buffer = { type = "disk", max_size = 300000000, when_full = "block" }
[sinks.b]
type = "http"
inputs = ["r._unmatched"]
uri = "http://b:80"
buffer = { type = "disk", max_size = 400000000, when_full = "drop_newest" }
`
    const { document } = imported(text)
    expect(document['buffer']).toEqual({
      directory: './buffer',
      max_size: '700MB',
      when_full: 'reject'
    })
  })
})
