/** E.8 of the screens' design: who is told, whether it arrives, and a test of it, in Settings. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../servers/free-ports.ts'
import { RecordingBackend } from '../../servers/recording-backend.ts'
import { WebhookReceiver } from '../../servers/webhook-receiver.ts'
import { seriousViolations } from '../axe.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

export function notificationsSuite(name: string, startStage: StartStage): void {
  describe(`notifications, ${name}`, () => {
    const suite = stageOf(startStage)
    let backend: RecordingBackend
    let receiver: WebhookReceiver
    let view: ConsoleView
    beforeAll(async () => {
      backend = await RecordingBackend.start()
      receiver = await WebhookReceiver.start()
      const ports = { web: await freePort(), admin: await freePort() }
      const urls = [receiver.url(), 'http://127.0.0.1:1/T0/secret-part'] as const
      const file = suite.stage.folder.write('told.yaml', documentOf(backend.address, ports, urls))
      view = await suite.open()
      await view.button('Open a config file').click()
      await view.page.getByLabel(/^Path of the file/).fill(file)
      await view.button('Open the file').click()
      await view.untilVerdict(/^Serving\./)
      await view.go('Settings')
      await view.button('Notifications').click()
    })
    afterAll(async () => {
      await backend.stop()
      await receiver.stop()
    })

    const channel = (of: string): Promise<string> =>
      view.page.getByRole('group', { name: `Channel ${of}`, exact: true }).innerText()

    test('every channel of the running configuration is there, without its URL', async () => {
      await expect.poll(() => channel('team'), PATIENCE).toMatch(/Nothing delivered yet/)
      expect(await channel('team')).toMatch(/127\.0\.0\.1, format json[^]*On: Failover, pool lost/)
      expect(await channel('metrics')).toContain('/metrics')
      expect(await view.page.getByRole('main').innerText()).not.toContain('secret-part')
    })

    test('their part is led to within the screen, and the frame stays where it is', async () => {
      const title = view.page.getByRole('heading', { name: 'Notifications', exact: true })
      const frame = await view.rail.boundingBox()
      const place = await title.boundingBox()
      expect(frame!.y).toBeGreaterThanOrEqual(0)
      expect(place!.y).toBeLessThan(frame!.y + 200)
    })

    test('a test of one channel arrives, and says so beside it', async () => {
      await view.button('Send a test to team').click()
      await expect.poll(() => channel('team'), PATIENCE).toMatch(/Test: Delivered to[^]*HTTP 204/)
      expect(JSON.parse(receiver.posts[0]!.body)).toMatchObject({ kind: 'test' })
    })

    test('a test of all says which one fails, and why', async () => {
      await view.button('Send a test to all').click()
      await expect.poll(() => channel('broken'), PATIENCE).toMatch(/Test: Not delivered[^]*\./)
      expect(await channel('broken')).not.toContain('secret-part')
    })

    test('it is accessible with its answers', async () => {
      expect(await seriousViolations(view.page)).toEqual([])
    })

    test('the palette sends one too', async () => {
      const before = receiver.posts.length
      await view.page.keyboard.press('Control+KeyK')
      await view.page.keyboard.insertText('>test notification')
      await view.page.keyboard.press('Enter')
      await expect.poll(() => receiver.posts.length, PATIENCE).toBe(before + 1)
      await expect.poll(() => view.messages(), PATIENCE).toMatch(/broken: Not delivered/)
      expect(suite.stage.complaints).toEqual([])
    })
  })
}

function documentOf(
  backend: string,
  { web, admin }: { readonly web: number; readonly admin: number },
  [good, bad]: readonly [string, string]
): string {
  return `version: 1
admin: { address: 127.0.0.1:${admin} }
listeners: [{ name: web, address: 127.0.0.1:${web} }]
routes: [{ pool: shop }]
pools: [{ name: shop, backends: [{ address: "${backend}" }] }]
failover:
  notification:
    channels:
      - { name: team, type: webhook, url: "${good}" }
      - { name: broken, type: webhook, url: "${bad}" }
      - { type: metrics }
`
}
