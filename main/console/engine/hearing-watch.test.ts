/** Contract: a second without a word is silence; being held up oneself earns a second look. */
import { expect, test } from 'vitest'
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

test('a timer that fires much too late looks again before it calls it silence', () => {
  const clock = new HeldUpClock()
  let silences = 0
  const watch = new HearingWatch(clock, () => silences++)
  watch.heard()
  clock.fireAt(8_000)
  expect(silences).toBe(0)
  watch.heard()
  clock.fireAt(20_000)
  clock.fireAt(20_100)
  expect(silences).toBe(1)
})
