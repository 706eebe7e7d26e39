/** Contract: a row of failures or a rate within a window is reason enough, whichever comes first. */
import { expect, test } from 'vitest'
import { DEFAULT_OUTLIER } from '../model/default-settings.ts'
import type { OutlierSettings } from '../model/settings.ts'
import { answerKind } from './answer-kind.ts'
import { FailureTally } from './failure-tally.ts'

function tally(settings: Partial<OutlierSettings>): FailureTally {
  return new FailureTally({ ...DEFAULT_OUTLIER, failureRate: 0, ...settings }, 0)
}

/** The reasons after each status, `stepMs` apart. */
function reasons(one: FailureTally, statuses: readonly number[], stepMs = 0): (string | null)[] {
  return statuses.map((status, index) => one.note(answerKind(status), index * stepMs))
}

test('failures in a row, whoever failed', () => {
  const found = reasons(tally({ consecutiveFailures: 3 }), [500, 503, 500])
  expect(found).toEqual([null, null, '3 requests in a row failed'])
})

test('a success begins the row anew', () => {
  expect(reasons(tally({ consecutiveFailures: 2 }), [500, 200, 500, 404, 500])).not.toContain(
    expect.any(String)
  )
})

test('gateway failures apart from those of the application', () => {
  const settings = { consecutiveFailures: 0, consecutiveGatewayFailures: 2 }
  expect(reasons(tally(settings), [500, 500, 500, 502, 500, 503, 504]).at(-1)).toBe(
    '2 requests in a row got no answer or 502, 503, 504'
  )
  expect(reasons(tally(settings), [502, 500, 502, 500]).every((one) => one === null)).toBe(true)
})

test('a rate, once there are enough answers', () => {
  const settings = { consecutiveFailures: 0, failureRate: 0.5, minRequests: 4, windowMs: 10_000 }
  expect(reasons(tally(settings), [500, 200, 500])).toEqual([null, null, null])
  expect(reasons(tally(settings), [500, 200, 200, 500]).at(-1)).toBe(
    '50% of 4 requests failed within 10s'
  )
})

test('what is older than the window does not count', () => {
  const settings = { consecutiveFailures: 0, failureRate: 0.5, minRequests: 4, windowMs: 10_000 }
  expect(reasons(tally(settings), [500, 500, 500, 500], 5000).at(-1)).toBeNull()
})

test('429 counts for the rate and neither adds to a row nor ends it', () => {
  const row = tally({ consecutiveFailures: 2 })
  expect(reasons(row, [429, 429, 500, 429, 500]).at(-1)).toBe('2 requests in a row failed')
  const rate = tally({ consecutiveFailures: 0, failureRate: 0.5, minRequests: 2 })
  expect(reasons(rate, [429, 429]).at(-1)).toBe('100% of 2 requests failed within 30s')
})

test('after an ejection it begins anew', () => {
  const one = tally({ consecutiveFailures: 2 })
  reasons(one, [500, 500])
  one.clear()
  expect(reasons(one, [500])).toEqual([null])
})
