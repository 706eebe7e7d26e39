/**
 * F.1.4 and F.2 of the screens' design: a file's problems with their lines, an edit that is
 * staged, shown as a plan and applied, and a file that changes underneath.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../servers/free-ports.ts'
import { RecordingBackend } from '../../servers/recording-backend.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { shopDocument } from './shop-document.ts'
import { stageOf } from './stage-of.ts'

export function configSuite(name: string, startStage: StartStage): void {
  describe(`a configuration file, ${name}`, () => {
    const suite = stageOf(startStage)
    let backends: readonly RecordingBackend[] = []
    let text = ''
    let file = ''
    let view: ConsoleView
    beforeAll(async () => {
      backends = await Promise.all(
        ['one', 'two'].map((backend) => RecordingBackend.start({ name: backend }))
      )
      text = documentOf(await freePort(), await freePort(), backends[0]!.address)
      file = suite.stage.folder.write('shop.yaml', text.replace('algorithm', 'algoritm'))
      view = await suite.open()
    })
    afterAll(() => Promise.all(backends.map((backend) => backend.stop())))

    const main = (): Promise<string> => view.page.getByRole('main').innerText()
    const onDisk = (): string => readFileSync(file, 'utf8')
    const editor = (): ReturnType<ConsoleView['page']['locator']> =>
      view.page.getByRole('textbox', { name: /^Text of shop/ })

    async function edit(change: (text: string) => string): Promise<void> {
      await editor().click()
      await view.page.keyboard.press('Control+KeyA')
      await view.page.keyboard.insertText(change(onDisk()))
    }

    test('a file with problems says them with their lines, and nothing runs', async () => {
      await view.button('Open a config file').click()
      await view.page.getByLabel(/^Path of the file/).fill(file)
      await view.button('Open the file').click()

      const line = text.split('\n').findIndex((one) => one.includes('algorithm')) + 1
      await expect
        .poll(main, PATIENCE)
        .toMatch(
          new RegExp(
            `does not run: 1 problem[^]*${line}:\\d+[^]*algoritm[^]*Did you mean[^]*algorithm`
          )
        )
      expect(await view.liveness()).toBe('')
    })

    test('it starts by itself as soon as the file is mended', async () => {
      suite.stage.folder.write('shop.yaml', text)

      await view.untilVerdict(/^Serving\. 1 of 1/)
      await expect.poll(() => view.liveness(), PATIENCE).toMatch(/^LIVE/)
    })

    test('a backend is added with Enter: staged, and nothing has changed yet', async () => {
      await view.page.keyboard.press('n')
      await view.page.keyboard.press('b')
      await view.page.getByRole('dialog', { name: 'Add backend' }).waitFor()
      await view.page.getByLabel('Address', { exact: true }).fill(backends[1]!.address)
      await expect.poll(() => view.sheet.innerText(), PATIENCE).toMatch(/200 in/)
      await view.page.keyboard.press('Enter')

      await view.sheet.waitFor({ state: 'hidden' })
      await expect
        .poll(() => view.rail.getByRole('link', { name: /^Config/ }).innerText(), PATIENCE)
        .toMatch(/1/)
      expect(onDisk()).toBe(text)
      await view.untilVerdict(/^Serving\. 1 of 1/)
    })

    test('the staged backend is applied with a plan, runs and is in the file', async () => {
      await view.go('Config')
      await expect.poll(main, PATIENCE).toContain(backends[1]!.address)
      await view.button(/^Apply…/).click()
      await view.sheet.waitFor()
      expect(await view.sheet.innerText()).toContain(backends[1]!.address)
      await view.sheet.getByRole('button', { name: /^Apply/ }).click()
      await view.sheet.waitFor({ state: 'hidden' })

      await view.untilVerdict(/^Serving\. 2 of 2/)
      expect(onDisk()).toContain(backends[1]!.address)
      expect(onDisk()).toContain('# kept')
    })

    test('an edit in the editor is checked while it is typed, and discarded with a way back', async () => {
      await edit((old) => old.replace('round_robin', 'round_robbin'))
      await expect
        .poll(() => view.page.getByRole('tab', { name: /^Problems/ }).innerText(), PATIENCE)
        .toBe('Problems (1)')
      await expect
        .poll(() => view.button(/^Apply…/).getAttribute('aria-disabled'), PATIENCE)
        .toBe('true')

      await view.button('Discard').click()
      await expect.poll(() => view.messages(), PATIENCE).toMatch(/Discarded[^]*Undo/)
      await expect.poll(() => editor().innerText(), PATIENCE).not.toContain('round_robbin')
    })

    test('a backend is removed by an edit, with the plan saying so', async () => {
      const gone = backends[1]!.address
      await edit((old) => withoutLine(old, gone))
      await view.page.keyboard.press('Control+KeyS')
      await expect
        .poll(main, PATIENCE)
        .toMatch(new RegExp(`${gone}[^]*remove|remove[^]*${gone}`, 'i'))
      await view.button(/^Apply…/).click()
      await view.sheet.waitFor()
      await view.sheet.getByRole('button', { name: /^Apply/ }).click()
      await view.sheet.waitFor({ state: 'hidden' })

      await view.untilVerdict(/^Serving\. 1 of 1/)
      expect(onDisk()).not.toContain(gone)
    })

    test('a file that changes underneath asks which text is meant', async () => {
      await edit((old) => old.replace('# kept', '# mine'))
      await expect.poll(main, PATIENCE).toContain('1 change')
      suite.stage.folder.write('shop.yaml', onDisk().replace('# kept', '# theirs'))

      const conflict = view.page
        .getByRole('alert')
        .filter({ hasText: 'has changed since you began' })
      await conflict.waitFor()
      expect(onDisk()).toContain('# theirs')
      await view.button(/^Take the file/).click()

      await conflict.waitFor({ state: 'hidden' })
      await expect.poll(() => editor().innerText(), PATIENCE).toContain('# theirs')
      expect(suite.stage.complaints).toEqual([])
    })
  })
}

function withoutLine(text: string, part: string): string {
  return text
    .split('\n')
    .filter((line) => !line.includes(part))
    .join('\n')
}

function documentOf(port: number, adminPort: number, address: string): string {
  const ofPool = 'health_check: { type: http, path: /, interval: 500ms, timeout: 400ms }'
  return `version: 1  # kept\n${shopDocument({ port, adminPort, address, ofPool })}`
}
