/** How often a page asks for an animation frame: a loop asks sixty times a second. */
import type { Page } from 'playwright-core'

export function framesAskedIn(page: Page, watchedMs: number): Promise<number> {
  return page.evaluate(async (forMs) => {
    const original = window.requestAnimationFrame
    let asked = 0
    window.requestAnimationFrame = (callback) => {
      asked++
      return original.call(window, callback)
    }
    await new Promise((resolve) => setTimeout(resolve, forMs))
    window.requestAnimationFrame = original
    return asked
  }, watchedMs)
}
