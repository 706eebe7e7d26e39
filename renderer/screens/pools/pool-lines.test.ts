/** Contract: which lines the table shows, what counts as a problem, and that none goes unsaid. */
import { describe, expect, test } from 'vitest'
import type { LiveBackend } from '../../../preload/contract/live-state.ts'
import { aBackend, aPool } from '../../testing/live-payloads.ts'
import { mergedOrder, nextSorting, sortedKeys, BY_SEVERITY } from './pool-order.ts'
import { isNamedBy, isProblemBackend, linesOf, roleText, type LineQuery } from './pool-lines.ts'
import { DOWN, figures, someRates } from './testing/live-pools.ts'

const api = aPool('api', [aBackend('a:80'), aBackend('b:80', DOWN), aBackend('c:80', { level: 1 })])
const web = aPool('web', [aBackend('w:80')])

const itself = (address: string): string => address

const ALL: LineQuery = {
  filter: '',
  nameOf: itself,
  problems: new Set(['api\nb:80']),
  only: null,
  collapsed: new Set(),
  order: []
}

function shown(query: Partial<LineQuery> = {}): readonly string[] {
  const order = sortedKeys([api, web], figures(), { by: 'name', direction: 'ascending' })
  const full = { ...ALL, order, ...query }
  return linesOf([api, web], full).map(({ key }) => key.replace('\n', '/'))
}

describe('the lines', () => {
  test('are each pool with its backends', () => {
    expect(shown()).toEqual(['api', 'api/a:80', 'api/b:80', 'api/c:80', 'web', 'web/w:80'])
  })

  test('of a collapsed pool are the pool alone, which tells its problems', () => {
    expect(shown({ collapsed: new Set(['api']) })).toEqual(['api', 'web', 'web/w:80'])
    const [line] = linesOf([api], { ...ALL, collapsed: new Set(['api']) })
    expect(line).toMatchObject({ problemCount: 1, isCollapsed: true, hiddenCount: 0 })
  })

  test('follow the filter, word by word, over pool and backend', () => {
    expect(shown({ filter: 'api down' })).toEqual(['api', 'api/b:80'])
    expect(shown({ filter: 'backup' })).toEqual(['api', 'api/c:80'])
    expect(shown({ filter: 'nobody' })).toEqual([])
  })

  test('of only problems are these, and a pool that is down even without a backend', () => {
    expect(shown({ only: new Set(['api\nb:80']) })).toEqual(['api', 'api/b:80'])
    const empty = { ...aPool('empty', []), status: 'down' } as const
    const query = { ...ALL, only: new Set<string>() }
    expect(linesOf([empty, web], query).map(({ key }) => key)).toEqual(['empty'])
  })

  test('keep a pool without backends while nothing is asked for', () => {
    expect(linesOf([aPool('empty', [])], ALL)).toHaveLength(1)
  })
})

describe('a problem', () => {
  test.each([
    ['healthy', {}, false],
    ['down', DOWN, true],
    ['changing', { status: 'changing' }, true],
    ['unknown before its first probe', { status: 'unknown' }, true],
    ['without checks', { status: 'unknown', hasHealthCheck: false }, false],
    ['draining', { adminState: 'drain' }, true],
    ['in maintenance', { adminState: 'maint' }, true],
    ['without an address', { resolutionError: 'ENOTFOUND' }, true]
  ] satisfies readonly [string, Partial<LiveBackend>, boolean][])(
    'is not always one: %s',
    (_, given, expected) => {
      expect(isProblemBackend(aBackend('a:80', given), null)).toBe(expected)
    }
  )

  test('is also traffic that fails on a healthy backend', () => {
    const backend = aBackend('a:80')
    expect(isProblemBackend(backend, someRates({ server5xx: 0.5 }))).toBe(true)
    expect(isProblemBackend(backend, someRates({ server5xx: 0.4 }))).toBe(false)
    expect(isProblemBackend(backend, someRates({ rps: 0, server5xx: 0 }))).toBe(false)
  })
})

describe('the order', () => {
  const busy = figures({
    api: someRates({ rps: 1 }),
    web: someRates({ rps: 50 }),
    'api/a:80': someRates({ rps: 1 }),
    'api/c:80': someRates({ rps: 30 })
  })

  test('by severity puts what is worst first, and keeps equals as configured', () => {
    const maint = aPool('m', [
      aBackend('1', { adminState: 'maint' }),
      aBackend('2'),
      aBackend('3', DOWN)
    ])
    const lost = { ...aPool('lost', []), status: 'down' } as const
    expect(sortedKeys([maint, lost], figures(), BY_SEVERITY)).toEqual([
      'lost',
      'm',
      'm\n3',
      'm\n1',
      'm\n2'
    ])
  })

  test('by a number counts what has none as least', () => {
    expect(sortedKeys([api, web], busy, { by: 'rps', direction: 'descending' })).toEqual([
      'web',
      'web\nw:80',
      'api',
      'api\nc:80',
      'api\na:80',
      'api\nb:80'
    ])
  })

  test('by name reads numbers as numbers', () => {
    const pool = aPool(
      'p',
      ['10.0.0.10:80', '10.0.0.9:80'].map((address) => aBackend(address))
    )
    expect(sortedKeys([pool], figures(), { by: 'name', direction: 'ascending' })).toEqual([
      'p',
      'p\n10.0.0.9:80',
      'p\n10.0.0.10:80'
    ])
  })

  test('turns round at the second click and begins sensibly at the first', () => {
    const byRate = nextSorting(BY_SEVERITY, 'rps')
    expect(byRate).toEqual({ by: 'rps', direction: 'descending' })
    expect(nextSorting(byRate, 'rps').direction).toBe('ascending')
    expect(nextSorting(byRate, 'name').direction).toBe('ascending')
  })

  test('is kept when the fleet changes: the gone leave, the new stand after their neighbour', () => {
    expect(mergedOrder(['p', 'p\nc', 'p\na'], ['p', 'p\na', 'p\nb', 'p\nd'])).toEqual([
      'p',
      'p\na',
      'p\nb',
      'p\nd'
    ])
    const same = ['p', 'p\nb', 'p\na']
    expect(mergedOrder(same, ['p', 'p\na', 'p\nb'])).toBe(same)
  })

  test('takes a new first pool to the front', () => {
    expect(mergedOrder(['b'], ['a', 'b'])).toEqual(['a', 'b'])
  })
})

describe('the words of a row', () => {
  test('are what the filter looks at', () => {
    const drained = aBackend('10.0.0.2:80', { adminState: 'drain', region: 'us-east' })
    for (const filter of ['API', '10.0.0', 'us-east', 'draining', 'primary healthy']) {
      expect(isNamedBy(filter, api, drained, itself), filter).toBe(true)
    }
    expect(isNamedBy('maintenance', api, drained, itself)).toBe(false)
  })

  test('hold the other name of an address', () => {
    expect(isNamedBy('demo-2', api, aBackend('127.0.0.1:7'), () => 'demo-2')).toBe(true)
  })

  test('name the role', () => {
    expect([0, 1, 2].map(roleText)).toEqual(['Primary', 'Backup L1', 'Backup L2'])
  })
})
