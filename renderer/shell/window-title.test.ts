/** The window's title in every status. */
import { describe, expect, test } from 'vitest'
import { aVerdict } from '../testing/live-payloads.ts'
import { windowTitle } from './window-title.ts'

describe('windowTitle', () => {
  test.each([
    ['serving', 0, '● api 2/2 — edge.yaml'],
    ['degraded', 1, '◐ api 2/2 — edge.yaml'],
    ['down', 2, '(2) ✕ api 2/2 — edge.yaml'],
    ['down', 0, '(1) ✕ api 2/2 — edge.yaml'],
    ['unknown', 0, '◌ api 2/2 — edge.yaml'],
    ['idle', 0, 'edge.yaml — Switchyard']
  ] as const)('says %s with %i open incidents as "%s"', (status, open, title) => {
    expect(windowTitle(aVerdict({ status }), 'edge.yaml', open)).toBe(title)
  })

  test('is the name alone before anything is known', () => {
    expect(windowTitle(null, '', 0)).toBe('Switchyard')
    expect(windowTitle(aVerdict(), '', 0)).toBe('● api 2/2')
  })
})
