/** The strip of probes: the newest is always on the right, and the pointer finds the right one. */
import { expect, test } from 'vitest'
import { beatAt } from './heartbeat-canvas.ts'

test('the rightmost slot is the newest probe', () => {
  expect(beatAt(99, 100, 50, 50)).toBe(49)
  expect(beatAt(100, 100, 50, 50)).toBe(49)
  expect(beatAt(99, 100, 50, 3)).toBe(2)
})

test('slots that no probe has filled yet choose nothing', () => {
  expect(beatAt(10, 100, 50, 3)).toBeNull()
  expect(beatAt(0, 100, 50, 50)).toBe(0)
})
