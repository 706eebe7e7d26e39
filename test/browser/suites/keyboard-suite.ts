/**
 * L of the screens' design: everything by keyboard. Every action is in the palette, keys lead to
 * the screens, the focus goes through the shell in the order of the eye and is seen, and no two
 * key presses change what serves users without a plan sheet.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { ACTIONS } from '../../../renderer/actions/registry.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

/** Dozens of keys, each with its look at the page. */
const SLOW = { timeout: 60_000 }

export function keyboardSuite(name: string, startStage: StartStage): void {
  describe(`the keyboard, ${name}`, () => {
    const suite = stageOf(startStage)
    let view: ConsoleView
    beforeAll(async () => {
      view = await suite.open()
      await view.startDemo()
    })

    test('the palette has a row for every action, with its reason where it cannot run', async () => {
      const palette = await view.openPalette()
      await palette.getByRole('combobox').fill('>')
      const rows = palette.getByRole('option')
      await expect.poll(() => rows.count(), PATIENCE).toBeGreaterThan(20)
      const shown = await rows.locator('.title').allInnerTexts()

      const expected = ACTIONS.filter((action) => action.isKeyOnly !== true)
      expect(expected.map(({ title }) => title).filter((title) => !shown.includes(title))).toEqual(
        []
      )
      for (const row of await palette.locator('[role=option][aria-disabled=true]').all()) {
        expect((await row.locator('.detail').innerText()).length).toBeGreaterThan(10)
      }
      await view.page.keyboard.press('Escape')
      await palette.waitFor({ state: 'hidden' })
    })

    test('the palette finds a backend and leads to it', async () => {
      const palette = await view.openPalette()
      await palette.getByRole('combobox').fill('@demo-2')
      await expect.poll(() => palette.getByRole('option').count(), PATIENCE).toBeGreaterThan(0)
      await view.page.keyboard.press('Enter')

      await expect.poll(() => view.inspector.innerText(), PATIENCE).toContain('demo-2')
      await view.page.keyboard.press('Escape')
      await view.inspector.waitFor({ state: 'hidden' })
    })

    test('two keys lead to each screen', async () => {
      const keys = {
        Live: 'l',
        Pools: 'p',
        Traffic: 't',
        Incidents: 'i',
        Config: 'c',
        Settings: 's'
      }
      for (const screen of await view.builtScreens()) {
        await view.page.keyboard.press('g')
        await view.page.keyboard.press(keys[screen])
        await expect
          .poll(() => view.rail.locator('[aria-current=page]').innerText())
          .toMatch(new RegExp(`^${screen}|\\n${screen}`))
      }
      await view.go('Live')
    })

    test('the sheet of shortcuts opens with a question mark and closes with Escape', async () => {
      await view.page.keyboard.press('?')
      await view.page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
      await view.page.keyboard.press('Escape')
      await view.sheet.waitFor({ state: 'hidden' })
    })

    test('no one or two keys change what serves users without a plan sheet', async () => {
      await view.go('Pools')
      await view.inspect('demo-2')
      // The demo has one level: its failover is refused, and `failover-suite.ts` plans another.
      const single = ACTIONS.filter(({ section }) => section === 'Backend').flatMap(
        ({ keys, danger }) => (danger === 'plan' ? keys : [])
      )
      expect(single.length).toBeGreaterThan(2)
      for (const keys of [...single, ...single.map((first) => `${first} Enter`)]) {
        for (const key of keys.split(' ')) await view.page.keyboard.press(spelled(key))
        await expect.poll(() => view.sheet.count(), PATIENCE).toBeGreaterThan(0)
        await view.page.keyboard.press('Escape')
        await view.sheet.waitFor({ state: 'hidden' })
        await expect.poll(() => view.row('demo-2').innerText()).toMatch(/Healthy/)
        expect(await view.row('demo-2').innerText()).not.toMatch(/Draining|Maintenance/)
      }
      expect(await view.events()).not.toContain('was set from')
      await view.page.keyboard.press('Escape')
    })

    test('nor on Config, whether the focus is on the screen or in the editor', SLOW, async () => {
      await view.go('Config')
      const editor = view.page.getByRole('textbox', { name: /^Text of demo/ })
      await editor.waitFor()
      const single = ACTIONS.flatMap(({ keys, danger }) => (danger === 'plan' ? keys : []))
      const heading = view.page.getByRole('heading', { name: 'Config' })
      // The palette asks step by step which backend is meant, or the sheet shows the plan; either
      // may come a moment after its key.
      const isOnScreen = async (): Promise<boolean> => {
        if ((await view.sheet.count()) > 0) await view.page.keyboard.press('Escape')
        return heading.click({ timeout: 500 }).then(
          () => true,
          () => false
        )
      }
      for (const keys of single.flatMap((first) => [first, `${first} Enter`])) {
        await expect.poll(isOnScreen, PATIENCE).toBe(true)
        for (const key of keys.split(' ')) await view.page.keyboard.press(spelled(key))
      }
      await expect.poll(isOnScreen, PATIENCE).toBe(true)
      await editor.click()
      for (const key of single) await view.page.keyboard.press(spelled(key))
      await view.page.keyboard.press('Control+Enter')
      expect(await view.sheet.count()).toBe(0)
      expect(await view.events()).not.toContain('was set from')
      await view.button('Discard').click()
      await expect
        .poll(() => view.page.getByRole('main').innerText(), PATIENCE)
        .toContain('Nothing staged')
      await view.go('Live')
    })

    test('Tab goes through the shell in the order of the eye, and the focus is seen', async () => {
      await view.page.reload()
      await view.page.getByRole('navigation', { name: 'Screens' }).waitFor()
      // Names and numbers come a moment after the frame of the page.
      for (const name of [/^demo/, /^LIVE/]) await view.page.getByText(name).first().waitFor()
      const stops: { readonly label: string; readonly isSeen: boolean }[] = []
      for (let press = 0; press < 40; press++) {
        await view.page.keyboard.press('Tab')
        stops.push(await view.page.evaluate(focusStop))
      }
      const order = stops.map(({ label }) => label)
      const places = [
        'Skip to the screen',
        'demo',
        'LIVE',
        'Search and actions',
        'Live',
        'Settings'
      ].map((label) => order.findIndex((stop) => stop.startsWith(label)))
      expect(places).not.toContain(-1)
      expect(places).toEqual(places.toSorted((one, other) => one - other))
      expect(stops.filter(({ isSeen }) => !isSeen)).toEqual([])
    })
  })
}

/** "Mod+K" as Playwright spells it. */
function spelled(key: string): string {
  return key.replace('Mod', 'Control')
}

/** Runs in the page: what has the focus, and whether an outline or a mark shows it. */
function focusStop(): { label: string; isSeen: boolean } {
  const element = document.activeElement as HTMLElement | null
  if (element === null || element === document.body) return { label: 'page', isSeen: true }
  const label = element.getAttribute('aria-label') ?? element.innerText.trim()
  // The ring of a segmented control is on the label around its hidden radio button.
  const carriers = [element, element.nextElementSibling, element.parentElement]
  const isSeen = carriers.some((carrier) => {
    if (carrier === null) return false
    const { outlineStyle, outlineWidth } = getComputedStyle(carrier)
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
  })
  return { label, isSeen }
}
