/** N of the screens' design: axe finds nothing serious on any screen in either theme. */
import { describe, expect, test } from 'vitest'
import { atRest, seriousViolations } from '../axe.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

const THEMES = ['dark', 'light'] as const

/** axe reads every pixel's colours; a dozen states of the page take their time. */
const TIMEOUT_MS = 90_000

export function accessibilitySuite(name: string, startStage: StartStage): void {
  describe(`accessibility, ${name}`, () => {
    const suite = stageOf(startStage)

    async function judge(view: ConsoleView): Promise<void> {
      await atRest(view.page)
      expect(await seriousViolations(view.page)).toEqual([])
    }

    test.each(THEMES)('the first run in %s', { timeout: TIMEOUT_MS }, async (theme) => {
      const view = await suite.open({ theme })
      await judge(view)
      await view.button('Point me at my backends').click()
      await view.page.getByLabel('Addresses of your backends').fill('127.0.0.1:1 nonsense:0')
      await expect
        .poll(() => view.page.getByRole('list', { name: 'Answers of the addresses' }).innerText())
        .toMatch(/refused/)
      await judge(view)
    })

    test('the demo is started and has an incident', async () => {
      const view = await suite.open()
      await view.startDemo()
      await view.button('Kill demo-2').click()
      await view.untilVerdict(/is down/)
    })

    test.each(THEMES)('every screen in %s', { timeout: TIMEOUT_MS }, async (theme) => {
      const view = await suite.open({ theme })
      for (const screen of await view.builtScreens()) {
        await view.go(screen)
        await expect.poll(() => view.page.locator('main h1, main h2').count()).toBeGreaterThan(0)
        await view.page.waitForLoadState('networkidle')
        await judge(view)
      }
    })

    test.each(THEMES)('inspectors in %s', { timeout: TIMEOUT_MS }, async (theme) => {
      const view = await suite.open({ theme })
      await view.go('Pools')
      const inspector = await view.inspect('demo-1')
      await judge(view)
      await inspector.getByRole('button', { name: 'Maintenance…' }).click()
      await judge(view)
      await view.page.keyboard.press('Escape')
      await view.glyphs.last().click()
      await view.inspector.waitFor()
      await judge(view)
      await view.page.keyboard.press('Escape')
      await view.go('Traffic')
      await view.page.getByRole('row').nth(3).click()
      await expect.poll(() => view.inspector.innerText(), PATIENCE).toContain('Request')
      await judge(view)
    })

    test.each(THEMES)('what lies over the page in %s', { timeout: TIMEOUT_MS }, async (theme) => {
      const view = await suite.open({ theme })
      await view.openPalette()
      await judge(view)
      await view.page.keyboard.press('Escape')
      await view.page.keyboard.press('?')
      await view.page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
      await judge(view)
      await view.page.keyboard.press('Escape')
      await view.go('Pools')
      const inspector = await view.inspect('demo-1')
      await inspector.getByRole('button', { name: 'Drain…' }).click()
      await inspector.getByRole('button', { name: /^Drain demo-/ }).click()
      await view.sheet.waitFor()
      await judge(view)
      await view.page.keyboard.press('Escape')
      await view.page.keyboard.press('n')
      await view.page.keyboard.press('b')
      await view.page.getByRole('dialog', { name: 'Add backend' }).waitFor()
      await judge(view)
    })
  })
}
