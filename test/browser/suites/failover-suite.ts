/**
 * F.6 of the screens' design: an operator moves a pool to its backups, sees who serves and since when,
 * and gives it back; and a primary that dies moves it by itself.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../servers/free-ports.ts'
import { RecordingBackend } from '../../servers/recording-backend.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

export function failoverSuite(name: string, startStage: StartStage): void {
  describe(`failover, ${name}`, () => {
    const suite = stageOf(startStage)
    let primary: RecordingBackend
    let standby: RecordingBackend
    let view: ConsoleView
    beforeAll(async () => {
      primary = await RecordingBackend.start({ name: 'primary' })
      standby = await RecordingBackend.start({ name: 'standby' })
      const text = documentOf(await freePort(), await freePort(), primary, standby)
      const file = suite.stage.folder.write('levels.yaml', text)
      view = await suite.open()
      await view.button('Open a config file').click()
      await view.page.getByLabel(/^Path of the file/).fill(file)
      await view.button('Open the file').click()
      await view.untilVerdict(/^Serving\. 2 of 2/)
      await view.go('Pools')
      // The next pool, which is the only one.
      await view.page.keyboard.press(']')
    })
    afterAll(() => Promise.all([primary.stop(), standby.stop()]))

    test('the ladder says which level serves, by which rule, and what stands by', async () => {
      await expect
        .poll(() => view.inspector.innerText(), PATIENCE)
        .toMatch(/Normal[^]*Immediate[^]*Level 0[^]*Serves: 1 of 1[^]*Level 1[^]*Stands by: 1 of 1/)
    })

    test('f plans the activation: from where to where, what happens, and the same call', async () => {
      await view.page.keyboard.press('f')
      await view.sheet.waitFor()
      expect(await view.sheet.innerText()).toMatch(
        /Activate failover for api: the primaries to backup level 1[^]*POST \/api\/v1\/failover\/activate\?pool=api/
      )
    })

    test('activated it is held, and everybody can see by whom and since when', async () => {
      await view.sheet.getByRole('button', { name: 'Activate failover for api' }).click()
      await view.sheet.waitFor({ state: 'hidden' })

      await view.untilVerdict(/an operator holds the traffic on .*backup level 1\) since/)
      await expect
        .poll(() => view.inspector.innerText(), PATIENCE)
        .toMatch(/Held by an operator[^]*Level 1 · backup\s+Serves/)
      await expect.poll(() => view.events(), PATIENCE).toMatch(/failover is latched, was normal/)
    })

    test('deactivated it goes home, at once while the primaries have been healthy', async () => {
      await view.inspector.getByRole('button', { name: 'Deactivate…' }).click()
      await view.sheet.waitFor()
      expect(await view.sheet.innerText()).toMatch(/no longer held on backup level 1/)
      await view.sheet.getByRole('button', { name: 'Deactivate failover for api' }).click()
      await view.sheet.waitFor({ state: 'hidden' })
      await view.untilVerdict(/^Serving\. 2 of 2/)
    })

    test('a primary that dies moves the traffic by itself', async () => {
      await primary.stop()
      await view.untilVerdict(/no primary can serve since .*backup level 1\) has taken over/)
      await expect
        .poll(() => view.inspector.innerText(), PATIENCE)
        .toMatch(/On backup[^]*Lost: 0 of 1/)
    })
  })
}

function documentOf(
  port: number,
  adminPort: number,
  primary: RecordingBackend,
  standby: RecordingBackend
): string {
  return `admin: { address: 127.0.0.1:${adminPort} }
listeners: [{ name: web, address: 127.0.0.1:${port} }]
routes: [{ pool: api }]
pools:
  - name: api
    health_check: { path: /, interval: 200ms, timeout: 500ms, unhealthy_threshold: 2 }
    failover: { recovery_interval: 100ms, failback_ramp: 0 }
    backends:
      - { address: "${primary.address}" }
      - { address: "${standby.address}", failover: true }
`
}
