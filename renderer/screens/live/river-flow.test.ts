/**
 * How traffic looks: a bounded number of dots, widths that fit both a trickle and a flood, speeds
 * within limits, and as many error dots as there are errors.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dotBudget,
  dotLane,
  dotShare,
  edgeWidthPx,
  firstPhase,
  isErrorDot,
  MAX_DOTS,
  paceOf,
  speedOf
} from './river-flow.ts'

describe('the dot budget', () => {
  const edge = fc.record({
    rps: fc.double({ min: 0, max: 1e6, noNaN: true }),
    lengthPx: fc.double({ min: 1, max: 3000, noNaN: true })
  })

  test('never exceeds the limit, whatever the traffic and the number of edges', () => {
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 1500 }), (edges) => {
        const dots = dotBudget(edges)
        expect(dots).toHaveLength(edges.length)
        expect(dots.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(MAX_DOTS)
        for (const count of dots) expect(Number.isInteger(count) && count >= 0).toBe(true)
      })
    )
  })

  test('gives a trickle one dot and silence none', () => {
    expect(
      dotBudget([
        { rps: 0.1, lengthPx: 300 },
        { rps: 0, lengthPx: 300 }
      ])
    ).toEqual([1, 0])
  })

  test('is shared fairly when it is scarce: the last edge has as much as the first', () => {
    const dots = dotBudget(Array.from({ length: 24 }, () => ({ rps: 1e6, lengthPx: 2000 })))
    expect(new Set(dots).size).toBe(1)
    expect(dots[0]).toBe(Math.floor(MAX_DOTS / 24))
  })

  test('grows with the square root of the traffic', () => {
    const [one, four] = dotBudget([
      { rps: 25, lengthPx: 900 },
      { rps: 100, lengthPx: 900 }
    ])
    expect(four).toBe(2 * one!)
  })

  test('leaves room between the dots of a short edge', () => {
    expect(dotBudget([{ rps: 1e6, lengthPx: 100 }])[0]).toBeLessThanOrEqual(20)
  })
})

test('an edge without traffic is a hairline, and a flood stays narrower than its node', () => {
  expect(edgeWidthPx(0)).toBe(1)
  expect(edgeWidthPx(50)).toBeGreaterThan(edgeWidthPx(5))
  expect(edgeWidthPx(1e6)).toBeLessThan(16)
})

test('fast answers flow fast, within a quarter and twice the usual speed', () => {
  expect(paceOf(50)).toBe(1)
  expect(paceOf(1)).toBe(2)
  expect(paceOf(0)).toBe(2)
  expect(paceOf(60_000)).toBe(0.25)
  expect(paceOf(-1)).toBe(1)
})

test('the speed in pixels is the same on a short and a long edge', () => {
  expect(speedOf(50, 100) * 100).toBeCloseTo(speedOf(50, 700) * 700)
  expect(speedOf(50, 0)).toBe(0)
})

test('one more dot moves no other', () => {
  const places = [0, 1, 2, 3].map((index) => dotShare(0.3, index))
  expect([0, 1, 2, 3, 4].map((index) => dotShare(0.3, index)).slice(0, 4)).toEqual(places)
  for (const place of places) expect(place >= 0 && place < 1).toBe(true)
})

test('dots are spread over the whole edge', () => {
  const places = Array.from({ length: 20 }, (_, index) => dotShare(0, index)).sort((a, b) => a - b)
  const gaps = places.slice(1).map((place, at) => place - places[at]!)
  expect(Math.max(...gaps)).toBeLessThan(3 / 20)
})

describe('an error dot', () => {
  test.each([0, 1, 7, 30])('keeps its shape from its start to its end: dot %d', (index) => {
    let changes = 0
    let wasError = isErrorDot(0, index, 0.5)
    let before = dotShare(0, index)
    for (let phase = 0.01; phase < 40; phase += 0.01) {
      const isError = isErrorDot(phase, index, 0.5)
      const share = dotShare(phase, index)
      const isNewPassage = share < before
      if (!isNewPassage) expect(isError).toBe(wasError)
      else if (isError !== wasError) changes++
      wasError = isError
      before = share
    }
    expect(changes).toBeGreaterThan(5)
  })

  test.each([0, 0.05, 0.3, 1])('comes as often as there are errors: %d', (share) => {
    let errors = 0
    for (let passage = 0; passage < 500; passage++) {
      for (let index = 0; index < 20; index++) {
        if (isErrorDot(passage, index, share)) errors++
      }
    }
    expect(errors / 10_000).toBeCloseTo(share, 1)
  })
})

test('lanes lie within the edge, and edges of the same shape are not in step', () => {
  for (let index = 0; index < 100; index++)
    expect(Math.abs(dotLane(index))).toBeLessThanOrEqual(0.5)
  expect(new Set([0, 1, 2, 3].map(firstPhase)).size).toBe(4)
})
