/**
 * F.1.3 of the screens' design: pasted addresses are asked as they are typed, a bad one says why,
 * and the end is a curl line that works.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../servers/free-ports.ts'
import { RecordingBackend } from '../../servers/recording-backend.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

export function ownBackendsSuite(name: string, startStage: StartStage): void {
  describe(`the operator's own backends, ${name}`, () => {
    const suite = stageOf(startStage)
    let backends: readonly RecordingBackend[] = []
    beforeAll(async () => {
      backends = await Promise.all(
        ['one', 'two'].map((backend) => RecordingBackend.start({ name: backend }))
      )
    })
    afterAll(() => Promise.all(backends.map((backend) => backend.stop())))

    const answers = (view: ConsoleView): Promise<string> =>
      view.page.getByRole('list', { name: 'Answers of the addresses' }).innerText()

    async function openForm(): Promise<ConsoleView> {
      const view = await suite.open()
      await view.button('Point me at my backends').click()
      return view
    }

    test('a bad address says why, and cannot be started with', async () => {
      const view = await openForm()
      const silent = await freePort()
      const field = view.page.getByLabel('Addresses of your backends')

      await field.fill(`127.0.0.1:99999 127.0.0.1:${silent}`)

      await expect.poll(() => answers(view), PATIENCE).toMatch(/99999[^]*port/i)
      await expect.poll(() => answers(view), PATIENCE).toMatch(new RegExp(`${silent}[^]*refused`))
      await field.fill('127.0.0.1:99999')
      await expect
        .poll(() => view.button(/^Start/).getAttribute('aria-disabled'), PATIENCE)
        .toBe('true')
      expect(await view.button(/^Start/).innerText()).toContain('Start')
    })

    test('two pasted addresses serve behind the curl line that is shown', async () => {
      const view = await openForm()
      const port = await freePort()
      const [one, two] = backends
      await view.page
        .getByLabel('Addresses of your backends')
        .fill(`http://${one!.address}/\n${two!.address}`)
      await expect.poll(() => answers(view), PATIENCE).toMatch(/200 in[^]*200 in/)
      await view.page.getByLabel('Port that clients connect to').fill(String(port))

      await view.button('Start').click()

      const started = view.page.getByRole('region', { name: 'Started' })
      await expect
        .poll(() => started.innerText(), PATIENCE)
        .toContain(`curl http://127.0.0.1:${port}/`)
      const curl = /curl (\S+)/.exec(await started.innerText())![1]!
      const { stdout } = await promisify(execFile)('curl', ['-sS', '--max-time', '5', curl])
      expect(stdout).toMatch(/one|two/)
      await view.untilVerdict(/^Serving\. 2 of 2/)
      expect(suite.stage.complaints).toEqual([])
    })
  })
}
