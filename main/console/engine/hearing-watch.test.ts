/**
 * Contract: a second without a word is silence, counted while this process ran itself; what it
 * did not hear while it was held up is no evidence.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Clock, Timer } from '../../../proxy-core/time/clock.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { HearingWatch } from './hearing-watch.ts'

test('silence is told once, a second after the last word', () => {
  const clock = new ManualClock()
  let silences = 0
  const watch = new HearingWatch(clock, () => silences++)
  watch.heard()
  clock.advance(900)
  watch.heard()
  clock.advance(999)
  expect(silences).toBe(0)
  clock.advance(5_000)
  expect(silences).toBe(1)
  expect(clock.pendingCount).toBe(0)
})

test('a stopped watch says nothing', () => {
  const clock = new ManualClock()
  let silences = 0
  const watch = new HearingWatch(clock, () => silences++)
  watch.heard()
  watch.stop()
  clock.advance(5_000)
  expect(silences).toBe(0)
})

/** Fires timers only when told to, however late. */
class HeldUpClock implements Clock {
  nowMs = 0
  pending: (() => void) | null = null

  now(): number {
    return this.nowMs
  }
  wallNow(): number {
    return this.nowMs
  }
  setTimeout(callback: () => void): Timer {
    this.pending = callback
    return { cancel: () => (this.pending = null) }
  }
  setInterval(callback: () => void): Timer {
    return this.setTimeout(callback)
  }
  fireAt(nowMs: number): void {
    this.nowMs = nowMs
    const callback = this.pending
    this.pending = null
    callback?.()
  }
}

describe('a loop that is held up', () => {
  let clock: HeldUpClock
  let silences: number
  let watch: HearingWatch

  beforeEach(() => {
    clock = new HeldUpClock()
    silences = 0
    watch = new HearingWatch(clock, () => silences++)
    watch.heard()
  })

  /** So many beats, each this late. */
  function beat(count: number, lateMs = 0): void {
    for (let n = 0; n < count; n++) clock.fireAt(clock.nowMs + 100 + lateMs)
  }

  test('counts seconds in which it did not run as one beat', () => {
    beat(1, 8_000)
    expect(silences).toBe(0)
    beat(8)
    expect(silences).toBe(0)
    beat(1)
    expect(silences).toBe(1)
  })

  test('looks once more when the last beat was late', () => {
    beat(9)
    beat(1, 400)
    expect(silences).toBe(0)
    beat(1)
    expect(silences).toBe(1)
  })

  test('gives no word at all when it hears before the beats are full', () => {
    beat(9, 300)
    watch.heard()
    beat(9, 300)
    expect(silences).toBe(0)
  })

  test('finds silence although every beat is late', () => {
    beat(11, 200)
    expect(silences).toBe(1)
    expect(clock.pending).toBeNull()
  })

  test('is told within a second and a half at an ordinary lateness', () => {
    beat(10, 20)
    expect([silences, clock.nowMs]).toEqual([1, 1_200])
  })
})
