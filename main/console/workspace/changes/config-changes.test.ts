/** Contract: whoever applies a configuration reads first what it does, in sentences that are true. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { isValid, readConfigText, type ValidText } from '../config-text.ts'
import { configChanges, isSameMeaning } from './config-changes.ts'

function config(text: string): ValidText {
  const read = readConfigText(text, { file: 'a.yaml', baseDir: '/' })
  if (!isValid(read)) throw new Error(JSON.stringify(read.result))
  return read
}

function changes(before: string, now: string): readonly string[] {
  return configChanges(config(before), config(now)).sentences
}

function isDestructive(before: string, now: string): boolean {
  return configChanges(config(before), config(now)).isDestructive
}

const BASE = `
listeners: [{ name: web, address: 127.0.0.1:8080 }]
routes: [{ pool: api }]
pools:
  - name: api
    backends:
      - { address: "10.0.0.1:80" }
      - { address: "10.0.0.2:80" }
`

function based(from: string, to: string): readonly string[] {
  const now = BASE.replace(from, to)
  if (now === BASE) throw new Error(`${from} is not in the text.`)
  return changes(BASE, now)
}

test('the same text changes nothing', () => {
  expect(changes(BASE, BASE)).toEqual([])
})

test.each([
  [
    '- { address: "10.0.0.2:80" }',
    '- { address: "10.0.0.2:80" }\n      - { address: "10.0.0.3:80" }',
    ['1 backend added to api (10.0.0.3:80)']
  ],
  [
    '- { address: "10.0.0.2:80" }',
    '- { address: "10.0.0.3:80" }\n      - { address: "10.0.0.4:80" }',
    [
      '2 backends added to api (10.0.0.3:80, 10.0.0.4:80)',
      '1 backend removed from api (10.0.0.2:80): it finishes what runs'
    ]
  ],
  [
    'name: api\n',
    'name: api\n    algorithm: least_conn\n',
    ['api: algorithm round_robin -> least_conn']
  ],
  ['"10.0.0.2:80" }', '"10.0.0.2:80", weight: 50 }', ['api, 10.0.0.2:80: weight 100 -> 50']],
  [
    '"10.0.0.2:80" }',
    '"10.0.0.2:80", failover: true }',
    ['api: health check off -> on', 'api, 10.0.0.2:80: level 0 -> 1']
  ],
  [
    'name: api\n',
    'name: api\n    health_check: { path: /health }\n',
    ['api: health check off -> on']
  ],
  ['name: api\n', 'name: api\n    timeouts: { connect: 2s }\n', ['api: timeouts connect 1s -> 2s']],
  ['8080', '8081', ['Listener web moves from :8080 to :8081: open connections are drained']],
  [
    '127.0.0.1:8080',
    '0.0.0.0:80',
    ['Listener web moves from 127.0.0.1:8080 to 0.0.0.0:80: open connections are drained']
  ],
  ['8080 }', '8080, max_connections: 50 }', ['Listener web: max connections 10000 -> 50']],
  [
    '8080 }]',
    '8080 }, { name: other, address: "[::1]:81" }]',
    ['Listener other opens on [::1]:81']
  ],
  [
    '[{ pool: api }]',
    '[{ pool: api }, { pool: api, path_prefix: /v1 }]',
    ['A route is added: /v1 goes to api']
  ],
  [
    '[{ pool: api }]',
    '[{ pool: api, host: "*.a.test" }]',
    ['A route is added: *.a.test/ goes to api', 'The route of / to api is removed']
  ],
  ['[{ pool: api }]', '[{ pool: api, body_limit: 1MB }]', ['Route of /: body limit 0 -> 1MB']],
  ['[{ pool: api }]', '[]', ['The route of / to api is removed']],
  ['\npools:', '\nshutdown_timeout: 5s\npools:', ['Engine: shutdown timeout 25s -> 5s']]
])('%j becomes %j', (from, to, expected) => {
  expect(based(from, to)).toEqual(expected)
})

test('a change of all backends alike is told once', () => {
  const checked = BASE.replace('name: api\n', 'name: api\n    health_check: { interval: 2s }\n')
  const now = checked.replace('interval: 2s', 'interval: 1s, path: /health')
  expect(changes(checked, now)).toEqual([
    'api: health check interval 2s -> 1s',
    'api: health check fast interval 2s -> 1s',
    'api: health check down interval 2s -> 1s',
    'api: health check path / -> /health'
  ])
})

test('comments and order change nothing else', () => {
  const reordered = `# A comment.\n${BASE.replace(/(- .*1:80.*)(\n +)(- .*)/, '$3$2$1')}`
  expect(reordered).not.toBe(BASE)
  expect(changes(BASE, reordered)).toEqual(['Only comments or order changed'])
})

test('what no traffic depends on is named and not called a comment', () => {
  const now = `${BASE}failover:\n  notification: { channels: [{ type: log }] }\n`
  expect(changes(BASE, now)).toEqual(['Changed without effect on traffic: failover'])
  const other = now.replace('type: log', 'type: metrics')
  expect(changes(now, other)).toEqual(['Changed without effect on traffic: failover.notification'])
})

test('a route that is put in first does not rename the others', () => {
  const now = BASE.replace('[{ pool: api }]', '[{ pool: api, path_prefix: /a }, { pool: api }]')
  expect(changes(BASE, now)).toEqual(['A route is added: /a goes to api'])
})

test('where nothing runs it is a start', () => {
  expect(configChanges(null, config(BASE)).sentences).toEqual([
    'Starts with 1 listener, 1 pool, 2 backends'
  ])
})

test('what goes away is destructive, and what comes or changes is not', () => {
  const empty = BASE.replace(/ {4}backends:[^]*/, '    backends: []\n')
  expect(isDestructive(BASE, empty)).toBe(true)
  expect(isDestructive(empty, BASE)).toBe(false)
  const renamed = BASE.replace('name: web', 'name: front')
  expect(isDestructive(BASE, renamed)).toBe(true)
  const otherPool = BASE.replaceAll(/(pool|name): api/g, '$1: web')
  expect(isDestructive(BASE, otherPool)).toBe(true)
  expect(changes(BASE, otherPool)).toEqual([
    'Pool web is added with 2 backends (10.0.0.1:80, 10.0.0.2:80)',
    'Pool api is removed: its backends finish what runs',
    'Route of /: pool api -> web'
  ])
  expect(isDestructive(BASE, BASE.replace('8080', '8081'))).toBe(false)
})

