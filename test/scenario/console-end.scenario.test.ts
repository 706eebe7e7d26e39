/**
 * kill -9 of the console under traffic, as design section 2 has it: the engine stops accepting,
 * finishes what runs, ends by itself, and the next start tells what was lost.
 */
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../servers/eventually.ts'
import { freePort } from '../servers/free-ports.ts'
import { canConnect } from '../servers/is-listening.ts'
import { requires } from '../setup/requirements.ts'
import { startConsole } from './console-stage.ts'
import { startEchoes } from './stage.ts'
import { IdentifiedLoad } from './identified-load.ts'
import { ConsoleView } from '../browser/console-view.ts'

/** `shutdown_timeout` of the file below, and time to end. */
const END_MS = 8000

requires('chromium-headless-shell')('a console that is killed under traffic', () => {
  test('its engine drains and ends, and the next start tells what was lost', async () => {
    const [backend] = await startEchoes('a')
    const { stage, view } = await startConsole()
    const port = await freePort()
    const file = stage.folder.write(
      'shop.yaml',
      documentOf(port, await freePort(), backend!.address)
    )
    await view.button('Open a config file').click()
    await view.page.getByLabel(/^Path of the file/).fill(file)
    await view.button('Open the file').click()
    await view.untilVerdict(/^Serving\. 1 of 1/)
    let target = port
    const load = new IdentifiedLoad({ connections: 8, thinkMs: 5, port: () => target })
    onTestFinished(() => load.stop())
    await eventually('traffic', () => load.succeeded > 50)
    const engine = await stage.enginePid()

    stage.process.signal('SIGKILL')
    await eventually('the end of the engine', () => !isRunning(engine), END_MS)
    expect(await canConnect(port)).toBe(false)
    await stage.process.stop('SIGKILL')
    // Nobody listens any more, and the load wants to end with a connection.
    target = backend!.port
    await load.stop()
    expect(load.failures.map(({ reason }) => reason)).toEqual([])

    await stage.relaunch()
    const next = new ConsoleView(await stage.open())
    const told = next.page.getByRole('region', { name: 'The last end' })
    await told.waitFor()
    expect(await told.innerText()).toMatch(
      /The console ended without a stop at \d\d:\d\d\. The engine finished \d+ requests?, cut \d+, and stopped at/
    )
    await next.untilVerdict(/^Serving\. 1 of 1/)
    await next.page.getByRole('button', { name: 'Understood' }).click()
    await told.waitFor({ state: 'hidden' })
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function documentOf(port: number, adminPort: number, address: string): string {
  return `version: 1
admin: { address: 127.0.0.1:${adminPort} }
listeners:
  - { name: web, address: 127.0.0.1:${port} }
routes:
  - { pool: shop }
pools:
  - name: shop
    health_check: { type: http, path: /health, interval: 500ms, timeout: 400ms }
    backends:
      - { address: "${address}" }
shutdown_timeout: 3s
`
}
