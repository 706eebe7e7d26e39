/** Contract: limits that cannot stand beside each other are refused, superfluous ones named. */
import { expect, test } from 'vitest'
import { problemsOf, settingsOf, summary, warningsOf } from '../fixtures/load.ts'

function limited(limits: string): string {
  return `routes: [{ name: api, pool: a, rate_limit: ${limits} }]\npools: [{ name: a, backends: [{ address: "a:80" }] }]\n`
}

function limitsOf(limits: string): readonly unknown[] {
  return settingsOf(limited(limits)).routes[0]!.rateLimits
}

test('one limit and a list are read alike, with defaults', () => {
  const expected = {
    name: '1m',
    requests: 100,
    perMs: 60_000,
    burst: 100,
    by: { kind: 'client_ip' },
    status: 429,
    hasFields: true
  }
  expect(limitsOf('{ requests: 100, per: 1m }')).toEqual([expected])
  expect(limitsOf('[{ requests: 100, per: 1m }, { requests: 1000, per: 1h }]')).toEqual([
    expected,
    { ...expected, name: '1h', requests: 1000, perMs: 3_600_000, burst: 1000 }
  ])
})

test('everything that can be written arrives', () => {
  expect(
    limitsOf(
      '{ requests: 5, per: 10s, by: header:X-Api-Key, burst: 2, status: 503, headers: false, name: keys }'
    )
  ).toEqual([
    {
      name: 'keys',
      requests: 5,
      perMs: 10_000,
      burst: 2,
      by: { kind: 'header', name: 'x-api-key' },
      status: 503,
      hasFields: false
    }
  ])
})

test('limits of the same time are told apart by what they count', () => {
  const names = limitsOf(
    '[{ requests: 5, per: 60s }, { requests: 9, per: 1m, by: route }, { requests: 7, per: 1m, by: "header:X-K" }]'
  ).map((limit) => (limit as { readonly name: string }).name)
  expect(names).toEqual(['1m/client_ip', '1m/route', '1m/header:x-k'])
})

test('two limits that count the same in the same time are a conflict, unless they have names', () => {
  const [problem] = problemsOf(
    limited('[{ requests: 5, per: 1m }, { requests: 6, per: 60s, by: client_ip }]')
  )
  expect(problem).toMatchObject({ code: 'CONFLICT', path: 'routes[0].rate_limit[1]' })
  expect(problem?.message).toBe(
    'Two limits of this route count by client_ip in 1m: 5 and 6 requests.'
  )
  expect(
    limitsOf(
      '[{ name: a, requests: 60, per: 1m, burst: 1 }, { name: b, requests: 6, per: 1m, burst: 20 }]'
    )
  ).toHaveLength(2)
})

test('a name is given once', () => {
  expect(
    summary(
      problemsOf(
        limited('[{ name: a, requests: 5, per: 1m }, { name: a, requests: 9, per: 1m, by: route }]')
      )
    )
  ).toEqual(['DUPLICATE routes[0].rate_limit[1].name'])
})

test('a burst that takes longer than any duration to come back is out of range', () => {
  const [problem] = problemsOf(limited('{ requests: 1, per: 1d, burst: 25 }'))
  expect(problem).toMatchObject({ code: 'OUT_OF_RANGE', path: 'routes[0].rate_limit.burst' })
  expect(problem?.hint).toBe('Use at most 24.')
  expect(limitsOf('{ requests: 1, per: 1d, burst: 24 }')).toHaveLength(1)
})

test.each([
  ['{ requests: 0, per: 1m }', 'OUT_OF_RANGE routes[0].rate_limit.requests'],
  ['{ requests: 1, per: 10ms }', 'OUT_OF_RANGE routes[0].rate_limit.per'],
  ['{ requests: 1 }', 'MISSING routes[0].rate_limit'],
  ['{ requests: 1, per: 1m, by: ip }', 'BAD_VALUE routes[0].rate_limit.by'],
  ['{ requests: 1, per: 1m, by: "header:a b" }', 'BAD_VALUE routes[0].rate_limit.by'],
  ['{ requests: 1, per: 1m, status: 404 }', 'WRONG_TYPE routes[0].rate_limit.status'],
  ['{ minute: 100 }', 'UNKNOWN_KEY routes[0].rate_limit.minute'],
  ['[]', 'OUT_OF_RANGE routes[0].rate_limit']
])('%s is refused: %s', (limits, expected) => {
  expect(summary(problemsOf(limited(limits)))).toContain(expected)
})

test.each([
  ['[{ requests: 100, per: 1m }, { requests: 1000, per: 1h }]', []],
  ['[{ requests: 100, per: 1m }, { requests: 10000, per: 1h }]', ['[1]']],
  ['[{ requests: 10000, per: 1h }, { requests: 100, per: 1m }]', ['[0]']],
  ['[{ requests: 100, per: 1m }, { requests: 10000, per: 1h, burst: 50 }]', []],
  ['[{ requests: 100, per: 1m, by: route }, { requests: 200, per: 1m }]', ['[1]']],
  ['[{ requests: 100, per: 1m }, { requests: 200, per: 1m, by: route }]', []],
  ['[{ requests: 100, per: 1m }, { requests: 6000, per: 1h, burst: 100 }]', ['[1]']],
  ['{ requests: 1, per: 1h }', []]
])('%s draws a warning at %j', (limits, places) => {
  expect(summary(warningsOf(limited(limits)))).toEqual(
    places.map((place) => `UNREACHED_LIMIT routes[0].rate_limit${place}`)
  )
})
