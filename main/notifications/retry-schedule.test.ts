/** Contract: waits double from 2 s to 5 min, are never shorter than half, and heed the other side. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryWaitMs } from './retry-schedule.ts'

test('without luck the waits are 2, 4, 8, … 256, 300 s', () => {
  const waits = Array.from({ length: 10 }, (_, index) => retryWaitMs(index + 1, () => 1) / 1000)
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
})

test('chance takes at most a half away, and nothing is ever longer', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, chance) => {
        const wait = retryWaitMs(attempts, () => chance)
        const whole = retryWaitMs(attempts, () => 1)
        expect(wait).toBeGreaterThanOrEqual(whole / 2)
        expect(wait).toBeLessThanOrEqual(whole)
      }
    )
  )
})

test.each([
  [null, 2_000],
  [1_000, 2_000],
  [45_000, 45_000],
  [86_400_000, 900_000]
])('asked to wait %s ms, it waits %d ms', (asked, expected) => {
  expect(retryWaitMs(1, () => 1, asked)).toBe(expected)
})
