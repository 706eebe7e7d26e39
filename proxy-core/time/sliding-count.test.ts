/** Contract: the sum is of the last slots alone, whatever time passes between two looks. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SlidingCount } from './sliding-count.ts'

test('what is older than all slots is forgotten a slot at a time', () => {
  const count = new SlidingCount(3, 100, 0)
  for (const nowMs of [0, 50, 150, 250]) count.add(nowMs)
  expect([299, 300, 399, 400, 500].map((nowMs) => count.sum(nowMs))).toEqual([4, 2, 2, 1, 0])
})

test('is what a list of all occasions says', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(700), { maxLength: 40 }), (steps) => {
      const count = new SlidingCount(5, 100, 0)
      const all: number[] = []
      let nowMs = 0
      for (const step of steps) {
        nowMs += step
        count.add(nowMs)
        all.push(Math.floor(nowMs / 100))
        const oldest = Math.floor(nowMs / 100) - 4
        expect(count.sum(nowMs)).toBe(all.filter((slot) => slot >= oldest).length)
      }
    })
  )
})

test('can be cleared', () => {
  const count = new SlidingCount(3, 100, 0)
  count.add(0)
  count.clear()
  expect(count.sum(0)).toBe(0)
})
