/**
 * Requests that wait instead of failing: an operator sees how many there are and for what they wait
 * when their backend goes, sees them go on when it returns, and lets them wait for a restart himself.
 */
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../servers/free-ports.ts'
import { RecordingBackend } from '../../servers/recording-backend.ts'
import { atRest, seriousViolations } from '../axe.ts'
import type { StartStage } from '../console-stage.ts'
import { PATIENCE, type ConsoleView } from '../console-view.ts'
import { stageOf } from './stage-of.ts'

const THEMES = ['dark', 'light'] as const

/** axe reads every pixel's colours. */
const TIMEOUT_MS = 90_000

export function holdSuite(name: string, startStage: StartStage): void {
  describe(`requests that wait, ${name}`, () => {
    const suite = stageOf(startStage)
    let backend: RecordingBackend
    let origin = ''
    let view: ConsoleView
    let answers: Promise<number>[] = []

    beforeAll(async () => {
      backend = await RecordingBackend.start({ name: 'only' })
      const port = await freePort()
      origin = `http://127.0.0.1:${port}`
      const text = documentOf(port, await freePort(), backend)
      const file = suite.stage.folder.write('waiting.yaml', text)
      view = await suite.open()
      await view.button('Open a config file').click()
      await view.page.getByLabel(/^Path of the file/).fill(file)
      await view.button('Open the file').click()
      await view.untilVerdict(/^Serving\. 1 of 1/)
    })
    afterAll(() => backend.stop())

    /** They go on in the background; `answers` has what becomes of them. */
    function ask(count: number): void {
      answers = Array.from({ length: count }, (_, at) =>
        fetch(`${origin}/orders/${at}`).then(({ status }) => status)
      )
    }

    const meterIn = (place: Locator): Locator =>
      place.getByRole('meter', { name: 'Waiting requests to api' })

    const gauge = (): Promise<string | null> =>
      meterIn(view.page.getByRole('main')).getAttribute('aria-valuetext')

    test('while nobody waits one quiet line says what would become of them', async () => {
      await expect
        .poll(() => view.page.getByRole('main').innerText(), PATIENCE)
        .toContain('Nobody waits. api can hold 20 requests for 1m.')
      expect(await view.page.getByRole('meter').count()).toBe(0)
    })

    test('when the only backend goes they wait, and verdict and gauge say so', async () => {
      await backend.stop()
      await view.untilVerdict(/^Requests wait\. Nobody can serve api since/)
      ask(3)
      await view.untilVerdict(/^Requests wait\. 3 of 20 places are taken, the first has waited/)
      await expect.poll(gauge, PATIENCE).toMatch(/^3 of 20 places, the first for .*for a backend$/)
    })

    test('the inspector has who waits, and the limits', async () => {
      await view.go('Pools')
      await view.page.keyboard.press(']')
      await expect
        .poll(() => view.inspector.innerText(), PATIENCE)
        .toMatch(/Waiting requests\s*3 of 20[^]*503 with Retry-After[^]*GET \/orders\/\d/)
      expect(await view.inspector.getByRole('row').count()).toBe(4)
    })

    test.each(THEMES)('both are open to everybody, %s', { timeout: TIMEOUT_MS }, async (theme) => {
      await view.page.emulateMedia({ colorScheme: theme })
      await atRest(view.page)
      expect(await seriousViolations(view.page)).toEqual([])
      await view.go('Live')
      await meterIn(view.page.getByRole('main')).waitFor()
      await atRest(view.page)
      expect(await seriousViolations(view.page)).toEqual([])
      await view.go('Pools')
    })

    test('when it comes back they go on, and nobody noticed more than a wait', async () => {
      backend = await RecordingBackend.start({ name: 'only', port: backend.port })
      expect(await Promise.all(answers)).toEqual([200, 200, 200])
      await view.untilVerdict(/^Serving\. 1 of 1/)
      await view.go('Live')
      await expect.poll(gauge, PATIENCE).toBe('0 of 20 places, nobody waits')
    })

    test('h plans a hold: for how long, what happens, and the same call', async () => {
      await view.go('Pools')
      await view.page.keyboard.press('h')
      await view.page.getByRole('dialog', { name: 'Palette' }).waitFor()
      await view.page.keyboard.type('45s')
      await view.page.keyboard.press('Enter')
      const plan = view.page.getByRole('dialog', { name: /^Hold requests to api/ })
      await plan.waitFor()
      expect(await plan.innerText()).toMatch(
        /Hold requests to api for 45s[^]*POST \/api\/v1\/buffer\/hold\?pool=api&for=45s/
      )
      await plan.getByRole('button', { name: 'Hold requests to api' }).click()
      await plan.waitFor({ state: 'hidden' })
      await view.untilVerdict(/^Requests wait\. .*an operator holds the requests to api until/)
      await expect
        .poll(() => view.events(), PATIENCE)
        .toMatch(/an operator lets its requests wait until/)
    })

    test('meanwhile requests wait for the operator, and Undo lets them go', async () => {
      ask(1)
      await expect
        .poll(() => view.inspector.innerText(), PATIENCE)
        .toMatch(/1 of 20[^]*Held by an operator[^]*held for another 0:/)
      await view.button('Undo').last().click()
      expect(await Promise.all(answers)).toEqual([200])
      await view.untilVerdict(/^Serving\. 1 of 1/)
    })

    test('a hold from the inspector is released from there', async () => {
      await view.inspector.getByRole('button', { name: /^Hold…/ }).click()
      await view.inspector.getByRole('radio', { name: '10s' }).check()
      await view.inspector.getByRole('button', { name: 'Hold requests to api' }).click()
      await view.sheet.getByRole('button', { name: 'Hold requests to api' }).click()
      await view.sheet.waitFor({ state: 'hidden' })
      await view.inspector.getByRole('button', { name: 'Release…' }).click()
      await view.untilVerdict(/^Serving\. 1 of 1/)
      expect(suite.stage.complaints).toEqual([])
    })
  })
}

function documentOf(port: number, adminPort: number, backend: RecordingBackend): string {
  return `admin: { address: 127.0.0.1:${adminPort} }
listeners: [{ name: web, address: 127.0.0.1:${port} }]
routes: [{ pool: api }]
pools:
  - name: api
    health_check: { path: /, interval: 200ms, timeout: 500ms, unhealthy_threshold: 2 }
    buffer: { mode: hold, timeout: 1m, max_requests: 20 }
    backends: [{ address: "${backend.address}" }]
`
}
