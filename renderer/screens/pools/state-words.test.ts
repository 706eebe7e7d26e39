/** Contract: states, checks and progress in words; every drain and maintenance shows its end. */
import { describe, expect, test } from 'vitest'
import { ALGORITHM_NAMES } from '../../../proxy-core/model/algorithm.ts'
import { HASH_METHODS, PARTITION_METHODS } from '../../../proxy-core/model/balance-settings.ts'
import { PROBE_CODES } from '../../../proxy-core/model/probe-record.ts'
import { formatClock } from '../../ui/duration.ts'
import { algorithmWords, keyedWords } from './algorithm-words.ts'
import { fittingColumns, gridTemplate } from './fitting-columns.ts'
import { POOL_COLUMNS } from './pool-columns.ts'
import { adminText, lastCheckText, probeResult, sinceText, transitionText } from './state-words.ts'
import { NOW_MS } from '../../testing/manual-page.ts'

const probe = {
  atMs: NOW_MS - 3000,
  durationMs: 12.04,
  hasPassed: true,
  code: 'L7OK',
  status: 200,
  detail: ''
} as const

describe('since', () => {
  test('is a span, and a dash where no time is known', () => {
    expect(sinceText(NOW_MS - 252_000, NOW_MS)).toBe('4m 12s')
    expect(sinceText(0, NOW_MS)).toBe('–')
  })
})

describe('what people said', () => {
  test.each([
    [{ adminState: 'ready', adminUntilMs: null }, 3, ''],
    [{ adminState: 'drain', adminUntilMs: NOW_MS + 42_000 }, 12, 'Draining 12 left · 0:42'],
    [{ adminState: 'drain', adminUntilMs: null }, null, 'Draining · no end'],
    [{ adminState: 'maint', adminUntilMs: NOW_MS + 90_000 }, 0, 'Maintenance 1:30'],
    [{ adminState: 'maint', adminUntilMs: null }, 0, 'Maintenance, no end'],
    [{ adminState: 'maint', adminUntilMs: NOW_MS - 1 }, 0, 'Maintenance ending']
  ] as const)('%j with %s running is "%s"', (backend, inFlight, text) => {
    expect(adminText(backend, inFlight, NOW_MS)).toBe(text)
  })

  test('names a far end by its time of day', () => {
    const adminUntilMs = NOW_MS + 2 * 3_600_000
    expect(adminText({ adminState: 'maint', adminUntilMs }, 0, NOW_MS)).toBe(
      `Maintenance until ${formatClock(adminUntilMs)}`
    )
  })
})

describe('the last check', () => {
  test('is its result, its duration and its age', () => {
    expect(lastCheckText(probe, NOW_MS)).toBe('200, 12\u00a0ms, 3s ago')
  })

  test('says in words what came where no status did', () => {
    expect(probeResult({ ...probe, status: null, code: 'L4CON' })).toBe('refused')
    for (const code of PROBE_CODES) {
      expect(probeResult({ ...probe, status: null, code })).not.toBe('')
    }
  })
})

describe('the next transition', () => {
  const check = { rise: 2, fall: 3 }

  test.each([
    [{ direction: 'passing', done: 1, needed: 2 }, true, '1 more success to return'],
    [{ direction: 'passing', done: 0, needed: 2 }, true, '2 more successes to return'],
    [{ direction: 'failing', done: 1, needed: 3 }, false, '2 more failures to go down'],
    [{ direction: 'steady', done: 0, needed: 0 }, true, '2 more successes to return'],
    [{ direction: 'steady', done: 0, needed: 3 }, false, '3 failures in a row would take it down']
  ] as const)('%j, down: %s, is "%s"', (progress, isDown, text) => {
    expect(transitionText(progress, isDown, check)).toBe(text)
  })
})

describe('the columns', () => {
  const idsAt = (widthPx: number): readonly string[] =>
    fittingColumns(POOL_COLUMNS, widthPx).map(({ id }) => id)

  test('are all there at full width, in their order', () => {
    expect(fittingColumns(POOL_COLUMNS, 2000)).toEqual(POOL_COLUMNS)
  })

  test('hide by priority; name and state stay', () => {
    expect(idsAt(450)).toEqual(['name', 'state'])
    expect(idsAt(300)).toEqual(['name', 'state'])
    expect(idsAt(260)).toEqual(['name', 'state'])
    expect(idsAt(0)).toEqual(['name'])
    const narrow = idsAt(700)
    expect(narrow).toContain('errors')
    expect(narrow).not.toContain('spark')
  })

  test('never need more room than there is', () => {
    for (let widthPx = 180; widthPx < 1400; widthPx += 13) {
      const needed = fittingColumns(POOL_COLUMNS, widthPx).reduce(
        (sum, column) => sum + column.widthPx,
        0
      )
      expect(needed).toBeLessThanOrEqual(widthPx)
    }
  })

  test('share what is left over', () => {
    expect(gridTemplate(fittingColumns(POOL_COLUMNS, 300))).toBe(
      'minmax(136px, 3fr) minmax(110px, 3fr)'
    )
  })
})

describe('the algorithms', () => {
  test('are all explained, under every spelling', () => {
    for (const [id, { aliases }] of Object.entries(ALGORITHM_NAMES)) {
      for (const spelling of [id, ...aliases]) {
        expect(algorithmWords(spelling).explanation, spelling).not.toBe('')
      }
    }
  })

  test('that go by a key say how, and what bounds them', () => {
    const key = 'header:x-case-id'
    expect(keyedWords({ key, method: 'maglev', loadBound: 1.25 })).toBe(
      'Maglev hashing; at most 125% of the fair share of running requests.'
    )
    for (const method of [...HASH_METHODS, ...PARTITION_METHODS]) {
      expect(keyedWords({ key, method, loadBound: 0 })).not.toBe(`${method}.`)
    }
  })

  test('of a newer engine keep their own name', () => {
    expect(algorithmWords('maglev')).toEqual({ name: 'maglev', explanation: '' })
  })
})
