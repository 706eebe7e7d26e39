/**
 * What an operator does on Config beyond the first edit: reload, secrets, comparison, history,
 * a file that changes underneath, production, read-only; and all of it by keyboard and by ear.
 */
import { readFileSync } from 'node:fs'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../servers/free-ports.ts'
import { RecordingBackend } from '../../servers/recording-backend.ts'
import { atRest, seriousViolations } from '../axe.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { shopDocument } from './shop-document.ts'
import { stageOf } from './stage-of.ts'

const SECRET = 'https://hooks.example.test/s3cret'
const OTHER_SECRET = 'https://hooks.example.test/typed-anew'
const TIMEOUT_MS = 60_000

export function editsSuite(name: string, startStage: StartStage): void {
  describe(`edits of a configuration, ${name}`, () => {
    const suite = stageOf(startStage)
    let backend: RecordingBackend
    let file = ''
    let view: ConsoleView
    beforeAll(async () => {
      backend = await RecordingBackend.start({ name: 'one' })
      const text = documentOf(await freePort(), await freePort(), backend.address)
      file = suite.stage.folder.write('shop.yaml', text)
      view = await suite.open()
      await view.button('Open a config file').click()
      await view.page.getByLabel(/^Path of the file/).fill(file)
      await view.button('Open the file').click()
      await view.untilVerdict(/^Serving\. 1 backend/)
      await view.go('Config')
      await editor().waitFor()
    }, TIMEOUT_MS)
    afterAll(() => backend.stop())

    const main = (): Promise<string> => view.page.getByRole('main').innerText()
    const onDisk = (): string => readFileSync(file, 'utf8')
    const editor = (): Locator => view.page.getByRole('textbox', { name: /^Text of shop/ })
    const tab = (title: RegExp): Locator => view.page.getByRole('tab', { name: title })
    const conflict = (): Locator =>
      view.page.getByRole('alert').filter({ hasText: 'has changed since you began to edit it' })

    /** What the editor shows, changed and typed over it. */
    async function edit(change: (text: string) => string): Promise<void> {
      const shown = change(onDisk().replace(/"https:\/\/hooks[^"]*"/, '••••'))
      await editor().click()
      await view.page.keyboard.press('Control+KeyA')
      await view.page.keyboard.insertText(shown)
    }

    async function untilStaged(words = /1 change staged/): Promise<void> {
      await expect.poll(main, PATIENCE).toMatch(words)
    }

    /** Confirms the sheet, or finds it done at once. */
    async function apply(): Promise<void> {
      await view.button(/^Apply…/).click()
      await view.sheet.waitFor()
      await view.sheet.getByRole('button', { name: /^Apply/ }).click()
      await view.sheet.waitFor({ state: 'hidden' })
    }

    async function judge(): Promise<void> {
      for (const colorScheme of ['light', 'dark'] as const) {
        await view.page.emulateMedia({ colorScheme })
        await atRest(view.page)
        expect(await seriousViolations(view.page)).toEqual([])
      }
    }

    test('what is staged is there after a reload', async () => {
      await edit((text) => text.replace('# kept', '# kept, and mine'))
      await untilStaged()
      await view.page.reload()
      await expect.poll(() => editor().innerText(), PATIENCE).toContain('# kept, and mine')
      await untilStaged()
      expect(onDisk()).not.toContain('mine')
    })

    test('comments alone are applied at once in dev, with a way back', async () => {
      await view.button(/^Apply…/).click()
      await expect.poll(() => view.messages(), PATIENCE).toMatch(/^Applied: Only comments[^]*Undo/)
      expect(await view.sheet.count()).toBe(0)
      expect(onDisk()).toContain('# kept, and mine')
      expect(onDisk()).toContain(SECRET)
    })

    test('a secret is never shown, and one that is typed anew is told apart without being shown', async () => {
      expect(await editor().innerText()).toContain('••••')
      expect(await view.page.content()).not.toContain('s3cret')
      await edit((text) => text.replace('••••', `"${OTHER_SECRET}"`))
      await untilStaged()
      await tab(/^Diff/).click()
      await expect.poll(main, PATIENCE).toContain('Only secrets differ; they are not shown.')
      await apply()
      await expect.poll(onDisk, PATIENCE).toContain(OTHER_SECRET)
    })

    test('a version comes back from the history with the secret that it had', async () => {
      await tab(/^History/).click()
      await view.button('Restore version 1…').click()
      await view.sheet.waitFor()
      expect(await view.sheet.innerText()).not.toContain('Its secrets are those of the file today')
      await view.sheet.getByRole('button', { name: /^Restore version 1/ }).click()
      await view.sheet.waitFor({ state: 'hidden' })
      await expect.poll(onDisk, PATIENCE).toContain(SECRET)
      expect(onDisk()).not.toContain('mine')
    })

    test(
      'Diff, Problems and History have no serious violation',
      { timeout: TIMEOUT_MS },
      async () => {
        await tab(/^History/).click()
        await view.button('Show version 1').waitFor()
        await judge()
        await view.button('Show version 1').click()
        await view.button('All versions').waitFor()
        await judge()
        await edit((text) => text.replace('round_robin', 'round_robbin'))
        await untilStaged(/Problems \(1\)/)
        await tab(/^Problems/).click()
        await judge()
        await edit((text) => text.replace('round_robin', 'random'))
        await untilStaged()
        await tab(/^Diff/).click()
        await view.page.getByLabel('From what runs to the staged text').first().waitFor()
        await judge()
      }
    )

    test('a file that changes underneath: the own text is applied instead, and says what is lost', async () => {
      suite.stage.folder.write(
        'shop.yaml',
        onDisk().replace('version: 1', 'version: 1\nshutdown_timeout: 5s')
      )
      await conflict().waitFor()
      await judge()
      await view.button(/^Apply mine instead…/).click()
      await view.sheet.waitFor()
      expect(await view.sheet.innerText()).toMatch(
        /has changed since you began to edit it; applying replaces that change[^]*shutdown timeout 5s -> 25s/
      )
      await view.sheet.getByRole('button', { name: /^Apply/ }).click()
      await conflict().waitFor({ state: 'hidden' })
      await expect.poll(onDisk, PATIENCE).toContain('random')
      expect(onDisk()).not.toContain('shutdown_timeout')
      await tab(/^History/).click()
      await expect.poll(main, PATIENCE).toContain('Was on disk and never ran')
    })

    test('the file is taken instead with a plan of what it changes, and the edit can come back', async () => {
      await edit((text) => text.replace('random', 'least_conn'))
      await untilStaged()
      suite.stage.folder.write('shop.yaml', onDisk().replace('random', 'ip_hash'))
      await conflict().waitFor()
      await view.button(/^Take the file/).click()
      await view.sheet.waitFor()
      expect(await view.sheet.innerText()).toMatch(
        /What is staged is given up[^]*random -> ip_hash/
      )
      await view.sheet.getByRole('button', { name: /^Discard and load the file/ }).click()
      await expect.poll(() => editor().innerText(), PATIENCE).toContain('ip_hash')
      await view.button('Undo').last().click()
      await expect.poll(() => editor().innerText(), PATIENCE).toContain('least_conn')
      await view.button('Discard').click()
      await view.sheet.waitFor({ state: 'hidden' })
      await expect.poll(() => editor().innerText(), PATIENCE).toContain('ip_hash')
    })

    test('the editor is in the order of the Tab key, and lets it out again', async () => {
      await view.page.getByRole('heading', { name: 'Config' }).click()
      const stops: string[] = []
      for (let press = 0; press < 16; press++) {
        await view.page.keyboard.press('Tab')
        stops.push(await view.page.evaluate(nameOfFocus))
      }
      const places = ['Review', 'Discard', 'Apply…', 'Text of shop.yaml', 'Changes|History'].map(
        (label) => stops.findIndex((stop) => new RegExp(`^(${label})`).test(stop))
      )
      expect(places, stops.join(' | ')).not.toContain(-1)
      expect(places).toEqual(places.toSorted((one, other) => one - other))
    })

    test('keys that act elsewhere are letters in the editor, and apply nothing', async () => {
      const before = onDisk()
      await editor().click()
      await view.page.keyboard.press('Control+End')
      await view.page.keyboard.type('# dmwphg n b ! o f')
      for (const keys of ['Control+Enter', 'Alt+Enter', 'Shift+Enter', 'Shift+Escape']) {
        await view.page.keyboard.press(keys)
      }
      await untilStaged()
      expect(await view.sheet.count()).toBe(0)
      expect(await editor().innerText()).toContain('# dmwphg n b ! o f')
      expect(onDisk()).toBe(before)
      await view.button('Discard').click()
      await expect.poll(() => editor().innerText(), PATIENCE).not.toContain('dmwphg')
    })

    test('read-only shows the text and takes no change of it', async () => {
      await switchReadOnly('true')
      await view.go('Config')
      await expect.poll(main, PATIENCE).toContain('Read-only')
      await editor().click()
      await view.page.keyboard.type('# no')
      expect(await editor().innerText()).not.toContain('# no')
      expect(await view.button(/^Apply…/).getAttribute('aria-disabled')).toBe('true')
      await tab(/^History/).click()
      await expect
        .poll(() => view.button('Restore version 1…').getAttribute('aria-disabled'), PATIENCE)
        .toBe('true')
      await switchReadOnly('false')
      await view.go('Config')
    })

    test('production asks for the name and a reason, and keeps the reason', async () => {
      const palette = await view.openPalette()
      await palette.getByRole('combobox').fill('> set the environment')
      await view.page.keyboard.press('Enter')
      await palette.getByRole('option', { name: /^prod/ }).click()
      await expect.poll(() => view.messages(), PATIENCE).toContain('is prod now')
      await edit((text) => text.replace('# kept', '# in production'))
      await untilStaged()
      await view.button(/^Apply…/).click()
      await view.sheet.waitFor()
      const confirm = view.sheet.getByRole('button', { name: /^Apply/ })
      expect(await confirm.getAttribute('aria-disabled')).toBe('true')
      await judge()
      await view.sheet.getByLabel('Type shop.yaml to confirm').fill('shop.yaml')
      await view.sheet.getByLabel('Reason').fill('A word for the night shift')
      await confirm.click()
      await view.sheet.waitFor({ state: 'hidden' })
      await expect.poll(onDisk, PATIENCE).toContain('# in production')
      await tab(/^History/).click()
      await expect.poll(main, PATIENCE).toContain('A word for the night shift')
      expect(suite.stage.complaints).toEqual([])
    })

    async function switchReadOnly(isOn: 'true' | 'false'): Promise<void> {
      await view.go('Settings')
      const control = view.page.getByRole('switch', { name: 'Read-only' })
      await control.click()
      await expect.poll(() => control.getAttribute('aria-checked'), PATIENCE).toBe(isOn)
    }
  })
}

/** Runs in the page; the editor lives in a tree of its own. */
function nameOfFocus(): string {
  let element = document.activeElement as HTMLElement | null
  while (element?.shadowRoot?.activeElement) {
    element = element.shadowRoot.activeElement as HTMLElement
  }
  return element?.getAttribute('aria-label') ?? element?.innerText.trim() ?? ''
}

function documentOf(port: number, adminPort: number, address: string): string {
  return `version: 1
# kept
${shopDocument({ port, adminPort, address })}failover:
  notification:
    channels:
      - { type: webhook, url: "${SECRET}" }
`
}
