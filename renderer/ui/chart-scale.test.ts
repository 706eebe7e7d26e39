/** Axes: 1-2-5 ceilings that do not breathe, round local times, labels that do not overlap. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Ceiling, roundCeiling, SHRINK_AFTER_MS, spreadLabels, timeTicks } from './chart-scale.ts'

describe('roundCeiling', () => {
  test.each([
    [0, 1],
    [-3, 1],
    [Number.NaN, 1],
    [0.3, 0.5],
    [1, 1],
    [1.01, 2],
    [5, 5],
    [5.1, 10],
    [84, 100],
    [1200, 2000],
    [0.02, 0.02]
  ])('of %d is %d', (value, ceiling) => {
    expect(roundCeiling(value)).toBe(ceiling)
  })

  test('holds every value, with less than two and a half times the room', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
        const ceiling = roundCeiling(value)
        expect(ceiling).toBeGreaterThanOrEqual(value * (1 - 1e-8))
        expect(ceiling).toBeLessThanOrEqual(value * 2.5 * (1 + 1e-8))
      })
    )
  })
})

describe('a ceiling', () => {
  test('grows at once and shrinks only when less has sufficed for ten seconds', () => {
    const ceiling = new Ceiling(1)
    expect(ceiling.update(84, 0)).toBe(100)
    expect(ceiling.update(101, 500)).toBe(200)
    expect(ceiling.update(30, 1000)).toBe(200)
    expect(ceiling.update(30, 1000 + SHRINK_AFTER_MS - 1)).toBe(200)
    expect(ceiling.update(30, 1000 + SHRINK_AFTER_MS)).toBe(50)
  })

  test('stays when the height was needed again meanwhile', () => {
    const ceiling = new Ceiling(1)
    ceiling.update(84, 0)
    ceiling.update(30, 1000)
    ceiling.update(84, 5000)
    expect(ceiling.update(30, 12_000)).toBe(100)
  })

  test('shrinks to what the last ten seconds needed, not to the last value', () => {
    const ceiling = new Ceiling(1)
    ceiling.update(500, 0)
    ceiling.update(3, 1000)
    ceiling.update(84, 4000)
    expect(ceiling.update(3, 1000 + SHRINK_AFTER_MS)).toBe(100)
  })

  test('never falls below its least, and starts anew after a reset', () => {
    const ceiling = new Ceiling(10)
    expect(ceiling.update(0, 0)).toBe(10)
    ceiling.update(900, 1)
    ceiling.reset()
    expect(ceiling.value).toBe(10)
  })
})

describe('timeTicks', () => {
  const MINUTE = 60_000

  test('are round moments, and no more than wanted', () => {
    const ticks = timeTicks(10 * MINUTE + 1, 15 * MINUTE, 6, 0)
    expect(ticks).toEqual({ stepMs: MINUTE, atMs: [11, 12, 13, 14, 15].map((at) => at * MINUTE) })
    expect(timeTicks(0, 15 * MINUTE, 6, 0).stepMs).toBe(5 * MINUTE)
  })

  test('follow the local clock where it is not whole hours from UTC', () => {
    const offset = 5.5 * 60 * MINUTE
    const { atMs, stepMs } = timeTicks(0, 24 * 60 * MINUTE, 6, offset)
    expect(stepMs).toBe(6 * 60 * MINUTE)
    for (const at of atMs) expect((at + offset) % stepMs).toBe(0)
  })
})

describe('spreadLabels', () => {
  test('leaves labels alone that have room', () => {
    expect(spreadLabels([10, 50, 90], 12, 0, 100)).toEqual([10, 50, 90])
  })

  test('moves neighbours apart and keeps their order', () => {
    expect(spreadLabels([50, 50, 51], 12, 0, 100)).toEqual([50, 62, 74])
  })

  test('keeps labels inside at the bottom', () => {
    expect(spreadLabels([99, 98], 12, 0, 100)).toEqual([100, 88])
  })
})
