/**
 * Two pages of one console on Config: neither replaces what the other has staged unseen, and what
 * is typed into one file never reaches another one that is opened meanwhile. A console that ends
 * says which secrets ended with it.
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requires } from '../setup/requirements.ts'
import { ConsoleView, PATIENCE } from './console-view.ts'
import { WebStage } from './web-stage.ts'

/** Neither runs: a file that serves is not given up for another one. */
const BROKEN = 'pools: []\nroutes: []\nunknown_option: true # of a\n'
const OTHER = 'pools: []\nroutes: []\nunknown_option: true # of b\n'

requires('chromium-headless-shell')('two pages', () => {
  describe('of one console', () => {
    let stage: WebStage
    let one: Page
    let two: Page
    let first = ''
    let second = ''
    beforeAll(async () => {
      stage = await WebStage.start()
      first = stage.folder.write('a.yaml', BROKEN)
      second = stage.folder.write('b.yaml', OTHER)
      one = await stage.open()
      await openFile(one, first)
      two = await stage.openBeside()
      for (const page of [one, two]) await new ConsoleView(page).go('Config')
    })
    afterAll(() => stage.dispose())

    test('the second one is told, shows what is staged, and stages its own in its place', async () => {
      await type(one, '# by one\n')
      await expect.poll(() => editor(two).innerText(), PATIENCE).toContain('# by one')
      // Both type before either has staged.
      await type(two, '# by two\n')
      await type(one, '# by one again\n')
      const told = (page: Page): Locator =>
        page.getByRole('alert').filter({ hasText: 'Something else is staged for a.yaml by now' })
      await expect
        .poll(async () => (await told(one).count()) + (await told(two).count()), PATIENCE)
        .toBe(1)
      const late = (await told(two).count()) === 1 ? two : one
      const own = late === two ? '# by two' : '# by one again'
      expect(await editor(late).innerText()).toContain(own)

      await new ConsoleView(late).button('Stage mine instead').click()
      await told(late).waitFor({ state: 'hidden' })
      const other = late === two ? one : two
      await expect.poll(() => editor(other).innerText(), PATIENCE).toContain(own)
    })

    test('what is typed into a file stays with it when another one is opened', async () => {
      const palette = await pathPalette(two, second)
      await type(one, '# typed late ')
      const opened = palette()
      // Nobody pauses, so nothing is staged before the other file is there.
      while ((await editor(one).count()) > 0) await one.keyboard.insertText('.')
      await opened
      await expect.poll(() => editor(one, 'b').innerText(), PATIENCE).toContain('# of b')
      await expect
        .poll(() => new ConsoleView(one).messages(), PATIENCE)
        .toContain('b.yaml is open now; nothing was staged.')
      expect(await editor(one, 'b').innerText()).not.toContain('typed late')
      expect(await one.getByRole('main').innerText()).toContain('Nothing staged')

      const back = await pathPalette(two, first)
      await back()
      await expect.poll(() => editor(one).innerText(), PATIENCE).toContain('# typed late')
      await expect.poll(() => editor(two).innerText(), PATIENCE).toContain('# typed late')
    })
  })
})

function editor(page: Page, name = 'a'): Locator {
  return page.getByRole('textbox', { name: `Text of ${name}.yaml` })
}

async function type(page: Page, line: string): Promise<void> {
  await editor(page).click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.insertText(line)
}

async function openFile(page: Page, file: string): Promise<void> {
  await new ConsoleView(page).button('Open a config file').click()
  await page.getByLabel(/^Path of the file/).fill(file)
  await new ConsoleView(page).button('Open the file').click()
}

/** Everything but the last key press of opening a file by its path. */
async function pathPalette(page: Page, file: string): Promise<() => Promise<void>> {
  const palette = await new ConsoleView(page).openPalette()
  const box = palette.getByRole('combobox')
  await box.fill('> open a configuration by its path')
  await page.keyboard.press('Enter')
  await expect.poll(() => palette.innerText(), PATIENCE).toContain('Path of the configuration')
  await box.fill(file)
  return async () => {
    await page.keyboard.press('Enter')
    await palette.waitFor({ state: 'hidden' })
  }
}
