/** Contract: the filter language finds what it says, and says in words what it cannot read. */
import { describe, expect, test } from 'vitest'
import type { TrafficSample } from '../../../proxy-core/model/traffic-sample.ts'
import { aSample, anAttempt } from './testing/samples.ts'
import {
  matchesFilter,
  parseTrafficFilter,
  termText,
  withoutTerm,
  withTerm
} from './traffic-filter.ts'

const isFound = (filter: string, sample: Partial<TrafficSample>): boolean =>
  matchesFilter(parseTrafficFilter(filter), aSample(sample))

const problemsOf = (filter: string): readonly string[] =>
  parseTrafficFilter(filter).terms.flatMap(({ problem }) => problem ?? [])

const retried = {
  attempts: [
    anAttempt({ backend: '10.0.0.2:80', status: null, failure: 'refused' }),
    anAttempt({ startedMs: 3 })
  ]
}

describe('a term', () => {
  test.each([
    ['', {}, true],
    ['status:5xx', { status: 503 }, true],
    ['status:5XX', { status: 499 }, false],
    ['status:503', { status: 503 }, true],
    ['status:>=400', { status: 404 }, true],
    ['status:400-499', { status: 500 }, false],
    ['status:none', { status: 0 }, true],
    ['status:5xx,404', { status: 404 }, true],
    ['pool:api', { pool: 'API' }, true],
    ['pool:ap', { pool: 'api' }, false],
    ['ms:>500', { durationMs: 500.1 }, true],
    ['ms:>500', { durationMs: 500 }, false],
    ['ms:<=9.5', {}, true],
    ['ms:5-20', {}, true],
    ['attempts:>1', retried, true],
    ['attempts:>1', {}, false],
    ['attempts:1', {}, true],
    ['backend:10.0.0.2', retried, true],
    ['backend:10.0.0.2', {}, false],
    ['path:/orders', {}, true],
    ['path:/rders', {}, false],
    ['path:full=1', {}, true],
    ['method:post,get', {}, true],
    ['host:shop', {}, true],
    ['client:127.', {}, true],
    ['listener:web', {}, true],
    ['id:7F3', {}, true],
    ['kept:error', { keptBecause: 'error' }, true],
    ['-status:2xx', {}, false],
    ['-status:2xx', { status: 404 }, true],
    ['orders', {}, true],
    ['-orders', {}, false],
    ['"orders/42"', {}, true],
    ['path:"/a b"', { target: '/a b/c' }, true],
    ['status:2xx pool:api ms:<10', {}, true],
    ['status:2xx pool:web', {}, false]
  ] satisfies readonly [string, Partial<TrafficSample>, boolean][])(
    '%s',
    (filter, sample, found) => {
      expect(isFound(filter, sample)).toBe(found)
    }
  )
})

describe('a problem', () => {
  test('of a misspelt field suggests the nearest one', () => {
    expect(problemsOf('staus:5xx')).toEqual(['There is no field “staus”. Did you mean status?'])
  })

  test('of an unknown field lists all of them', () => {
    expect(problemsOf('colour:red')[0]).toContain('Fields are status, pool, backend')
  })

  test.each([
    ['status:6xx', '“6xx” is no status'],
    ['ms:fast', '“fast” is no number or comparison. Write it like ms:>500.'],
    ['attempts:>', '“>” is no number or comparison'],
    ['pool:', 'pool: needs a value, for example pool:api.'],
    ['kept:always', 'Write one of sample, error, retry, slow.'],
    ['-', 'after the dash']
  ])('of %s is told in words', (filter, words) => {
    expect(problemsOf(filter)[0]).toContain(words)
  })

  test('hides nothing: the other terms still filter', () => {
    expect(isFound('staus:5xx', {})).toBe(true)
    expect(isFound('staus:5xx pool:web', {})).toBe(false)
  })
})

describe('the terms', () => {
  test('know where they stand in the text', () => {
    const source = '  status:5xx   path:"/a b" '
    const spans = parseTrafficFilter(source).terms.map(({ from, to }) => source.slice(from, to))
    expect(spans).toEqual(['status:5xx', 'path:"/a b"'])
  })

  test('survive an open quotation mark and any other text', () => {
    for (const text of ['"', 'path:"/a', '-"', '::', '"" ""', 'a"b c"d']) {
      const { terms } = parseTrafficFilter(text)
      expect(terms.map((term) => term.text).join(''), text).toBe(
        terms.length === 1
          ? text.trim()
          : terms.map((term) => text.slice(term.from, term.to)).join('')
      )
      expect(terms.length, text).toBeGreaterThan(0)
    }
  })

  test('can be taken out and added once', () => {
    const filter = parseTrafficFilter('status:5xx  pool:api')
    expect(withoutTerm(filter, filter.terms[0]!)).toBe('pool:api')
    expect(withTerm(filter, 'pool:api')).toBe('status:5xx pool:api')
    expect(withTerm(filter, 'ms:>500')).toBe('status:5xx pool:api ms:>500')
  })

  test('are quoted where their value needs it, and are found again', () => {
    expect(termText('pool', 'api')).toBe('pool:api')
    expect(termText('path', '/a b')).toBe('path:"/a b"')
    expect(isFound(termText('path', '/a b'), { target: '/a b' })).toBe(true)
  })
})
