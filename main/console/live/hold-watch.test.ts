/**
 * Contract: requests that wait are noticed at once where nobody serves, after a second where
 * somebody does, and forgotten two seconds after the last; who waited in vain counts for ten.
 */
import { expect, test } from 'vitest'
import type { HoldNumbers } from '../../../proxy-core/model/engine-telemetry.ts'
import { HoldWatch, type Waiting } from './hold-watch.ts'

const STEP_MS = 250
const NOBODY: HoldNumbers = {
  ...{ held: 0, bytes: 0, oldestMs: null, entered: 0, released: 0, lostTotal: 0 }
}

class Line {
  readonly watch = new HoldWatch()
  atMs = 1_000_000
  changes = 0

  run(forMs: number, numbers: Partial<HoldNumbers>, isServed = true): Waiting | null {
    for (let end = this.atMs + forMs; this.atMs < end;) {
      this.atMs += STEP_MS
      if (this.watch.take(this.atMs, { ...NOBODY, ...numbers }, isServed)) this.changes++
    }
    return this.watch.waiting
  }
}

test('where nobody serves the first one that waits is news', () => {
  expect(new Line().run(STEP_MS, { held: 1, oldestMs: 10 }, false)).toEqual({
    ...{ held: 1, oldestMs: 10, lost: 0 }
  })
})

test('where somebody serves a wait of a moment is none, and one of a second is', () => {
  const line = new Line()
  expect(line.run(10_000, { held: 3, oldestMs: 900 })).toBeNull()
  expect(line.changes).toBe(0)
  expect(line.run(STEP_MS, { held: 3, oldestMs: 1_100 })).toMatchObject({ held: 3 })
})

test('a wait that lasts is renewed every five seconds', () => {
  const line = new Line()
  line.run(15_000, { held: 9, oldestMs: 2_000 }, false)
  expect(line.changes).toBe(3)
})

test('a pause of a moment does not end it, one of two seconds does', () => {
  const line = new Line()
  line.run(STEP_MS, { held: 9, oldestMs: 2_000 }, false)
  expect(line.run(1_500, {})).not.toBeNull()
  expect(line.run(STEP_MS, { held: 1, oldestMs: 1 })).not.toBeNull()
  expect(line.run(2_500, {})).toBeNull()
})

test('who waited in vain is told at once, also where nobody waits any more, for ten seconds', () => {
  const line = new Line()
  line.run(1_000, { lostTotal: 7 })
  expect(line.watch.waiting).toBeNull()
  expect(line.run(STEP_MS, { lostTotal: 9 })).toMatchObject({ held: 0, lost: 2 })
  expect(line.run(9_500, { lostTotal: 9 })).toMatchObject({ lost: 2 })
  expect(line.run(1_000, { lostTotal: 9 })).toBeNull()
})

test('a pool that holds no requests any more has nobody who waits', () => {
  const line = new Line()
  line.run(STEP_MS, { held: 9, oldestMs: 2_000 }, false)
  expect(line.watch.take(line.atMs + STEP_MS, null, false)).toBe(true)
  expect(line.watch.waiting).toBeNull()
})
