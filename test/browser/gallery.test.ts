/**
 * Pictures of every screen in both themes, for the eye: written into the folder that
 * SWITCHYARD_TEST_SCREENSHOTS names. Without it the pages are still opened and must not complain.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requires } from '../setup/requirements.ts'
import type { Viewer } from './console-stage.ts'
import { ConsoleView, PATIENCE } from './console-view.ts'
import { WebStage } from './web-stage.ts'

const FOLDER = process.env['SWITCHYARD_TEST_SCREENSHOTS'] || undefined
const THEMES = ['dark', 'light'] as const
const TIMEOUT_MS = 90_000

requires('chromium-headless-shell')('pictures of the console', () => {
  let stage: WebStage
  beforeAll(async () => {
    if (FOLDER !== undefined) mkdirSync(FOLDER, { recursive: true })
    stage = await WebStage.start()
  })
  afterAll(() => stage.dispose())

  async function open(viewer: Viewer): Promise<ConsoleView> {
    return new ConsoleView(await stage.open(viewer))
  }

  async function keep(view: ConsoleView, name: string): Promise<void> {
    await view.page.evaluate(() => document.fonts.ready)
    const path = FOLDER === undefined ? {} : { path: join(FOLDER, `${name}.png`) }
    const picture = await view.page.screenshot({ ...path, animations: 'disabled' })
    expect(picture.length).toBeGreaterThan(1000)
  }

  test.each(THEMES)('first run, %s', { timeout: TIMEOUT_MS }, async (theme) => {
    const view = await open({ theme })
    await keep(view, `first-run-${theme}`)
    await view.button('Point me at my backends').click()
    await view.page.getByLabel('Addresses of your backends').fill('127.0.0.1:1 10.0.0.1:99999')
    await expect.poll(() => view.page.getByRole('main').innerText(), PATIENCE).toMatch(/refused/)
    await keep(view, `own-backends-${theme}`)
    expect(stage.complaints).toEqual([])
  })

  test('a demo with an outage behind it', { timeout: TIMEOUT_MS }, async () => {
    const view = await open({})
    await view.startDemo()
    await keep(view, 'live-serving-dark')
    await view.button('Kill demo-2').click()
    await view.untilVerdict(/is down/)
    await expect.poll(() => view.events(), PATIENCE).toContain('is down')
  })

  test.each(THEMES)('every screen, %s', { timeout: TIMEOUT_MS }, async (theme) => {
    const view = await open({ theme })
    for (const screen of await view.builtScreens()) {
      await view.go(screen)
      // The last minute: the demo has no longer past.
      await view.page.keyboard.press('1')
      await settle(view)
      await keep(view, `${screen.toLowerCase()}-${theme}`)
    }
    await view.go('Pools')
    await view.inspect('demo-2')
    await settle(view)
    await keep(view, `pools-inspector-${theme}`)
    await view.inspect('demo-1')
    await view.inspector.getByRole('button', { name: 'Drain…' }).click()
    await view.inspector.getByRole('button', { name: /^Drain demo-/ }).click()
    await view.sheet.waitFor()
    await keep(view, `plan-sheet-${theme}`)
    await view.page.keyboard.press('Escape')
    await view.openPalette()
    await keep(view, `palette-${theme}`)
    await view.page.keyboard.press('Escape')
    await view.go('Traffic')
    await view.page.getByRole('row').nth(3).click()
    await settle(view)
    await keep(view, `traffic-inspector-${theme}`)
    await view.glyphs.last().click()
    await settle(view)
    await keep(view, `incident-${theme}`)
    expect(stage.complaints).toEqual([])
  })

  test('small windows and the wall', { timeout: TIMEOUT_MS }, async () => {
    for (const [name, widthPx, heightPx] of [
      ['smallest', 960, 600],
      ['phone', 360, 740]
    ] as const) {
      const view = await open({ widthPx, heightPx })
      for (const screen of await view.builtScreens()) {
        await view.go(screen)
        await settle(view)
        await keep(view, `${screen.toLowerCase()}-${name}`)
      }
    }
    const wall = await open({ widthPx: 1920, heightPx: 1080 })
    await wall.page.keyboard.press('g')
    await wall.page.keyboard.press('w')
    await wall.rail.waitFor({ state: 'hidden' })
    await settle(wall)
    await keep(wall, 'wall')
    expect(stage.complaints).toEqual([])
  })

  test.each(THEMES)('forced colours, %s', { timeout: TIMEOUT_MS }, async (theme) => {
    const view = await open({ theme, hasForcedColours: true })
    for (const screen of ['Live', 'Pools', 'Config'] as const) {
      await view.go(screen)
      await settle(view)
      expect(await view.page.evaluate(unseenGlyphs)).toEqual([])
      await keep(view, `${screen.toLowerCase()}-forced-colours-${theme}`)
    }
    expect(stage.complaints).toEqual([])
  })
})

/** The screen has its heading, and what it asks the host for has come. */
async function settle(view: ConsoleView): Promise<void> {
  await view.page.locator('main h1').first().waitFor()
  await expect
    .poll(() => view.page.locator('[aria-busy=true], .skeleton').count(), PATIENCE)
    .toBe(0)
  await expect.poll(() => view.page.evaluate(blankCanvases), PATIENCE).toBe(0)
}

/** Runs in the page: pictures that are shown and have nothing drawn on them yet. */
function blankCanvases(): number {
  return [...document.querySelectorAll('canvas')].filter((canvas) => {
    const { width, height } = canvas
    // A copy: Chromium warns of a picture that is read again and again, and the page must not.
    const copy = Object.assign(document.createElement('canvas'), { width, height })
    const context = width * height > 0 ? copy.getContext('2d', { willReadFrequently: true }) : null
    if (context === null) return false
    context.drawImage(canvas, 0, 0)
    const { data } = context.getImageData(0, 0, width, height)
    return data.every((octet) => octet === 0)
  }).length
}

/**
 * Runs in the page: glyphs and words in the colour of the system's own ground. Words have that
 * ground under them whatever the page lays there, unless they are taken out of it.
 */
function unseenGlyphs(): string[] {
  const ground = getComputedStyle(document.body).backgroundColor
  return [...document.querySelectorAll('svg, button, a, h1, h2, p')]
    .filter((element) => {
      const { color, forcedColorAdjust } = getComputedStyle(element)
      return element.checkVisibility() && color === ground && forcedColorAdjust !== 'none'
    })
    .map((element) => element.outerHTML.slice(0, 160))
}
