/**
 * M of the screens' design on Pools: what changes service is planned, shown and confirmed, can be
 * taken back, and ends by itself; the last serving backend asks for its name and a reason.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

export function poolsSuite(name: string, startStage: StartStage): void {
  describe(`pools, ${name}`, () => {
    const suite = stageOf(startStage)
    let view: ConsoleView
    beforeAll(async () => {
      view = await suite.open()
      await view.startDemo()
      await view.go('Pools')
    })

    /** Opens the plan sheet of a form that has just been filled in. */
    async function planOf(submit: RegExp): Promise<void> {
      await view.inspector.getByRole('button', { name: submit }).click()
      await view.sheet.waitFor()
    }

    async function confirm(verb: RegExp): Promise<void> {
      await view.sheet.getByRole('button', { name: verb }).click()
      await view.sheet.waitFor({ state: 'hidden' })
    }

    test('a drain is planned with the focus on Cancel, and an early Enter does nothing', async () => {
      const inspector = await view.inspect('demo-1')
      await inspector.getByRole('button', { name: 'Drain…' }).click()
      await confirmAsSoonAsItOpens(view)
      await view.page.keyboard.press('Enter')
      await view.sheet.waitFor()

      await expect.poll(() => focused(view)).toBe('Cancel')
      expect(await view.sheet.innerText()).toMatch(
        /Drain demo-1 in demo[^]*gets no new requests[^]*It ends by itself at \d/
      )
      expect(await view.row('demo-1').innerText()).not.toContain('Draining')

      await view.page.keyboard.press('Escape')
      await view.sheet.waitFor({ state: 'hidden' })
      expect(await view.row('demo-1').innerText()).not.toContain('Draining')
    })

    test('a confirmed drain runs a clock, and Undo takes it back', async () => {
      const inspector = await view.inspect('demo-1')
      await inspector.getByRole('button', { name: 'Drain…' }).click()
      await planOf(/^Drain demo-/)
      await confirm(/^Drain demo-/)

      await expect
        .poll(() => view.row('demo-1').innerText(), PATIENCE)
        .toMatch(/Draining \d+ left · (29|30):\d\d/)
      await expect.poll(() => view.messages(), PATIENCE).toMatch(/^Drained demo-[^]*Undo/)
      await expect.poll(() => view.events(), PATIENCE).toMatch(/from ready to drain/)

      await view.button('Undo').click()
      await expect.poll(() => view.row('demo-1').innerText(), PATIENCE).not.toContain('Draining')
      await view.untilVerdict(/^Serving\. 3 of 3/)
    })

    test('maintenance ends at the hour that it shows', async () => {
      const inspector = await view.inspect('demo-1')
      await inspector.getByRole('button', { name: 'Maintenance…' }).click()
      await inspector.getByRole('radio', { name: '4h', exact: true }).check()
      const sentence = await inspector
        .getByText(/ends by itself/i)
        .first()
        .innerText()
      const end = /\d\d:\d\d/.exec(sentence)![0]
      await planOf(/into maintenance/)
      expect(await view.sheet.innerText()).toContain(`It ends by itself at ${end}`)
      await confirm(/into maintenance/)

      await expect
        .poll(() => view.row('demo-1').innerText(), PATIENCE)
        .toContain(`Maintenance until ${end}`)
      await inspector.getByRole('button', { name: 'Make ready' }).click()
      await expect.poll(() => view.row('demo-1').innerText(), PATIENCE).not.toContain('Maintenance')
    })

    test('a weight is set with the share that it means, and reset', async () => {
      const inspector = await view.inspect('demo-3')
      await inspector.getByRole('button', { name: 'Weight…' }).click()
      await inspector.getByLabel('As a number').fill('300')
      await expect.poll(() => inspector.innerText()).toContain('A weight is a whole number')
      await inspector.getByLabel('As a number').fill('50')
      await expect.poll(() => inspector.innerText()).toMatch(/About 20\s% of the requests/)
      await planOf(/^Set weight of/)
      await confirm(/^Set the weight|^Set weight/)

      await expect.poll(() => inspector.innerText(), PATIENCE).toMatch(/Weight\s+50\b/)
      await inspector.getByRole('button', { name: 'Weight…' }).click()
      await planOf(/^Reset to 100/)
      await confirm(/weight/i)
      await expect.poll(() => inspector.innerText(), PATIENCE).toMatch(/Weight\s+100\b/)
    })

    test('the last serving backend asks for the name of its pool and a reason', async () => {
      for (const backend of ['demo-1', 'demo-2']) {
        const inspector = await view.inspect(backend)
        await inspector.getByRole('button', { name: 'Drain…' }).click()
        await planOf(/^Drain demo-/)
        await confirm(/^Drain demo-/)
        await expect.poll(() => view.row(backend).innerText(), PATIENCE).toContain('Draining')
      }
      const inspector = await view.inspect('demo-3')
      await inspector.getByRole('button', { name: 'Drain…' }).click()
      await planOf(/^Drain demo-/)

      const apply = view.sheet.getByRole('button', { name: /^Drain demo-/ })
      expect(await apply.getAttribute('aria-disabled')).toBe('true')
      await view.sheet.getByLabel('Type demo to confirm').fill('dem')
      await view.sheet.getByLabel('Reason').fill('To see what happens')
      expect(await apply.getAttribute('aria-disabled')).toBe('true')
      await view.sheet.getByLabel('Type demo to confirm').fill('demo')
      await expect.poll(() => apply.getAttribute('aria-disabled')).toBeNull()
      await apply.click()

      await view.sheet.waitFor({ state: 'hidden' })
      await view.untilVerdict(/^Down\.|^Not serving|No backend/)
      await expect.poll(() => view.events(), PATIENCE).toContain('To see what happens')
    })
  })
}

/** Somebody who presses the keys once too often, at the moment at which the sheet appears. */
function confirmAsSoonAsItOpens(view: ConsoleView): Promise<void> {
  return view.page.evaluate(() => {
    const observer = new MutationObserver(() => {
      const sheet = document.querySelector('[role=dialog]')
      if (sheet === null) return
      observer.disconnect()
      for (const ctrlKey of [false, true]) {
        const init = { key: 'Enter', ctrlKey, bubbles: true, cancelable: true }
        sheet.dispatchEvent(new KeyboardEvent('keydown', init))
      }
    })
    observer.observe(document.body, { childList: true, subtree: true })
  })
}

function focused(view: ConsoleView): Promise<string> {
  return view.page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? '')
}
