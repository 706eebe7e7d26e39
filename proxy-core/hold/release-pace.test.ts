/** Contract: those who waited go on ever faster while they are answered, one by one while not. */
import { expect, test } from 'vitest'
import { ReleasePace } from './release-pace.ts'

/** Lets go whoever may go. Returns how many. */
function round(pace: ReleasePace, nowMs = 0): number {
  let count = 0
  for (; pace.allows(nowMs); count++) pace.released()
  return count
}

function answer(pace: ReleasePace, count: number): void {
  for (let n = 0; n < count; n++) pace.answered()
}

test('the window doubles with every round trip', () => {
  const pace = new ReleasePace()
  const rounds = [1, 2, 3, 4, 5].map(() => {
    const count = round(pace)
    answer(pace, count)
    return count
  })
  expect(rounds).toEqual([4, 8, 16, 32, 64])
})

test('after a failure one tries, after ever longer pauses up to a second', () => {
  const pace = new ReleasePace()
  let nowMs = 0
  const pauses: number[] = []
  for (let n = 0; n < 8; n++) {
    pace.failed(nowMs)
    pauses.push(pace.notBeforeMs - nowMs)
    expect(pace.allows(pace.notBeforeMs - 1)).toBe(false)
    nowMs = pace.notBeforeMs
    expect(round(pace, nowMs)).toBe(1)
    pace.lost()
  }
  expect(pauses).toEqual([20, 40, 80, 160, 320, 640, 1000, 1000])
})

test('many failures of one moment are one', () => {
  const pace = new ReleasePace()
  for (let n = 0; n < 64; n++) pace.failed(100)
  expect(pace.notBeforeMs).toBe(120)
})

test('an answer, or a backend that comes back, ends the pauses', () => {
  const pace = new ReleasePace()
  for (const nowMs of [0, 20, 60]) pace.failed(nowMs)
  pace.restart()
  expect(round(pace, 61)).toBe(4)
  answer(pace, 4)
  pace.failed(100)
  expect(pace.notBeforeMs).toBe(120)
})
