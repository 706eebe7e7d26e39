/** Contract: a high share of errors is noticed within the window and forgotten with a margin. */
import { expect, test } from 'vitest'
import { ErrorWatch } from './error-watch.ts'

const STEP_MS = 250

class Traffic {
  readonly watch = new ErrorWatch()
  atMs = 0
  changes = 0

  run(forMs: number, rps: number, share: number): this {
    for (let end = this.atMs + forMs; this.atMs < end;) {
      this.atMs += STEP_MS
      const rates = { rps, server5xx: rps * share, failures: 0 }
      if (this.watch.take(this.atMs, rates)) this.changes++
    }
    return this
  }
}

test('a fifth of the requests failing is high within three seconds', () => {
  const traffic = new Traffic().run(10_000, 100, 0)
  expect(traffic.watch.rise).toBeNull()
  traffic.run(2_750, 100, 0.2)
  expect(traffic.watch.rise).toMatchObject({ share: expect.closeTo(0.05, 1) })
})

test('one percent never counts as high', () => {
  expect(new Traffic().run(60_000, 1_000, 0.01).changes).toBe(0)
})

test('a few requests say nothing, however bad', () => {
  expect(new Traffic().run(9_000, 1, 1).watch.rise).toBeNull()
})

test('it stays high between the two thresholds and falls below the lower one', () => {
  const traffic = new Traffic().run(10_000, 100, 0.2).run(20_000, 100, 0.03)
  expect(traffic.watch.rise?.share).toBeCloseTo(0.03, 2)
  traffic.run(10_000, 100, 0.001)
  expect(traffic.watch.rise).toBeNull()
})

test('it falls when no requests come any more', () => {
  const traffic = new Traffic().run(10_000, 100, 0.5).run(10_250, 0, 0)
  expect(traffic.watch.rise).toBeNull()
})

test('the beginning stays while the share moves, which is shown at most every five seconds', () => {
  const traffic = new Traffic().run(10_000, 100, 0.2)
  const sinceMs = traffic.watch.rise?.sinceMs
  traffic.changes = 0
  traffic.run(20_000, 100, 0.4)
  expect(traffic.watch.rise?.sinceMs).toBe(sinceMs)
  expect(traffic.changes).toBe(4)
})

test('a silence between two ticks counts as one second of traffic at most', () => {
  const watch = new ErrorWatch()
  watch.take(0, { rps: 10, server5xx: 10, failures: 0 })
  watch.take(60_000, { rps: 10, server5xx: 10, failures: 0 })
  expect(watch.rise).toBeNull()
})

test('a wall clock that was set back keeps no old share alive, and ends none that lasts', () => {
  const over = new Traffic().run(10_000, 100, 0.5)
  over.atMs -= 3_600_000
  expect(over.run(250, 100, 0.5).watch.rise).not.toBeNull()
  expect(over.run(10_250, 100, 0).watch.rise).toBeNull()
  const shown = new Traffic().run(10_000, 100, 0.2)
  shown.atMs -= 3_600_000
  expect(shown.run(20_000, 100, 0.4).watch.rise?.share).toBeCloseTo(0.4, 2)
})