test('a pool that nobody may serve or nothing leads to any more is lost, too', () => {
  const one = BASE.replace('.1:80" }', '.1:80", weight: 0 }')
  const none = one.replace('.2:80" }', '.2:80", weight: 0 }')
  expect(isDestructive(BASE, one)).toBe(false)
  expect(isDestructive(one, none)).toBe(true)
  expect(isDestructive(none, BASE)).toBe(false)
  expect(isDestructive(BASE, BASE.replace('{ pool: api }', ''))).toBe(true)
  const two = BASE.replace('{ pool: api }', '{ pool: api }, { path_prefix: /x, pool: api }')
  expect(isDestructive(two, BASE)).toBe(false)
})

test('a hundred sentences are enough', () => {
  const pools = (names: readonly number[]): string =>
    `pools: [${names.map((name) => `{ name: p${name} }`).join(', ')}]\n`
  const many = Array.from({ length: 150 }, (_, index) => index)
  const sentences = changes(pools([]), pools(many))
  expect(sentences).toHaveLength(100)
  expect(sentences.at(-1)).toBe('51 further changes')
})

test('the value of a field that lets its bearer in is in no sentence', () => {
  const probing = (value: string, team: string): string =>
    BASE.replace(
      '  - name: api',
      `  - name: api\n    health_check: { headers: { Authorization: ${value}, X-Team: ${team} } }`
    ).replace('{ pool: api }', `{ pool: api, headers: { cookie: ${value} } }`)
  const sentences = changes(probing('s3cret-1', 'red'), probing('s3cret-2', 'blue'))
  expect(sentences).toContain('api: health check headers authorization •••• -> ••••')
  expect(sentences).toContain('api: health check headers x-team red -> blue')
  expect(sentences.join()).not.toContain('s3cret')
  expect(sentences.join()).toContain('with cookie: ••••')
})

