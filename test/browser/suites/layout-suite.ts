/**
 * J.5 and N of the screens' design: the smallest window, and a phone's width, which is also what
 * 400 % zoom makes of a usual one. Nothing is cut off and nothing scrolls sideways.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { StartStage, Viewer } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

const WINDOWS: Readonly<Record<string, Viewer>> = {
  'the smallest window, 960 × 600': { widthPx: 960, heightPx: 600 },
  'a phone, 360 × 740': { widthPx: 360, heightPx: 740 },
  '1280 × 1024 at 400 % zoom': { widthPx: 320, heightPx: 256 }
}

export function layoutSuite(name: string, startStage: StartStage): void {
  describe(`layout, ${name}`, () => {
    const suite = stageOf(startStage)
    beforeAll(async () => {
      const view = await suite.open()
      await view.startDemo()
      await view.button('Kill demo-2').click()
      await view.untilVerdict(/is down/)
    })

    test.each(Object.entries(WINDOWS))('no screen scrolls sideways in %s', async (_, viewer) => {
      const view = await suite.open(viewer)
      for (const screen of await view.builtScreens()) {
        await view.go(screen)
        await view.page.locator('main h1').first().waitFor()
        await expect.poll(() => sideways(view), { message: screen }).toEqual([])
      }
    })

    test('in a narrow window the inspector is a page of its own, and Escape leads back', async () => {
      const view = await suite.open({ widthPx: 360, heightPx: 740 })
      await view.go('Pools')
      await view.row('demo-2').click()

      await view.inspector.getByRole('group', { name: /^Actions for / }).waitFor()
      expect(await view.page.getByRole('main').count()).toBe(0)
      expect(await sideways(view)).toEqual([])
      await view.page.keyboard.press('Escape')
      await view.row('demo-2').waitFor()
    })

    test('the wall shows verdict and problems without the shell', async () => {
      const view = await suite.open({ widthPx: 1920, heightPx: 1080 })
      // A browser keeps F11 for itself, so the page has another key there.
      const keys = name === 'web' ? ['g', 'w'] : ['F11']
      for (const key of keys) await view.page.keyboard.press(key)

      await view.rail.waitFor({ state: 'hidden' })
      await expect.poll(() => view.page.getByRole('main').innerText(), PATIENCE).toMatch(/Serving/)
      expect(await view.liveness()).toMatch(/^LIVE/)
      await view.page.keyboard.press('Escape')
      await view.rail.waitFor()
    })
  })
}

/** What reaches beyond the window: the page itself, or a visible control that nobody can reach. */
function sideways(view: ConsoleView): Promise<readonly string[]> {
  return view.page.evaluate(() => {
    const widthPx = document.documentElement.clientWidth
    const found: string[] = []
    for (const scroller of [
      document.documentElement,
      document.body,
      document.querySelector('main')
    ])
      if (scroller !== null && scroller.scrollWidth > scroller.clientWidth + 1)
        found.push(`${scroller.tagName} is ${scroller.scrollWidth} px in ${scroller.clientWidth}`)
    for (const control of document.querySelectorAll('button, a[href], input, select')) {
      const { left, right, width } = control.getBoundingClientRect()
      const isShown = control.checkVisibility({ visibilityProperty: true }) && width > 1
      const isInScroller = control.closest('[data-scrolls-sideways]') !== null
      if (isShown && !isInScroller && (right > widthPx + 1 || left < -1))
        found.push(`${control.getAttribute('aria-label') ?? control.textContent} at ${right}`)
    }
    return found
  })
}
