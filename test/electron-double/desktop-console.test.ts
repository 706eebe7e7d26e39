/**
 * What only the desktop has, over the double with the real engine and Chromium: the contract
 * crosses the preload script to live numbers, the menu bar follows the page's registry, the page
 * keeps to its powers, and a reload and a killed engine are survived.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConsoleView, PATIENCE, untilConnected } from '../browser/console-view.ts'
import { eventually } from '../servers/eventually.ts'
import { requires } from '../setup/requirements.ts'
import type { DoubleMenuItem } from './desktop.ts'
import { DesktopStage } from './desktop-stage.ts'
import { electronDouble } from './electron.ts'

function item(...path: readonly string[]): DoubleMenuItem | undefined {
  let items: readonly DoubleMenuItem[] = electronDouble.state.menu
  let found: DoubleMenuItem | undefined
  for (const label of path) {
    found = items.find((one) => one.label === label)
    items = found?.submenu ?? []
  }
  return found
}

requires('chromium-headless-shell')('the console in its desktop window', () => {
  let stage: DesktopStage
  let page: Page
  let view: ConsoleView

  beforeAll(async () => {
    stage = await DesktopStage.start()
    page = await stage.open()
    view = new ConsoleView(page)
  }, 90_000)
  afterAll(() => stage.dispose())

  test('shows live numbers after one click on the demo, with the engine in a utility process', async () => {
    await view.button('Try the demo').click()
    await expect.poll(() => view.rateRps(), PATIENCE).toBeGreaterThan(30)
    expect(electronDouble.state.log).toContain('utility Switchyard engine')
    expect(await stage.enginePid()).not.toBe(process.pid)
    expect(stage.complaints).toEqual([])
  })

  test('has the bridge and nothing else of its host in the page', async () => {
    const found = await page.evaluate(`({
      bridge: Object.keys(window.switchyard),
      isFrozen: Object.isFrozen(window.switchyard),
      isNodeFree: typeof require === 'undefined' && typeof process === 'undefined'
    })`)
    expect(found).toEqual({ bridge: ['openPort'], isFrozen: true, isNodeFree: true })
  })

  test('is kept to its policy: no script of its own and no other server', async () => {
    // It answers whoever asks, so nothing but the policy keeps the page from it.
    const asked: string[] = []
    await page.route('https://elsewhere.invalid/**', async (route) => {
      asked.push(route.request().url())
      await route.fulfill({ headers: { 'access-control-allow-origin': '*' }, body: 'hello' })
    })
    const outcome = await page.evaluate(`(async () => {
      const broken = []
      const note = ({ effectiveDirective }) => broken.push(effectiveDirective)
      document.addEventListener('securitypolicyviolation', note)
      const script = document.createElement('script')
      script.textContent = 'window.hasRun = true'
      document.head.append(script)
      const isReached = await fetch('https://elsewhere.invalid/').then(() => true, () => false)
      await new Promise((resolve) => setTimeout(resolve))
      document.removeEventListener('securitypolicyviolation', note)
      return { hasRun: window.hasRun === true, isReached, broken }
    })()`)
    expect(outcome).toEqual({
      hasRun: false,
      isReached: false,
      broken: ['script-src-elem', 'connect-src']
    })
    expect(asked).toEqual([])
  })

  test('fills the menu bar from its registry, and does what is chosen there', async () => {
    await expect.poll(() => item('Go', 'Go to Pools')?.enabled, PATIENCE).toBe(true)
    item('Go', 'Go to Pools')!.click!()
    await expect.poll(() => page.url(), PATIENCE).toContain('#/pools')
    item('Go', 'Go to Live')!.click!()
    await expect.poll(() => page.url(), PATIENCE).toContain('#/live')
  })

  test('tells in the menu what is on', async () => {
    const pause = (): DoubleMenuItem => item('View', 'Pause or resume the view')!
    expect(pause()).toMatchObject({ type: 'checkbox', checked: false })
    pause().click!()
    await expect.poll(() => view.liveness(), PATIENCE).toMatch(/^PAUSED/)
    await expect.poll(() => pause().checked, PATIENCE).toBe(true)
    pause().click!()
    await expect.poll(() => view.liveness(), PATIENCE).toMatch(/^LIVE/)
    await expect.poll(() => pause().checked, PATIENCE).toBe(false)
  })

  test('shows the verdict in the tray', async () => {
    const [tray] = electronDouble.state.trays
    await expect.poll(() => tray!.image.path, PATIENCE).toMatch(/serving\.png$/)
    expect(tray!.menu.at(-1)!.label).toMatch(/^Quit and stop the proxy/)
  })

  test('is live again after a reload, over a new port', async () => {
    await page.reload()
    await untilConnected(page)
    await expect.poll(() => view.rateRps(), PATIENCE).toBeGreaterThan(30)
  })

  test('tells that the engine was killed, and serves again', async () => {
    const killed = await stage.enginePid()
    process.kill(killed, 'SIGKILL')
    await expect.poll(() => stage.enginePid(), PATIENCE).not.toBe(killed)
    await expect.poll(() => view.events(), PATIENCE).toContain('was ended by SIGKILL')
    const [notification] = electronDouble.state.notifications
    expect(notification!.options.title).toMatch(/^Down: /)
    await view.untilVerdict(/^Serving\. 3 of 3/)
    await expect.poll(() => view.rateRps(), PATIENCE).toBeGreaterThan(30)
    await expect.poll(() => notification!.isShown, PATIENCE).toBe(false)
    notification!.emitter.emit('click')
    await expect.poll(() => page.url(), PATIENCE).toMatch(/#\/incidents\/\d+/)
    await expect.poll(() => page.getByRole('main').innerText(), PATIENCE).toContain('engine')
  })

  test('is live again when the process of its page has died', async () => {
    const [window] = electronDouble.state.windows
    window!.contents.crash('oom')
    expect(window!.contents.reloads).toBe(1)
    const driver = await eventually('its return', () => window!.contents.driver ?? undefined)
    page = driver.page
    view = new ConsoleView(page)
    await untilConnected(page)
    await expect.poll(() => view.rateRps(), PATIENCE).toBeGreaterThan(30)
  })

  test('ends with its engine, and says what was stopped', async () => {
    const engine = await stage.enginePid()
    await stage.dispose()
    expect(electronDouble.state.exitCode).toBe(0)
    expect(stage.lines.at(-1)).toMatch(/^The console and its engine are stopped/)
    expect(() => process.kill(engine, 0)).toThrow('ESRCH')
  })
})
