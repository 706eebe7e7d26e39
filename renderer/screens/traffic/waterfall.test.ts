/** Contract: bars stand where their time was, and what never came is not shown as done. */
import { describe, expect, test } from 'vitest'
import { aSample, anAttempt } from './testing/samples.ts'
import { roundTicks, waterfallOf } from './waterfall.ts'

describe('the waterfall', () => {
  test('puts the phases of an attempt behind each other', () => {
    const attempt = anAttempt({
      startedMs: 2,
      queueMs: 3,
      connectMs: 1,
      firstByteMs: 8,
      transferMs: 4
    })
    const { attempts, totalMs } = waterfallOf(aSample({ attempts: [attempt], durationMs: 18 }))
    expect(totalMs).toBe(18)
    expect(attempts[0]!.bars).toEqual([
      { phase: 'queue', startMs: 2, lengthMs: 3 },
      { phase: 'connect', startMs: 5, lengthMs: 1 },
      { phase: 'first_byte', startMs: 6, lengthMs: 8 },
      { phase: 'transfer', startMs: 14, lengthMs: 4 }
    ])
  })

  test('leaves out what took no time, as a connection that was open already', () => {
    const attempt = anAttempt({ connectMs: 0 })
    const { attempts } = waterfallOf(aSample({ attempts: [attempt] }))
    expect(attempts[0]!.bars.map(({ phase }) => phase)).toEqual(['first_byte', 'transfer'])
  })

  test('shows an attempt without an answer until the next one began', () => {
    const failed = anAttempt({
      startedMs: 0,
      connectMs: 1,
      firstByteMs: -1,
      transferMs: -1,
      status: null,
      failure: 'reset'
    })
    const { attempts } = waterfallOf(
      aSample({ attempts: [failed, anAttempt({ startedMs: 30 })], durationMs: 40 })
    )
    expect(attempts[0]!.bars.at(-1)).toEqual({ phase: 'no_answer', startMs: 1, lengthMs: 29 })
  })

  test('shows a transfer that broke off until the request ended', () => {
    const broken = anAttempt({ startedMs: 0, connectMs: 0, firstByteMs: 10, transferMs: -1 })
    const { attempts } = waterfallOf(aSample({ attempts: [broken], durationMs: 25 }))
    expect(attempts[0]!.bars.at(-1)).toEqual({ phase: 'transfer', startMs: 10, lengthMs: 15 })
  })

  test('tells the wait before an attempt, and hides the work of the proxy itself', () => {
    const first = anAttempt({
      startedMs: 0.2,
      connectMs: 0,
      firstByteMs: 4,
      transferMs: 1,
      status: 503
    })
    const { attempts } = waterfallOf(
      aSample({ attempts: [first, anAttempt({ startedMs: 30.2 })], durationMs: 40 })
    )
    expect(attempts[0]!.waitedMs).toBe(0)
    expect(attempts[1]!.waitedMs).toBeCloseTo(25)
  })

  test('survives a request that never reached a backend', () => {
    const { attempts, totalMs, ticksMs } = waterfallOf(aSample({ attempts: [], durationMs: 0 }))
    expect(attempts).toEqual([])
    expect(totalMs).toBeGreaterThan(0)
    expect(ticksMs).toEqual([0])
  })
})

describe('the marks', () => {
  test.each([
    [10, [0, 2, 4, 6, 8, 10]],
    [9.5, [0, 2, 4, 6, 8]],
    [1204, [0, 500, 1000]],
    [0.9, [0, 0.2, 0.4, 0.6, 0.8]],
    [55, [0, 20, 40]]
  ])('of %s ms are round', (totalMs, ticks) => {
    expect(roundTicks(totalMs)).toEqual(ticks)
  })

  test('are never more than six', () => {
    for (let totalMs = 0.01; totalMs < 1e6; totalMs *= 1.07) {
      const ticks = roundTicks(totalMs)
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.length).toBeGreaterThanOrEqual(2)
      expect(ticks.at(-1)).toBeLessThanOrEqual(totalMs)
    }
  })
})
