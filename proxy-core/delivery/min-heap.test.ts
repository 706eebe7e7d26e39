/** Contract: whatever goes in comes out in order, however pushes and pops interleave. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MinHeap } from './min-heap.ts'

test('it is always the lowest that comes out', () => {
  const step = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant('pop' as const))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new MinHeap<number>((item) => item)
      const held: number[] = []
      for (const one of steps) {
        if (one === 'pop') {
          held.sort((a, b) => a - b)
          expect(heap.first).toBe(held[0])
          expect(heap.pop()).toBe(held.shift())
        } else {
          heap.push(one)
          held.push(one)
        }
        expect(heap.size).toBe(held.length)
      }
    })
  )
})
