/** Contract: the table of docs/reference/store.md, and the waits between attempts. */
import { describe, expect, test } from 'vitest'
import { DEFAULT_STORE_ROUTE } from '../model/default-store.ts'
import type { StoreRouteSettings } from '../model/store-settings.ts'
import { verdictOn, type DeliveryReport, type DeliveryVerdict } from './delivery-verdict.ts'

const SETTINGS: StoreRouteSettings = {
  ...DEFAULT_STORE_ROUTE,
  backoff: { scaleMs: 1000, growth: 2, minMs: 0, maxMs: 5000, jitter: 'none' }
}

function verdict(
  report: DeliveryReport,
  attempts = 1,
  settings: Partial<StoreRouteSettings> = {}
): DeliveryVerdict {
  return verdictOn(report, attempts, { ...SETTINGS, ...settings }, () => 0.5)
}

function answered(status: number, retryAfterMs = 0): DeliveryReport {
  return { kind: 'answered', status, retryAfterMs }
}

describe('statuses', () => {
  const kinds = new Map<string, readonly number[]>([
    ['delivered', [200, 201, 202, 204, 226, 299]],
    ['again', [408, 425, 429, 500, 502, 503, 504, 505, 507, 511, 599]],
    ['dead', [300, 301, 302, 304, 308, 400, 401, 403, 404, 409, 410, 413, 418, 422, 451, 501]]
  ])
  test.each([...kinds].flatMap(([kind, statuses]) => statuses.map((one) => [one, kind] as const)))(
    '%i: %s',
    (status, kind) => {
      expect(verdict(answered(status)).kind).toBe(kind)
    }
  )

  test('success goes before every other rule', () => {
    const success = [{ from: 404, to: 503 }]
    expect(verdict(answered(404), 1, { success }).kind).toBe('delivered')
    expect(verdict(answered(503), 1, { success }).kind).toBe('delivered')
    expect(verdict(answered(200), 1, { success }).kind).toBe('dead')
  })
})

test.each([
  [1, 1000],
  [2, 2000],
  [3, 4000],
  [4, 5000],
  [100, 5000]
])('after attempt %i it waits %i ms', (attempts, waitMs) => {
  expect(verdict(answered(503), attempts)).toMatchObject({ kind: 'again', waitMs })
  expect(verdict({ kind: 'failed', reason: 'r' }, attempts)).toMatchObject({ waitMs, status: 0 })
})

test('a longer Retry-After goes before, a shorter one does not', () => {
  expect(verdict(answered(503, 90_000))).toMatchObject({ waitMs: 90_000 })
  expect(verdict(answered(503, 10), 3)).toMatchObject({ waitMs: 4000 })
})

test('with full jitter it waits a random part of that', () => {
  const backoff = { ...SETTINGS.backoff, jitter: 'full' } as const
  expect(verdict(answered(503), 3, { backoff })).toMatchObject({ waitMs: 2000 })
})

test('the last attempt makes it a dead letter, whatever it ended with', () => {
  expect(verdict(answered(503), 3, { attempts: 4 }).kind).toBe('again')
  expect(verdict(answered(503), 4, { attempts: 4 })).toEqual({
    ...{ kind: 'dead', status: 503 },
    reason: 'the backend answered 503 at the last of 4 attempts'
  })
  expect(verdict({ kind: 'failed', reason: 'it broke' }, 1, { attempts: 1 })).toEqual({
    ...{ kind: 'dead', status: 0, reason: 'it broke at the only attempt' }
  })
})

test('what was no attempt is put back, and what the end of the engine cut is left', () => {
  const away = { kind: 'unplaced', reason: 'r', isBusy: false } as const
  expect(verdict(away, 4, { attempts: 1 })).toEqual({
    kind: 'put_back',
    reason: 'r',
    isBusy: false
  })
  expect(verdict({ kind: 'cut' }, 4, { attempts: 1 })).toEqual({ kind: 'left' })
})

test('what the balancer itself refuses is not tried again', () => {
  const report = { kind: 'impossible', status: 400, reason: 'r' } as const
  expect(verdict(report)).toEqual({ kind: 'dead', status: 400, reason: 'r' })
})