test('a secret that a named route matches on is in no sentence', () => {
  const matching = (value: string): string =>
    BASE.replace(
      '{ pool: api }',
      `{ name: front, pool: api, headers: { x-api-key: ${value}, x-team: team-${value.length} } }`
    )
  const sentences = changes(matching('s3cret-1'), matching('s3cret-22'))
  expect(sentences).toEqual([
    'Route of / with x-api-key: ••••, x-team: team-9: headers x-api-key •••• -> ••••',
    'Route of / with x-api-key: ••••, x-team: team-9: headers x-team team-8 -> team-9'
  ])
})

test('the key of sticky cookies is in no sentence, wherever it comes from', () => {
  const keyed = (sticky: string): string =>
    BASE.replace('- name: api', `- name: api\n    sticky: ${sticky}`)
  vi.stubEnv('STICKY_TEST_KEY', 's3cret-3')
  onTestFinished(() => void vi.unstubAllEnvs())
  const literal = keyed('{ cookie: SRV, key: s3cret-1 }')
  const named = keyed('{ cookie: SRV, key: { env: STICKY_TEST_KEY } }')
  const none = keyed('{ cookie: SRV }')
  expect(changes(literal, named)).toEqual(['api: sticky key •••• -> ••••'])
  expect(changes(named, none)).toEqual(['api: sticky key •••• -> none'])
  expect(changes(BASE, literal)).toEqual(['api: sticky off -> on'])
})

test('a named route says where its host went', () => {
  const on = (host: string): string =>
    BASE.replace('{ pool: api }', `{ name: front, pool: api, host: ${host} }`)
  expect(changes(on('a.test'), on('"*.b.test"'))).toEqual([
    'Route of *.b.test/: host a.test -> *.b.test'
  ])
})

describe('the order of routes', () => {
  const routed = (...routes: readonly string[]): string =>
    BASE.replace('{ pool: api }', routes.join(', ')).replace(
      'pools:',
      'pools:\n  - { name: web, backends: [] }'
    )
  const api = '{ pool: api, path_prefix: /a, methods: [GET, POST] }'
  const web = '{ pool: web, path_prefix: /a, methods: [GET, PUT] }'

  test('decides between routes that match alike, and says who is taken first', () => {
    expect(changes(routed(api, web), routed(web, api))).toEqual([
      'The order of routes changes: GET, PUT /a to web is taken before GET, POST /a to api'
    ])
    expect(isSameMeaning(config(routed(api, web)), config(routed(web, api)))).toBe(false)
  })

  test('is told of a route that is put before one of its kind', () => {
    expect(changes(routed(api), routed(web, api))).toEqual([
      'A route is added: GET, PUT /a goes to web',
      'The order of routes changes: GET, PUT /a to web is taken before GET, POST /a to api'
    ])
    expect(changes(routed(api), routed(api, web))).toEqual([
      'A route is added: GET, PUT /a goes to web'
    ])
  })

  test.each([
    ['{ pool: web, path_prefix: /b, methods: [GET] }'],
    ['{ pool: web, path_prefix: /a, methods: [GET], headers: { x-a: b } }'],
    ['{ pool: web, path_prefix: /a, methods: [GET], host: x.test }'],
    ['{ pool: web, path_prefix: /a, methods: [PUT] }']
  ])('decides nothing beside %s', (other) => {
    expect(changes(routed(api, other), routed(other, api))).toEqual([
      'Only comments or order changed'
    ])
  })
})

test('routes of two listeners are told apart', () => {
  const two = BASE.replace('8080 }', '8080 }, { name: admin, address: 127.0.0.1:8081 }').replace(
    '{ pool: api }',
    '{ pool: api, listeners: [web] }, { pool: api, listeners: [admin] }'
  )
  expect(changes(two, two.replace(/\{ pool: api, l.*\}(?=\])/, ''))).toEqual([
    'The route of / on web to api is removed',
    'The route of / on admin to api is removed'
  ])
})
