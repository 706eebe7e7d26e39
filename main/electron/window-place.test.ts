/** Where the window comes up: as it was left, but never where nobody can reach it. */
import { describe, expect, test } from 'vitest'
import { fittingPlace, type Area } from './window-place.ts'

const LAPTOP: Area = { x: 0, y: 25, width: 1440, height: 875 }
const MONITOR: Area = { x: 1440, y: 0, width: 2560, height: 1440 }

function at(x: number, y: number, width = 1200, height = 700) {
  return { bounds: { x, y, width, height }, isMaximized: false }
}

describe('fittingPlace', () => {
  test('is the middle of the first screen on the first start', () => {
    const { bounds } = fittingPlace(null, [LAPTOP, MONITOR])
    expect(bounds).toEqual({ x: 80, y: 63, width: 1280, height: 800 })
  })

  test.each([
    ['on the first screen', at(100, 100)],
    ['on the second', at(2000, 200)],
    ['half over the edge', at(1000, 100)],
    ['half over the left edge', at(-900, 100)]
  ])('stays %s', (_where, place) => {
    expect(fittingPlace(place, [LAPTOP, MONITOR])).toEqual(place)
  })

  test.each([
    ['on a screen that is gone', at(2000, 200)],
    ['below the screen', at(100, 880)],
    ['with its title above it', at(100, 0)],
    ['but for a sliver beside it', at(-1100, 100)]
  ])('comes back to the middle when it was %s', (_where, place) => {
    const { bounds } = fittingPlace(place, [LAPTOP])
    expect(bounds).toEqual({ x: 120, y: 113, width: 1200, height: 700 })
  })

  test('keeps that it was maximised, wherever it comes back to', () => {
    const place = { ...at(5000, 5000), isMaximized: true }
    expect(fittingPlace(place, [LAPTOP]).isMaximized).toBe(true)
  })

  test('is never larger than its screen, nor too small to work in', () => {
    expect(fittingPlace(at(0, 25, 4000, 3000), [LAPTOP]).bounds).toMatchObject({
      width: 1440,
      height: 875
    })
    expect(fittingPlace(at(0, 25, 10, 10), [LAPTOP]).bounds).toMatchObject({
      width: 960,
      height: 600
    })
  })
})
