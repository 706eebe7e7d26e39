/** Contract: whoever is woken sees first what serves and whether that is wanted, then the ladder. */
import { describe, expect, test } from 'vitest'
import type { FailoverStatus } from '../../../proxy-core/model/failover-report.ts'
import { spanText, statusText } from './status-text.ts'

const NOW_MS = 1_767_225_600_000

function status(changes: Partial<FailoverStatus> = {}): FailoverStatus {
  return {
    pool: 'api',
    isEnabled: true,
    phase: 'normal',
    isFailedOver: false,
    mode: 'switch',
    strategy: 'graceful',
    failback: 'automatic',
    activeLevel: 0,
    level: 0,
    isWaiting: false,
    obstacle: null,
    latchedLevel: null,
    isLatchForced: false,
    latchReason: null,
    sinceMs: NOW_MS - 250_000,
    dueAtMs: null,
    levels: [
      { level: 0, backends: 2, eligible: 2, share: 1, isLost: false },
      { level: 1, backends: 2, eligible: 1, share: 0, isLost: false }
    ],
    transitions: [],
    activations: 0,
    lastActivationMs: null,
    lastDurationMs: null,
    ...changes
  }
}

const first = (changes: Partial<FailoverStatus>): string =>
  statusText(status(changes), NOW_MS).split('\n')[0]!

test('a pool without failover says which of its settings keeps it from one', () => {
  const obstacle = 'its failover is switched off (`failover.enabled: false`)'
  expect(statusText(status({ isEnabled: false, obstacle }), NOW_MS)).toBe(
    `Pool api: no failover; ${obstacle}.`
  )
})

test('a latch is told also while there is nothing to hold', () => {
  expect(
    statusText(status({ isEnabled: false, latchedLevel: 1, latchReason: 'disks' }), NOW_MS)
  ).toContain('Latched on level 1 by an operator (disks) from before')
})

describe('the sentence', () => {
  test.each([
    [{}, 'Pool api: normal, level 0 serves.'],
    [{ mode: 'spill' }, 'Pool api: normal (mode spill), level 0 serves.'],
    [
      { phase: 'pending', dueAtMs: NOW_MS },
      'Pool api: PENDING, level 0 is lost and its delay runs; level 0 serves.'
    ],
    [
      { phase: 'pending', activeLevel: -1, isWaiting: true, dueAtMs: NOW_MS },
      'Pool api: PENDING, level 0 is lost and its delay runs; requests wait for level 0.'
    ],
    [
      { phase: 'pending', activeLevel: -1, level: 1 },
      'Pool api: PENDING, level 1 is lost, its delay is over and no level can take over; NO level serves.'
    ],
    [
      { phase: 'switching' },
      'Pool api: SWITCHING, the share of another level grows; level 0 serves.'
    ],
    [
      { phase: 'active', activeLevel: 1 },
      'Pool api: FAILED OVER, level 1 serves; it returns by itself.'
    ],
    [
      { phase: 'active', activeLevel: 1, failback: 'manual' },
      'Pool api: FAILED OVER, level 1 serves; an operator must bring it back.'
    ],
    [
      { phase: 'recovering', activeLevel: 1 },
      'Pool api: RECOVERING, a level before is healthy again and comes back; level 1 serves.'
    ],
    [
      { phase: 'latched', activeLevel: 1, latchedLevel: 1, latchReason: 'disks' },
      'Pool api: LATCHED on level 1 by an operator (disks); level 1 serves.'
    ],
    [
      { phase: 'latched', activeLevel: -1, latchedLevel: 1, latchReason: 'disks' },
      'Pool api: LATCHED on level 1 by an operator (disks); NO level serves.'
    ]
  ] as const)('of %j', (changes, sentence) => {
    expect(first(changes)).toMatch(/ Since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(4 min 10 s ago\)\.$/)
    expect(first(changes).startsWith(sentence)).toBe(true)
  })
})

test('the ladder shows shares while two levels serve, what is waited for, and the last change', () => {
  const lines = statusText(
    status({
      phase: 'switching',
      dueAtMs: NOW_MS + 8000,
      levels: [
        { level: 0, backends: 2, eligible: 1, share: 0.25, isLost: true },
        { level: 1, backends: 10, eligible: 9, share: 0.75, isLost: false }
      ],
      activeLevel: 1,
      transitions: [
        {
          atMs: NOW_MS - 1000,
          from: 'normal',
          to: 'switching',
          fromLevel: 0,
          toLevel: 1,
          isManual: false,
          reason: '1 of 2 backends of level 0 is eligible, 2 are needed'
        }
      ]
    }),
    NOW_MS
  ).split('\n')
  expect(lines.slice(1, 3)).toEqual([
    '  level 0  #####...............  25 %  1 of 2 eligible, lost',
    '> level 1  ###############.....  75 %  9 of 10 eligible'
  ])
  expect(lines[3]).toMatch(/^ {2}Waits until .* \(in 8 s\)\.$/)
  expect(lines[4]).toMatch(/^ {2}Last change, .* \(1 s ago\): 1 of 2 backends of level 0/)
  expect(Math.max(...lines.slice(1, 4).map(({ length }) => length))).toBeLessThanOrEqual(80)
})

test('a latch is named also while its level is not the one that serves', () => {
  const text = statusText(
    status({ phase: 'pending', level: 1, latchedLevel: 1, latchReason: 'disks' }),
    NOW_MS
  )
  expect(text).toMatch(/^Pool api: PENDING, level 1 is lost, its delay is over/)
  expect(text).toContain('\n  Latched on level 1 by an operator (disks).')
})

test.each([
  [0, '0 s'],
  [499, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [3_725_000, '1 h 2 min'],
  [3_605_000, '1 h'],
  [180_000_000, '2 d 2 h'],
  [-5, '0 s']
])('%d ms are %s', (ms, text) => expect(spanText(ms)).toBe(text))
