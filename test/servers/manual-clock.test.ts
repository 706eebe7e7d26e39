/** Contract: time moves only by `advance`, and timers fire in due order at their exact time. */
import { expect, test } from 'vitest'
import { ManualClock } from './manual-clock.ts'

test('timers fire in the order of their due time, equal ones as they were set', () => {
  const clock = new ManualClock()
  const fired: string[] = []
  clock.setTimeout(() => fired.push(`b@${clock.now()}`), 20)
  clock.setTimeout(() => fired.push(`a@${clock.now()}`), 10)
  clock.setTimeout(() => fired.push(`c@${clock.now()}`), 20)
  clock.advance(19)
  expect(fired).toEqual(['a@10'])
  clock.advance(1)
  expect(fired).toEqual(['a@10', 'b@20', 'c@20'])
  expect(clock.pendingCount).toBe(0)
})

test('a timer set by a callback fires in the same advance when it falls due', () => {
  const clock = new ManualClock()
  const fired: number[] = []
  clock.setTimeout(() => clock.setTimeout(() => fired.push(clock.now()), 5), 10)
  clock.advance(100)
  expect(fired).toEqual([15])
  expect(clock.now()).toBe(100)
})

test('an interval fires at every period until it is cancelled, also from its own callback', () => {
  const clock = new ManualClock()
  const fired: number[] = []
  const timer = clock.setInterval(() => {
    fired.push(clock.now())
    if (fired.length === 3) timer.cancel()
  }, 10)
  clock.advance(100)
  expect(fired).toEqual([10, 20, 30])
  expect(clock.pendingCount).toBe(0)
})

test('a cancelled timer never fires and wall time moves with the clock', () => {
  const clock = new ManualClock({ wallMs: 1000 })
  clock.setTimeout(() => expect.unreachable(), 5).cancel()
  expect(clock.nextDueInMs).toBe(null)
  clock.advance(50)
  expect(clock.wallNow()).toBe(1050)
})

test('advanceAsync lets awaited code run between two timers', async () => {
  const clock = new ManualClock()
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => clock.setTimeout(resolve, ms))
  const seen: number[] = []
  const loop = (async () => {
    for (let i = 0; i < 3; i += 1) {
      await wait(10)
      seen.push(clock.now())
    }
  })()
  await clock.advanceAsync(30)
  await loop
  expect(seen).toEqual([10, 20, 30])
})
