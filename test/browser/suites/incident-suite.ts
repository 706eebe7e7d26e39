/** F.7 of the screens' design: from a glyph of the event strip to the incident, and back to now. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

export function incidentSuite(name: string, startStage: StartStage): void {
  describe(`an incident, ${name}`, () => {
    const suite = stageOf(startStage)
    let view: ConsoleView
    beforeAll(async () => {
      view = await suite.open()
      await view.startDemo()
      await view.button('Kill demo-2').click()
      await view.untilVerdict(/is down/)
    })

    const main = (): Promise<string> => view.page.getByRole('main').innerText()

    test('a click on a glyph opens its time line and freezes the charts at its time', async () => {
      await expect.poll(() => view.events(), PATIENCE).toContain('is down')
      await view.glyphs.last().click()

      await expect.poll(() => view.page.url()).toMatch(/#\/incidents\/\d+\?at=/)
      await expect.poll(main, PATIENCE).toMatch(/Time line[^]*is down, was up[^]*health probe/)
      await expect.poll(() => view.page.getByText(/^Viewing \d\d:\d\d:\d\d$/).count()).toBe(1)
      await expect.poll(() => view.inspector.innerText(), PATIENCE).toContain('is down, was up')
    })

    test('Escape leads back to live', async () => {
      await view.page.keyboard.press('Escape')

      await expect.poll(() => view.page.getByText(/^Viewing /).count()).toBe(0)
      expect(view.page.url()).not.toContain('at=')
    })

    test('the charts of that time are one click away, and frozen', async () => {
      await view.button('Look at the charts of that time').click()

      await expect.poll(() => view.page.url()).toMatch(/#\/live\?at=/)
      await expect.poll(() => view.page.getByText(/^Viewing /).count()).toBe(1)
      await view.button(/^Back to live/).click()
      await expect.poll(() => view.page.url()).not.toContain('at=')
    })

    test('notes are kept, and a link to it works after a reload', async () => {
      await view.go('Incidents')
      await view.page.getByLabel('Notes').fill('Pulled the plug on purpose.')
      await view.button('Save notes').click()
      await expect.poll(() => view.button('Save notes').isDisabled(), PATIENCE).toBe(true)

      await view.page.reload()

      await expect
        .poll(() => view.page.getByLabel('Notes').inputValue(), PATIENCE)
        .toBe('Pulled the plug on purpose.')
      expect(suite.stage.complaints).toEqual([])
    })
  })
}
