/** Contract: a share grows linearly from 10 % to 100 %, in steps of 5 %, and slots with it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MIN_WARMTH, warmSlots, warmthAt } from './warmth.ts'

test('every eighteenth of the time adds 5 %', () => {
  const shares = Array.from({ length: 19 }, (_, step) => warmthAt((step * 36_000) / 18, 36_000))
  expect(shares.map(({ warmth }) => Math.round(warmth * 100))).toEqual([
    ...[10, 15, 20, 25, 30, 35, 40, 45, 50, 55],
    ...[60, 65, 70, 75, 80, 85, 90, 95, 100]
  ])
  expect(shares.at(-1)).toEqual({ warmth: 1, nextStepMs: 0 })
})

test('who waits for the next step finds it, however the duration divides, and reaches the end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 86_400_000 }), (slowStartMs) => {
      let elapsedMs = 0
      let last = 0
      for (let steps = 0; steps < 18; steps++) {
        const { warmth, nextStepMs } = warmthAt(elapsedMs, slowStartMs)
        expect(warmth).toBeGreaterThan(last)
        expect(nextStepMs).toBeGreaterThan(0)
        last = warmth
        elapsedMs += nextStepMs
      }
      expect(warmthAt(elapsedMs + 1e-6, slowStartMs)).toEqual({ warmth: 1, nextStepMs: 0 })
    })
  )
})

test('at any moment the share is at most one step behind the straight line, and never before it', () => {
  const moment = fc.tuple(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.double({ min: 0, max: 0.999, noNaN: true })
  )
  fc.assert(
    fc.property(moment, ([slowStartMs, part]) => {
      const line = MIN_WARMTH + (1 - MIN_WARMTH) * part
      const { warmth } = warmthAt(slowStartMs * part, slowStartMs)
      expect(warmth).toBeLessThanOrEqual(line + 1e-6)
      expect(warmth).toBeGreaterThan(line - 0.05 - 1e-6)
    })
  )
})

test.each([
  [0, 0.1, 0],
  [1, 0.1, 1],
  [9, 0.1, 1],
  [200, 0.1, 20],
  [200, 0.45, 90],
  [200, 1, 200]
])('of a limit of %i a backend with the share %f has %i slots', (limit, warmth, slots) => {
  expect(warmSlots(limit, warmth)).toBe(slots)
})
