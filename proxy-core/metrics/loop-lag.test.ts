/** Contract: the loop lag is what a timer came too late by, sampled only between start and stop. */
import { expect, it } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { Clock } from '../time/clock.ts'
import { LoopLag } from './loop-lag.ts'

/** A manual clock whose reading runs ahead of its timers, as after a blocked event loop. */
class StallingClock extends ManualClock {
  stalledMs = 0
  override now(): number {
    return super.now() + this.stalledMs
  }
}

it('records no lag while timers come on time', () => {
  const clock = new ManualClock()
  const lag = new LoopLag(clock, 50)
  lag.start()
  clock.advance(500)
  expect(lag.histogram.count).toBe(10)
  expect(lag.histogram.sumMs).toBe(0)
  lag.stop()
})

it('records one stall once, with its length', () => {
  const clock = new StallingClock()
  const lag = new LoopLag(clock, 50)
  lag.start()
  clock.advance(100)
  clock.stalledMs = 340
  clock.advance(200)
  expect(lag.histogram.sumMs).toBe(340)
  expect(lag.histogram.count - lag.histogram.countUpTo(0.1)).toBe(1)
  lag.stop()
})

it('owns exactly one timer, and releases it on stop', () => {
  const clock = new ManualClock()
  const lag: LoopLag = new LoopLag(clock satisfies Clock)
  lag.start()
  lag.start()
  expect(clock.pendingCount).toBe(1)
  lag.stop()
  lag.stop()
  expect(clock.pendingCount).toBe(0)
})
