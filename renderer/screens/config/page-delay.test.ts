/** Contract of the delay: once, after quiet, and never after a cancellation. */
import { expect, test } from 'vitest'
import { ManualPage } from '../../testing/manual-page.ts'
import { PageDelay } from './page-delay.ts'

test('runs once after the last of several requests', () => {
  const page = new ManualPage()
  let runs = 0
  const delay = new PageDelay(page, 300, () => runs++)
  delay.restart()
  page.advance(299)
  delay.restart()
  page.advance(299)
  expect(runs).toBe(0)
  page.advance(1)
  expect(runs).toBe(1)
  page.advance(1000)
  expect(runs).toBe(1)
})

test('does not run after a cancellation, and leaves no timer', () => {
  const page = new ManualPage()
  let runs = 0
  const delay = new PageDelay(page, 300, () => runs++)
  delay.restart()
  delay.cancel()
  delay.cancel()
  expect(page.timerCount).toBe(0)
  page.advance(1000)
  expect(runs).toBe(0)
})
