/** Contract: every wrong value is described in words that say what to write instead. */
import { expect, test } from 'vitest'
import { problemsOf } from './fixtures/load.ts'

function only(text: string): readonly [code: string, message: string, hint: string | null] {
  const problems = problemsOf(text)
  expect(problems.map(({ message }) => message)).toHaveLength(1)
  const [problem] = problems
  return [problem?.code ?? '', problem?.message ?? '', problem?.hint ?? null]
}

const pool = (rest: string): string => `pools: [{ name: a, ${rest} }]`
const listener = (rest: string): string =>
  `listeners: [{ name: a, address: "127.0.0.1:1", ${rest} }]`

test.each([
  [
    'a misspelt key',
    pool('backedns: []'),
    'UNKNOWN_KEY',
    '`backedns` is no option of pools[].',
    'Did you mean `backends`?'
  ],
  [
    "another balancer's word",
    pool('servers: []'),
    'UNKNOWN_KEY',
    '`servers` is no option of pools[].',
    'Did you mean `backends`?'
  ],
  [
    'a key in the wrong place',
    pool('address: x'),
    'UNKNOWN_KEY',
    '`address` is no option of pools[].',
    'It is an option of admin and listeners[] and pools[].backends[].'
  ],
  [
    'a merge key',
    '<<: {}',
    'UNKNOWN_KEY',
    '`<<` is no option of the top level.',
    'YAML merge keys are not read; use `defaults` for what is common.'
  ],
  [
    'a key that is not built',
    'processes: []',
    'NOT_YET',
    '`processes` (processes that drills may start and stop) is not built yet.',
    'Take it out until a version acts on it.'
  ],
  [
    'a misspelt algorithm',
    pool('algorithm: roundrobin'),
    'BAD_VALUE',
    '"roundrobin" is not an algorithm.',
    'Did you mean round_robin? Use one of round_robin, weighted_round_robin, least_conn, least_connections, random, ip_hash, source, hash, partition, adaptive, peak_ewma, first, failover.'
  ],
  [
    'a misspelt strategy',
    'failover: { strategy: delayd }',
    'BAD_VALUE',
    '"delayd" is not a failover strategy.',
    'Did you mean delayed? Use one of immediate, graceful, delayed.'
  ],
  [
    'a missing key',
    'pools: [{ algorithm: random }]',
    'MISSING',
    '`name` is missing.',
    'Add `name` here.'
  ],
  [
    'a number without unit',
    pool('timeouts: { connect: 5 }'),
    'WRONG_TYPE',
    'Expected a duration such as 5s, 500ms, 1m, 1h or 1d, got 5.',
    'Add the unit: 5s or 5ms.'
  ],
  [
    'a spelt-out unit',
    pool('timeouts: { connect: 5 sec }'),
    'BAD_VALUE',
    'Expected a duration such as 5s, 500ms, 1m, 1h or 1d, got "5 sec".',
    'Did you mean 5s?'
  ],
  [
    'a lower-case size',
    listener('limits: { head: 64kb }'),
    'BAD_VALUE',
    'Expected a size such as 100MB, 64KiB or a bare number of bytes, got "64kb".',
    'Did you mean 64KB?'
  ],
  [
    'a duration over the limit of timers',
    pool('timeouts: { connect: 30d }'),
    'OUT_OF_RANGE',
    '"30d" is out of range: 0s to 24d.',
    null
  ],
  [
    'a quoted number',
    pool('max_connections: "10"'),
    'WRONG_TYPE',
    'Expected a whole number, got "10".',
    'Take the quotes away: 10.'
  ],
  [
    'a bare number as text',
    'routes: [{ pool: a, headers: { x: 1.0 } }]\npools: [{ name: a }]',
    'WRONG_TYPE',
    'Expected the text of a field, got 1.',
    'Quote it: "1".'
  ],
  [
    'YAML 1.1 truth',
    listener('access_log: on'),
    'WRONG_TYPE',
    'Expected true or false or a mapping, got "on".',
    'Write true.'
  ],
  [
    'a mapping for a list',
    'pools: { name: a }',
    'WRONG_TYPE',
    'Expected a list, got a mapping.',
    'Put "- " before each entry.'
  ],
  [
    'an empty list',
    listener('tls: { certificates: [] }'),
    'OUT_OF_RANGE',
    'The list needs at least one entry.',
    'Take the key out if it shall not apply.'
  ],
  [
    'an address without port',
    'backends: [{ address: api }]',
    'BAD_VALUE',
    '"api" is not a backend address (host:port).',
    'Add the port: "api:80".'
  ],
  [
    'a URL for an address',
    'backends: [{ address: "http://api:80/x" }]',
    'BAD_VALUE',
    '"http://api:80/x" is not a backend address (host:port).',
    'Leave out the scheme and the path: "api:80".'
  ],
  [
    'an address without host',
    'listeners: [{ name: a, address: ":80" }]',
    'BAD_VALUE',
    '":80" is not a listening address (host:port).',
    'Write "0.0.0.0:80" for every interface or "127.0.0.1:80" for this machine.'
  ],
  [
    'a port alone',
    'listeners: [{ name: a, address: 8080 }]',
    'WRONG_TYPE',
    'Expected a listening address (host:port), got 8080.',
    'Write "127.0.0.1:8080".'
  ],
  [
    'an unknown channel',
    'failover: { notification: { channels: [{ type: sms }] } }',
    'BAD_VALUE',
    '"sms" is not a known `type`.',
    'Use one of log, email, webhook, metrics.'
  ],
  [
    'a channel without type',
    'failover: { notification: { channels: [{ level: info }] } }',
    'MISSING',
    '`type` is missing.',
    'Use one of log, email, webhook, metrics.'
  ],
  [
    'a channel that is text',
    'failover: { notification: { channels: [log] } }',
    'WRONG_TYPE',
    'Expected a mapping, got "log".',
    null
  ],
  [
    'true for a health check',
    pool('health_check: true'),
    'WRONG_TYPE',
    'Expected false or a mapping, got true.',
    null
  ],
  [
    'a field name with a space',
    'routes: [{ pool: a, headers: { "x y": z } }]\npools: [{ name: a }]',
    'BAD_VALUE',
    '"x y" is not a field name.',
    null
  ],
  [
    'a field value with a line end',
    'routes: [{ pool: a, headers: { x: "a\\r\\nb: c" } }]\npools: [{ name: a }]',
    'BAD_VALUE',
    '"a\\r\\nb: c" cannot be the value of a field: visible ASCII only, no outer spaces.',
    null
  ],
  [
    'a broken pattern',
    pool('health_check: { body_match: "/(/" }'),
    'BAD_VALUE',
    '"/(/" is not a valid pattern: Invalid regular expression: /(/: Unterminated group.',
    null
  ],
  [
    'a class of statuses',
    pool('health_check: { expected_status: 2xx }'),
    'BAD_VALUE',
    '"2xx" is not a status (100 to 599) or a range such as "200-399".',
    'Write "200-299".'
  ],
  [
    'another version',
    'version: 2',
    'WRONG_TYPE',
    'Expected 1, the only version there is, got 2.',
    null
  ]
])('%s', (_, text, code, message, hint) => {
  expect(only(text)).toEqual([code, message, hint])
})

test('an unknown key inside an alternative is found, although the other alternative does not fit at all', () => {
  expect(only(listener('access_log: { fromat: json }'))).toEqual([
    'UNKNOWN_KEY',
    '`fromat` is no option of listeners[].access_log.',
    'Did you mean `format`?'
  ])
})

test('an unknown key that resembles nothing lists what is known', () => {
  expect(only(pool('zebra: 1'))[2]).toMatch(/^Known here: name, algorithm, hash, /)
})
