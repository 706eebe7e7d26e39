/**
 * What only the desktop has, over the double with the real engine and Chromium: the contract
 * crosses the preload script to live numbers, the menu bar follows the page's registry, the page
 * keeps to its powers, and a reload and a killed engine are survived.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConsoleView, PATIENCE, untilConnected } from '../browser/console-view.ts'
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
    const outcome = await page.evaluate(`(async () => {
      const script = document.createElement('script')
      script.textContent = 'window.hasRun = true'
      document.head.append(script)
      const isReached = await fetch('https://example.invalid/').then(() => true, () => false)
      return { hasRun: window.hasRun === true, isReached }
    })()`)
    expect(outcome).toEqual({ hasRun: false, isReached: false })
  })

  test('fills the menu bar from its registry, and does what is chosen there', async () => {
    await expect.poll(() => item('Go', 'Go to Pools')?.enabled, PATIENCE).toBe(true)
    item('Go', 'Go to Pools')!.click!()
    await expect.poll(() => page.url(), PATIENCE).toContain('#/pools')
    item('Go', 'Go to Live')!.click!()
    await expect.poll(() => page.url(), PATIENCE).toContain('#/live')
  })

  test('tells in the menu what is on', async () => {
    const paused = (): boolean | undefined => item('View', 'Pause or resume the view')?.checked
    const before = paused()
    item('View', 'Pause or resume the view')!.click!()
    await expect.poll(() => view.liveness(), PATIENCE).toMatch(/^PAUSED/)
    if (before !== undefined) await expect.poll(paused, PATIENCE).toBe(!before)
    item('View', 'Pause or resume the view')!.click!()
    await expect.poll(() => view.liveness(), PATIENCE).toMatch(/^LIVE/)
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
    await view.untilVerdict(/^Serving\. 3 of 3/)
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
