/** Contract: what is said of a channel: what it is told of, what it delivered, why it fails. */
import { expect, test } from 'vitest'
import { aChannel } from '../../testing/live-payloads.ts'
import { deliveryWords, failureWords, occasionWords } from './notification-words.ts'

const NOW_MS = 1_000_000

test('occasions are words', () => {
  expect(occasionWords(aChannel({ on: ['pool_lost', 'failover'] }))).toBe('Pool lost, failover')
})

test.each([
  [{}, 'Nothing delivered yet.'],
  [{ lastDeliveryMs: NOW_MS - 252_000, delivered: 12 }, 'Last delivered 4m 12s ago, 12 in all.'],
  [
    { lastDeliveryMs: NOW_MS, delivered: 1, waiting: 1, heldBack: 3, failed: 2, dropped: 4 },
    'Last delivered just now, 1 in all; 1 waiting, 3 held back, 2 given up, 4 thrown away.'
  ],
  [{ type: 'metrics' }, 'Counts in /metrics of the admin API, and sends nothing.']
] as const)('%j is "%s"', (changes, words) => {
  expect(deliveryWords(aChannel(changes), NOW_MS)).toBe(words)
})

test('a failure has its age and its reason', () => {
  const lastFailure = { atMs: NOW_MS - 12_000, reason: 'It answered with HTTP 503.' }
  expect(failureWords(aChannel({ lastFailure }), NOW_MS)).toBe(
    'Failed 12s ago: It answered with HTTP 503.'
  )
  expect(failureWords(aChannel(), NOW_MS)).toBeNull()
})
