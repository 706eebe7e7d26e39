/** Contract: the inspector has what waits now, and what becomes of who finds no place or no backend. */
import { expect, test } from 'vitest'
import { A_HOLD, someWaiting } from '../../testing/live-payloads.ts'
import { NOW_MS } from '../../testing/manual-page.ts'
import { holdFacts } from './hold-facts.ts'

const lines = (...given: Parameters<typeof holdFacts>): string[] =>
  holdFacts(...given).map(({ name, value, note = '' }) => `${name}: ${value} ${note}`.trim())

test('while requests wait', () => {
  const hold = { ...A_HOLD, routes: [{ name: 'old', timeoutMs: null }] }
  const now = someWaiting({ outlook: { kind: 'growing', perSecond: 38 }, released: 12 })
  expect(lines(hold, now, NOW_MS).map((line) => line.replaceAll('\u00a0', ' '))).toEqual([
    'The first: has waited 4.2 s',
    'Outlook: growing by 38/s',
    'Come and go: 50 req/s come, 12 req/s go',
    'Bodies: 4.2 MB of 100 MB',
    'When full: 503 with Retry-After',
    'At most: 30s, then 503 with Retry-After old: not at all'
  ])
})

test('while nobody waits, and before the first numbers', () => {
  const nobody = someWaiting({ held: 0, bytes: 0, oldestMs: null, outlook: { kind: 'empty' } })
  expect(lines(A_HOLD, nobody, NOW_MS).slice(0, 2)).toEqual([
    'The first: –',
    'Outlook: nobody waits'
  ])
  expect(lines(A_HOLD, null, NOW_MS)).toHaveLength(2)
})
