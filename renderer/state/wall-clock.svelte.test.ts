/** The shared clock: on the second, not when stopped, and with the host's time where it differs. */
import { describe, expect, test } from 'vitest'
import { ManualPage, NOW_MS } from '../testing/manual-page.ts'
import { WallClock } from './wall-clock.svelte.ts'

describe('WallClock', () => {
  test('ticks on whole seconds with one timer', () => {
    const page = new ManualPage()
    page.nowMs = NOW_MS + 400
    const clock = new WallClock(page)
    clock.start()
    page.advance(599)
    expect(clock.nowMs).toBe(NOW_MS + 400)
    page.advance(1)
    expect(clock.nowMs).toBe(NOW_MS + 1000)
    page.advance(5000)
    expect(clock.nowMs).toBe(NOW_MS + 6000)
    expect(page.timerCount).toBe(1)
  })

  test('leaves no timer when it stops, and starts again', () => {
    const page = new ManualPage()
    const clock = new WallClock(page)
    clock.start()
    clock.stop()
    expect(page.timerCount).toBe(0)
    page.advance(5000)
    clock.start()
    expect(clock.nowMs).toBe(NOW_MS + 5000)
  })

  test('takes the time of a host whose clock is another, and no smaller difference', () => {
    const page = new ManualPage()
    const clock = new WallClock(page)
    clock.align(NOW_MS - 1500)
    expect(clock.exactMs()).toBe(NOW_MS)
    clock.align(NOW_MS + 3_600_000)
    expect(clock.nowMs).toBe(NOW_MS + 3_600_000)
    clock.align(NOW_MS + 3_600_300)
    expect(clock.exactMs()).toBe(NOW_MS + 3_600_000)
    clock.align(NOW_MS)
    expect(clock.exactMs()).toBe(NOW_MS)
  })
})
