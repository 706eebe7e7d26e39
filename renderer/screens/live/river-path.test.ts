/** Paths: their ends are exact, and their points are equally far apart, also in a bend. */
import { expect, test } from 'vitest'
import { isPathWithin, pathIndex, riverPath } from './river-path.ts'

function steps({ points }: ReturnType<typeof riverPath>): readonly number[] {
  const lengths: number[] = []
  for (let at = 2; at < points.length; at += 2) {
    lengths.push(Math.hypot(points[at]! - points[at - 2]!, points[at + 1]! - points[at - 1]!))
  }
  return lengths
}

test('a path begins and ends where it should', () => {
  const { points } = riverPath({ x: 10, y: 20 }, { x: 310, y: 140 })
  expect([...points.slice(0, 2)]).toEqual([10, 20])
  expect([...points.slice(-2)]).toEqual([310, 140])
})

test('its points are equally far apart', () => {
  const lengths = steps(riverPath({ x: 0, y: 0 }, { x: 200, y: 400 }, { x: 100, y: 400 }))
  expect(Math.max(...lengths) / Math.min(...lengths)).toBeLessThan(1.1)
})

test('a straight path is as long as it is', () => {
  expect(riverPath({ x: 0, y: 5 }, { x: 300, y: 5 }).lengthPx).toBeCloseTo(300)
})

test('behind its bend it is straight', () => {
  const { points } = riverPath({ x: 0, y: 0 }, { x: 400, y: 90 }, { x: 100, y: 90 })
  for (let at = 0; at < points.length; at += 2) {
    if (points[at]! > 101) expect(points[at + 1]).toBeCloseTo(90, 3)
  }
})

test('every share of the way has a next point', () => {
  const path = riverPath({ x: 0, y: 0 }, { x: 10, y: 0 })
  expect(pathIndex(path, 0)).toBe(0)
  expect(pathIndex(path, 0.999_999)).toBe(path.points.length / 2 - 2)
  expect(pathIndex(path, 1)).toBe(path.points.length / 2 - 2)
})

test('a path is in view when any of it is', () => {
  const path = riverPath({ x: 0, y: 100 }, { x: 10, y: 400 })
  expect(isPathWithin(path, 0, 90)).toBe(false)
  expect(isPathWithin(path, 0, 110)).toBe(true)
  expect(isPathWithin(path, 200, 300)).toBe(true)
  expect(isPathWithin(path, 410, 500)).toBe(false)
})
