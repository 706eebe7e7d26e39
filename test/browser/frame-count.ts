/** How often a page asks for an animation frame while the browser draws so many of them. */
import type { Page } from 'playwright-core'

/** A loop asks in every one of the `drawn` frames; a page at rest in hardly any. */
export function framesAskedDuring(page: Page, drawn: number): Promise<number> {
  return page.evaluate(async (frames) => {
    const original = window.requestAnimationFrame
    let asked = 0
    window.requestAnimationFrame = (callback) => {
      asked++
      return original.call(window, callback)
    }
    for (let frame = 0; frame < frames; frame++) {
      await new Promise((resolve) => original.call(window, resolve))
    }
    window.requestAnimationFrame = original
    return asked
  }, drawn)
}

/** The most frames in a row, of so many drawn ones, in each of which the page asked for the next. */
export function longestRunOfFrames(page: Page, drawn: number): Promise<number> {
  return page.evaluate(async (frames) => {
    const original = window.requestAnimationFrame
    let asked = 0
    window.requestAnimationFrame = (callback) => {
      asked++
      return original.call(window, callback)
    }
    let run = 0
    let longest = 0
    for (let frame = 0; frame < frames; frame++) {
      const before = asked
      await new Promise((resolve) => original.call(window, resolve))
      run = asked > before ? run + 1 : 0
      longest = Math.max(longest, run)
    }
    window.requestAnimationFrame = original
    return longest
  }, drawn)
}
