/** A long list renders what is in view, with a margin, and scrolls no further than needed. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OVERSCAN_ROWS, scrollTopFor, virtualWindow } from './virtual-window.ts'

test('every row in view is rendered, whatever the place', () => {
  const list = fc.record({
    count: fc.integer({ min: 1, max: 3000 }),
    rowPx: fc.constantFrom(24, 28, 36),
    scroll: fc.double({ min: -50, max: 200_000, noNaN: true }),
    viewport: fc.integer({ min: 1, max: 1200 })
  })
  fc.assert(
    fc.property(list, ({ count, rowPx, scroll, viewport }) => {
      const { first, end } = virtualWindow(count, rowPx, scroll, viewport)
      const top = Math.max(0, Math.min(scroll, count * rowPx - viewport))
      expect(first * rowPx).toBeLessThanOrEqual(top)
      expect(end * rowPx).toBeGreaterThanOrEqual(Math.min(top + viewport, count * rowPx))
      expect(end - first).toBeLessThanOrEqual(viewport / rowPx + 2 + 2 * OVERSCAN_ROWS)
    })
  )
})

test('an empty list renders nothing', () => {
  expect(virtualWindow(0, 28, 0, 500)).toEqual({ first: 0, end: 0 })
})

test('revealing a row moves the list only as far as needed', () => {
  expect(scrollTopFor(5, 28, 0, 280)).toBe(0)
  expect(scrollTopFor(10, 28, 0, 280)).toBe(28)
  expect(scrollTopFor(2, 28, 140, 280)).toBe(56)
})
