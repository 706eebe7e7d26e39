/** Contract: an incident says when, how long and where, and open ones come first. */
import { expect, test } from 'vitest'
import type { Incident } from '../../../preload/contract/incident.ts'
import { inReadingOrder, lastingWords, offsetWords, summaryWords } from './incident-words.ts'

const OPENED_MS = new Date(2026, 10, 21, 2, 14, 9).getTime()

function incident(id: number, parts: Partial<Incident> = {}): Incident {
  return {
    id,
    title: 'api: 10.0.0.2:80 down',
    openedAtMs: OPENED_MS,
    closedAtMs: null,
    severity: 'warning',
    pools: ['api'],
    eventCount: 1,
    notes: '',
    ...parts
  }
}

test('an open incident says for how long, a closed one how long it was', () => {
  expect(lastingWords(incident(1), OPENED_MS + 252_000)).toBe('Open for 4m 12s')
  const closed = incident(1, { closedAtMs: OPENED_MS + 63_000 })
  expect(lastingWords(closed, OPENED_MS + 999_000)).toBe('Lasted 1m 3s')
})

test('the summary names the moment, the number of events and the pools', () => {
  const many = incident(1, { eventCount: 6, pools: ['api', 'web'] })
  expect(summaryWords(many, OPENED_MS + 1000)).toBe('02:14:09 · 6 events · api, web')
  expect(summaryWords(incident(1, { pools: [] }), OPENED_MS)).toBe('02:14:09 · 1 event')
})

test('moments are counted from the beginning of the incident', () => {
  expect(offsetWords(OPENED_MS, OPENED_MS)).toBe('+0s')
  expect(offsetWords(OPENED_MS + 63_000, OPENED_MS)).toBe('+1m 3s')
  expect(offsetWords(OPENED_MS - 1, OPENED_MS)).toBe('before')
})

test('open incidents come first, then newest first, and none twice', () => {
  const old = incident(1, { closedAtMs: OPENED_MS, openedAtMs: OPENED_MS - 10 })
  const newer = incident(2, { closedAtMs: OPENED_MS, openedAtMs: OPENED_MS - 5 })
  const open = incident(3, { openedAtMs: OPENED_MS - 100 })
  const order = inReadingOrder([open], [old, open, newer])
  expect(order.map(({ id }) => id)).toEqual([3, 2, 1])
})
