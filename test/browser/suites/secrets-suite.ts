/** A secret that is saved in Settings is used by the configuration that names it, and never shown. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../servers/free-ports.ts'
import { WebhookReceiver } from '../../servers/webhook-receiver.ts'
import { seriousViolations } from '../axe.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

export function secretsSuite(name: string, startStage: StartStage): void {
  describe(`secrets, ${name}`, () => {
    const suite = stageOf(startStage)
    let receiver: WebhookReceiver
    let view: ConsoleView
    let file: string
    let text: string
    beforeAll(async () => {
      receiver = await WebhookReceiver.start()
      const ports = { web: await freePort(), admin: await freePort() }
      text = documentOf(ports)
      file = suite.stage.folder.write('secret.yaml', text)
      view = await suite.open()
    })
    afterAll(() => receiver.stop())

    const main = (): Promise<string> => view.page.getByRole('main').innerText()

    test('a file that names one which is not stored says which', async () => {
      await view.button('Open a config file').click()
      await view.page.getByLabel(/^Path of the file/).fill(file)
      await view.button('Open the file').click()
      await expect
        .poll(() => view.page.locator('body').innerText(), PATIENCE)
        .toMatch(/No secret of the name "hook" is stored in this console/)
    })

    test('it is saved by name, and its value leaves the page', async () => {
      await view.go('Settings')
      await view.page.getByLabel('Name of a secret').fill('hook')
      await view.page.getByLabel('Its value').fill(receiver.url())
      await view.button('Save the secret').click()
      await expect.poll(() => view.button('Forget the secret hook').count(), PATIENCE).toBe(1)
      expect(await view.page.getByLabel('Its value').inputValue()).toBe('')
      expect(await main()).not.toContain(receiver.url())
    })

    test('the file runs with it, and what it is for arrives', async () => {
      suite.stage.folder.write('secret.yaml', `${text}# once more\n`)
      await view.button('Send a test to team').click()
      await expect.poll(() => receiver.posts.length, PATIENCE).toBe(1)
      expect(await main()).not.toContain(receiver.url())
    })

    test('it is accessible', async () => {
      expect(await seriousViolations(view.page)).toEqual([])
      expect(suite.stage.complaints).toEqual([])
    })

    test('it is forgotten by name', async () => {
      await view.button('Forget the secret hook').click()
      await expect.poll(() => view.button('Forget the secret hook').count(), PATIENCE).toBe(0)
    })
  })
}

function documentOf(ports: { readonly web: number; readonly admin: number }): string {
  return `version: 1
admin: { address: 127.0.0.1:${ports.admin} }
listeners: [{ name: web, address: 127.0.0.1:${ports.web} }]
failover: { notification: { channels: [{ type: webhook, name: team, url: { secret: hook } }] } }
pools: []
`
}
