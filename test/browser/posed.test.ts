/**
 * N of the screens' design: what assistive technology is told of Live and Pools, kept as text in
 * `snapshots/`; and a screen that fails says so and takes nothing else with it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requires } from '../setup/requirements.ts'
import { ConsoleView, PATIENCE } from './console-view.ts'
import { atScreen } from './page-tree.ts'
import { PosedStage } from './posed-stage.ts'

requires('chromium-headless-shell')('the console, posed', () => {
  let stage: PosedStage
  beforeAll(async () => {
    stage = await PosedStage.start()
  })
  afterAll(() => stage.dispose())

  describe('the tree of accessibility', () => {
    test.each(['Live', 'Pools'] as const)('of %s is as it was', async (screen) => {
      const page = await stage.open()
      await atScreen(page, screen)
      const tree = await page.getByRole('main').ariaSnapshot()
      await expect(`${tree}\n`).toMatchFileSnapshot(`snapshots/${screen.toLowerCase()}.aria.txt`)
    })
  })

  test('a delayed resize of a chart comes to nothing when its screen has gone', async () => {
    const page = await stage.open()
    const view = new ConsoleView(page)
    await atScreen(page, 'Live')
    await page.evaluate(holdDelayedResizes)
    await page.setViewportSize({ width: 1111, height: 777 })
    await expect.poll(() => page.evaluate(delayedResizes), PATIENCE).toBeGreaterThan(0)
    await view.go('Settings')
    await expect.poll(() => page.locator('canvas').count(), PATIENCE).toBe(0)
    expect(await page.evaluate(runDelayedResizes)).toEqual([])
  })

  test('a screen that fails says so, and can be shown again', async () => {
    const page = await stage.open()
    const view = new ConsoleView(page)
    await page.evaluate(() => {
      const { getContext } = HTMLCanvasElement.prototype
      const repair = (): void => void (HTMLCanvasElement.prototype.getContext = getContext)
      HTMLCanvasElement.prototype.getContext = () => {
        throw new Error('No canvas today.')
      }
      Object.assign(window, { repair })
    })
    await view.go('Pools')
    await expect
      .poll(() => page.getByRole('main').innerText(), PATIENCE)
      .toMatch(/This screen cannot be shown[^]*No canvas today\./)
    expect(await view.liveness()).toMatch(/^LIVE/)
    await view.go('Settings')
    await expect.poll(() => page.getByRole('main').innerText(), PATIENCE).toContain('Theme')
    await view.go('Pools')
    await view.button('Show it again').waitFor()
    await page.evaluate(() => (window as unknown as { repair(): void }).repair())
    await view.button('Show it again').click()
    await expect.poll(() => page.getByRole('main').innerText(), PATIENCE).toContain('10.0.0.2:80')
  })
})

interface Held {
  readonly delayedResizes: (() => void)[]
}

/** Runs in the page: timers of the charts' delay wait for the test, not for the time. */
function holdDelayedResizes(): void {
  const held: Held = { delayedResizes: [] }
  const { setTimeout } = window
  const hold = (
    run: (...args: unknown[]) => void,
    delayMs?: number,
    ...args: unknown[]
  ): number => {
    if (delayMs !== 80) return setTimeout(run, delayMs, ...args)
    return held.delayedResizes.push(() => run(...args))
  }
  Object.assign(window, held, { setTimeout: hold })
}

function delayedResizes(): number {
  return (window as unknown as Held).delayedResizes.length
}

/** What they threw. */
function runDelayedResizes(): string[] {
  return (window as unknown as Held).delayedResizes.flatMap((run) => {
    try {
      run()
      return []
    } catch (error) {
      return [String(error)]
    }
  })
}
