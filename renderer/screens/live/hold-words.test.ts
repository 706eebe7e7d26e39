/** Contract: a glance at the words says how many wait, for how long, and when they will have gone. */
import { expect, test } from 'vitest'
import type { HoldOutlook } from '../../../preload/contract/live-state.ts'
import { A_HOLD, aPool, someWaiting } from '../../testing/live-payloads.ts'
import { NOW_MS } from '../../testing/manual-page.ts'
import {
  bytesWords,
  exceptionWords,
  gaugeText,
  holdTone,
  isHolding,
  isOccupied,
  limitWords,
  outlookWords,
  overflowWords,
  quietWords,
  type HoldingPool
} from './hold-words.ts'

const OPERATOR = { untilMs: NOW_MS + 24_000, reason: 'ana: kernel' }
const HELD = { ...A_HOLD, operator: OPERATOR }
const API: HoldingPool = { ...aPool('api', []), hold: A_HOLD }

test.each<[HoldOutlook, string]>([
  [{ kind: 'empty' }, 'nobody waits'],
  [{ kind: 'backend' }, 'waits for a backend'],
  [{ kind: 'growing', perSecond: 12.34 }, 'growing by 12.3/s'],
  [{ kind: 'steady' }, 'as many come as go'],
  [{ kind: 'draining', leftMs: 72_000 }, 'empty in about 1m 12s'],
  [{ kind: 'draining', leftMs: 300 }, 'empty in a moment']
])('%j is "%s"', (outlook, words) => {
  expect(outlookWords(outlook, null, NOW_MS)).toBe(words)
})

test('the hold of an operator runs down, also while nobody waits', () => {
  expect(outlookWords({ kind: 'operator' }, OPERATOR, NOW_MS)).toBe('held for another 0:24')
  expect(outlookWords({ kind: 'empty' }, OPERATOR, NOW_MS + 60_000)).toBe('held for another 0:00')
})

test('a full line is red, a nearly full one is amber, and one that a person holds is his colour', () => {
  expect([0, 799, 800, 999, 1000].map((held) => holdTone(A_HOLD, held))).toEqual([
    ...['plain', 'plain', 'warn', 'warn', 'down']
  ])
  expect([holdTone(HELD, 3), holdTone(HELD, 1000)]).toEqual(['admin', 'down'])
})

test('a gauge is shown while somebody waits, for a minute longer, and while an operator holds', () => {
  const gone = someWaiting({ held: 0, waitedAtMs: NOW_MS })
  expect(isOccupied(A_HOLD, someWaiting(), NOW_MS)).toBe(true)
  expect(isOccupied(A_HOLD, gone, NOW_MS + 59_000)).toBe(true)
  expect(isOccupied(A_HOLD, gone, NOW_MS + 61_000)).toBe(false)
  expect(isOccupied(A_HOLD, { ...gone, waitedAtMs: null }, NOW_MS)).toBe(false)
  expect(isOccupied(HELD, { ...gone, waitedAtMs: null }, NOW_MS)).toBe(true)
})

test('the gauge is told whole to who cannot see it', () => {
  expect(gaugeText(API, someWaiting(), NOW_MS)).toBe(
    '214 of 1000 places, the first for 4.2\u00a0s, waits for a backend'
  )
  const nobody = someWaiting({ held: 0, oldestMs: null, outlook: { kind: 'empty' } })
  expect(gaugeText(API, nobody, NOW_MS)).toBe('0 of 1000 places, nobody waits')
})

test('limits are those of the pool, and routes with others are named', () => {
  const routes = [...A_HOLD.routes, { name: 'old', timeoutMs: null }, { name: 'x', timeoutMs: 500 }]
  expect(limitWords(A_HOLD)).toBe('30s, then 503 with Retry-After')
  const spare = { kind: 'pool', pool: 'spare' } as const
  expect(limitWords({ ...A_HOLD, fallback: spare })).toBe('30s, then the fallback, pool spare')
  expect(overflowWords({ ...A_HOLD, fallback: { kind: 'status', status: 503 } })).toBe(
    'the fallback, status 503'
  )
  expect(exceptionWords(A_HOLD)).toBe('')
  expect(exceptionWords({ ...A_HOLD, routes })).toBe('old: not at all, x: 500ms')
  expect(bytesWords(A_HOLD, 4_200_000)).toBe('4.2\u00a0MB of 100\u00a0MB')
})

test('pools where nobody waits have one line together', () => {
  expect(quietWords([API])).toBe('Nobody waits. api can hold 1000 requests for 30s.')
  expect(quietWords([API, API])).toBe('Nobody waits in the 2 pools that let requests wait.')
  expect([API, aPool('web', [])].filter(isHolding)).toEqual([API])
})
