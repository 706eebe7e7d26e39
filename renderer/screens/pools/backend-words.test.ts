/** Contract: the three facts of a backend, its share by weight, and the ends of what people say. */
import { describe, expect, test } from 'vitest'
import { aBackend, aPool } from '../../testing/live-payloads.ts'
import { NOW_MS } from '../../testing/manual-page.ts'
import { adminDurations, endSentence } from './admin-durations.ts'
import { factsOf } from './backend-facts.ts'
import { DOWN, someRates } from './testing/live-pools.ts'
import { weightShare } from './weight-share.ts'

const wordsOf = (...given: Parameters<typeof factsOf>): readonly string[] =>
  factsOf(...given).map(({ word, tone }) => `${word} (${tone})`)

describe('the three facts', () => {
  test('are told apart: a valid configuration says nothing about health or traffic', () => {
    expect(wordsOf(aBackend('a:80', DOWN), someRates({ rps: 0 }), null)).toEqual([
      'Valid (ok)',
      'Down (down)',
      '0\u00a0req/s (idle)'
    ])
  })

  test('tell failing traffic on a healthy backend', () => {
    expect(wordsOf(aBackend('a:80'), someRates({ server5xx: 1 }), null)[2]).toBe(
      '10\u00a0req/s (down)'
    )
    expect(wordsOf(aBackend('a:80'), someRates({ failures: 0.1 }), null)[2]).toBe(
      '10\u00a0req/s (warn)'
    )
  })

  test('tell a refused file and a name that does not resolve', () => {
    expect(wordsOf(aBackend('a:80'), null, 'pools: unknown key')[0]).toBe('Older version (warn)')
    const unresolved = aBackend('a:80', { resolutionError: 'ENOTFOUND a' })
    expect(wordsOf(unresolved, null, null)[0]).toBe('Name unresolved (down)')
  })

  test('say unknown where no number came', () => {
    expect(wordsOf(aBackend('a:80'), null, null)[2]).toBe('Unknown (unknown)')
  })

  test.each([
    [{ adminState: 'maint' }, 'maintenance'],
    [{ adminState: 'drain' }, 'drains'],
    [DOWN, 'not eligible'],
    [{ weight: 0 }, 'weight is 0'],
    [{ passedOverFor: 'us-east' }, 'Backends in us-east'],
    [{ level: 1 }, 'stands by'],
    [{}, 'no requests come']
  ] as const)('explain why no traffic comes: %j', (given, words) => {
    const [, , traffic] = factsOf(aBackend('a:80', given), someRates({ rps: 0 }), null)
    expect(traffic!.detail).toContain(words)
  })
})

describe('the share of a weight', () => {
  const pool = aPool('api', [
    aBackend('a:80', { weight: 100 }),
    aBackend('b:80', { weight: 50 }),
    aBackend('c:80', { weight: 50, isEligible: false }),
    aBackend('d:80', { weight: 100, level: 1 })
  ])

  test('counts the eligible backends of the same level', () => {
    expect(weightShare(pool, 'a:80', 50)).toBe(0.5)
    expect(weightShare(pool, 'd:80', 7)).toBe(1)
  })

  test('counts what warms up as far as it is, and nobody who stands back for a region', () => {
    const warm = aPool('api', [
      aBackend('a:80', { weight: 100, warmth: 0.5 }),
      aBackend('b:80', { weight: 50 }),
      aBackend('c:80', { weight: 50, passedOverFor: 'us-east' })
    ])
    expect(weightShare(warm, 'a:80', 100)).toBe(0.5)
    expect(weightShare(warm, 'b:80', 50)).toBe(0.5)
  })

  test('is unknown where nobody has a weight', () => {
    expect(weightShare(pool, 'd:80', 0)).toBeNull()
    expect(weightShare(pool, 'b:80', 0)).toBe(0)
  })
})

describe('the durations', () => {
  test('rise, hold the operator’s own, and end with none', () => {
    expect(adminDurations(30 * 60_000).map(({ label }) => label)).toEqual([
      '15m',
      '30m',
      '1h',
      '4h',
      'Until I end it'
    ])
    expect(adminDurations(3_600_000)).toHaveLength(4)
  })

  test('show the clock at their end', () => {
    expect(endSentence(60_000, NOW_MS)).toMatch(/^Ends by itself at \d\d:\d\d:\d\d\.$/)
    expect(endSentence(null, NOW_MS)).toContain('does not end by itself')
  })
})
