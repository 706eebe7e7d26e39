/**
 * The console page in a real browser, from the real web host: it loads through the one-time
 * link, says what it is, breaks no rule of its policy, and has both themes. With
 * `SWITCHYARD_TEST_SCREENSHOTS` set to a folder, it leaves pictures there.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { helloFrom } from '../../main/page/hello.ts'
import { findInstall } from '../../main/page/install-layout.ts'
import { readPageFiles } from '../../main/page/page-files.ts'
import { startWebHost, type WebHost } from '../../main/web/web-host.ts'
import { ensureFreshBuild } from '../setup/fresh-build.ts'
import { requires } from '../setup/requirements.ts'
import { complaintsOf, launchChromium } from './headless-chromium.ts'

const SCREENSHOTS = process.env['SWITCHYARD_TEST_SCREENSHOTS']
const THEMES = [
  ['dark', 'rgb(13, 17, 23)'],
  ['light', 'rgb(244, 246, 248)']
] as const

requires('chromium-headless-shell')('the console page', () => {
  let browser: Browser
  let host: WebHost
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    await ensureFreshBuild()
    const install = findInstall()
    host = await startWebHost({
      files: readPageFiles(install.rendererFolder),
      hello: helloFrom('web', '7.8.9'),
      port: 0
    })
    browser = await launchChromium()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await host.close()
  })

  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
  })
  afterEach(() => context.close())

  test('loads through the one-time link and says what it is, without a complaint', async () => {
    const complaints = complaintsOf(page)
    await page.goto(host.mintUrl())
    await page.getByText('browser, over loopback').waitFor()
    expect(page.url()).toBe(`http://127.0.0.1:${host.port}/`)
    expect(await page.title()).toBe('Switchyard')
    expect(await page.getByRole('heading').textContent()).toBe('Switchyard')
    const text = await page.locator('main').innerText()
    expect(text).toContain('7.8.9')
    expect(text).toContain('switchyard run switchyard.yaml')
    expect(text).toContain('This console does not show it yet')
    expect(complaints).toEqual([])
  })

  test('keeps its cookie from scripts, and stays open after a reload', async () => {
    await page.goto(host.mintUrl())
    expect(await page.evaluate('document.cookie')).toBe('')
    expect((await page.reload())?.status()).toBe(200)
  })

  test('is closed to a browser that did not come through a link', async () => {
    const response = await page.goto(`http://127.0.0.1:${host.port}/`)
    expect(response?.status()).toBe(401)
    expect(await page.locator('body').innerText()).toContain(
      'Open the link that the console printed'
    )
  })

  test('runs no script that is not its own', async () => {
    await page.goto(host.mintUrl())
    const complaints = complaintsOf(page)
    await page.evaluate(`
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.body.append(script)`)
    expect(await page.evaluate('window.injected')).toBeUndefined()
    expect(complaints.join()).toContain('Content Security Policy')
  })

  test.each(THEMES)('has a %s theme', async (colorScheme, background) => {
    await page.emulateMedia({ colorScheme })
    await page.goto(host.mintUrl())
    await page.getByText('browser, over loopback').waitFor()
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(background)
    if (SCREENSHOTS !== undefined) {
      await page.screenshot({ path: join(SCREENSHOTS, `welcome-${colorScheme}.png`) })
    }
  })

  test('fits a narrow window without scrolling sideways', async () => {
    await page.setViewportSize({ width: 360, height: 800 })
    await page.goto(host.mintUrl())
    await page.getByText('browser, over loopback').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  })
})
