/** Contract: scale × growth ^ (n − 2), within min and max after jitter. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_RETRY } from '../model/default-settings.ts'
import type { BackoffSettings } from '../model/settings.ts'
import { backoffMs } from './backoff.ts'

function waits(settings: Partial<BackoffSettings>, random = 0.5): readonly number[] {
  const all = { ...DEFAULT_RETRY.backoff, jitter: 'none' as const, ...settings }
  return [2, 3, 4, 5, 6].map((attempt) => backoffMs(all, attempt, () => random))
}

test('waits grow up to the limit', () => {
  const settings = { scaleMs: 100, growth: 2, minMs: 0, maxMs: 500 }
  expect(waits(settings)).toEqual([100, 200, 400, 500, 500])
})

test("seed 001's tenacity line waits 4, 4, 4, 8, 10 seconds", () => {
  const settings = { scaleMs: 1000, growth: 2, minMs: 4000, maxMs: 10_000 }
  expect(waits(settings)).toEqual([4000, 4000, 4000, 8000, 10_000])
})

test('full jitter takes a part of the wait, equal jitter half of it and a part of the rest', () => {
  const settings = { scaleMs: 100, growth: 1, minMs: 0, maxMs: 1000 }
  expect(waits({ ...settings, jitter: 'full' }, 0.25)[0]).toBe(25)
  expect(waits({ ...settings, jitter: 'equal' }, 0.25)[0]).toBe(62.5)
})

test('no wait leaves its limits, whatever the jitter', () => {
  const settings = fc.record({
    scaleMs: fc.nat(10_000),
    growth: fc.double({ min: 1, max: 10, noNaN: true }),
    minMs: fc.nat(1000),
    maxMs: fc.integer({ min: 1000, max: 60_000 }),
    jitter: fc.constantFrom('none' as const, 'full' as const, 'equal' as const)
  })
  const share = fc.double({ min: 0, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(settings, fc.integer({ min: 2, max: 20 }), share, (backoff, attempt, random) => {
      const waitMs = backoffMs(backoff, attempt, () => random)
      expect(waitMs).toBeGreaterThanOrEqual(backoff.minMs)
      expect(waitMs).toBeLessThanOrEqual(backoff.maxMs)
    })
  )
})
