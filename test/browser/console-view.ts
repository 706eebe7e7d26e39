/**
 * The console as its user sees it: found by roles, names and words, never by the structure of
 * the page. What is asked again until it holds is asked with `expect.poll`.
 */
import type { Locator, Page } from 'playwright-core'
import { eventually } from '../servers/eventually.ts'

/** For what takes a moment on a machine that does other things, too. */
export const PATIENCE = { timeout: 15_000, interval: 50 } as const

export const SCREENS = ['Live', 'Pools', 'Traffic', 'Incidents', 'Config', 'Settings'] as const
export type ScreenTitle = (typeof SCREENS)[number]

export class ConsoleView {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Starts the demo unless it runs, and waits until its load flows and all backends serve. */
  async startDemo(): Promise<void> {
    await this.page.locator('main h1').first().waitFor()
    const start = this.button('Try the demo')
    if (await start.isVisible()) await start.click()
    await this.untilVerdict(/^Serving\. 3 of 3/)
    await eventually('traffic', async () => (await this.rateRps()) > 0, PATIENCE.timeout)
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', {
      name,
      ...(typeof name === 'string' ? { exact: true } : {})
    })
  }

  async go(screen: ScreenTitle): Promise<void> {
    await this.rail.getByRole('link', { name: new RegExp(`^${screen}`) }).click()
  }

  get rail(): Locator {
    return this.page.getByRole('navigation', { name: 'Screens' })
  }

  /** Screens that this build has. */
  async builtScreens(): Promise<readonly ScreenTitle[]> {
    const titles = await this.rail.locator('.title').allInnerTexts()
    return SCREENS.filter((screen) => titles.includes(screen))
  }

  /** The sentence that answers whether users are served; "" where nothing is open. */
  async verdict(): Promise<string> {
    const sentence = this.page.locator('h1 > span:last-child, header .verdict .text')
    const sentences = await sentence.allInnerTexts()
    return sentences.find((text) => text.includes('.')) ?? ''
  }

  async untilVerdict(expected: RegExp): Promise<void> {
    try {
      const holds = async (): Promise<boolean> => expected.test(await this.verdict())
      await eventually(`a verdict like ${String(expected)}`, holds, PATIENCE.timeout)
    } catch (error) {
      const shown = await this.page.locator('body').innerText()
      throw new Error(`No verdict like ${String(expected)}. The page shows:\n${shown}`, {
        cause: error
      })
    }
  }

  /** "LIVE, 0.1 s old. Numbers arrive four times a second."; "" where there is none. */
  async liveness(): Promise<string> {
    const badge = this.page.getByRole('button', {
      name: /^(LIVE|PAUSED|STALE|RECONNECTING|CORE STOPPED)/
    })
    return (await badge.count()) === 0 ? '' : ((await badge.getAttribute('aria-label')) ?? '')
  }

  /** From the top bar; 0 while there is none. */
  async rateRps(): Promise<number> {
    const numbers = this.page.getByLabel('Traffic now').locator('dd')
    const first = (await numbers.allInnerTexts())[0] ?? ''
    const [, digits, thousands] = /([\d.]+)\s*(k?)/.exec(first) ?? []
    return Number(digits ?? 0) * (thousands === 'k' ? 1000 : 1)
  }

  /** A backend or pool of the river. */
  node(name: string): Locator {
    return this.page
      .getByRole('group', { name: 'Traffic from listeners to backends' })
      .getByRole('button', { name: new RegExp(`^${escaped(name)} `) })
  }

  /** Its name and state, and in words for who cannot see it; "" where there is none. */
  async nodeText(name: string): Promise<string> {
    return (await this.node(name).allInnerTexts()).join('\n')
  }

  /** A row of the table of pools: by the name or the address of a backend. */
  row(name: string): Locator {
    return this.page.getByRole('row', { name: new RegExp(escaped(name)) })
  }

  /** Selects a backend on Pools, and waits for its evidence. */
  async inspect(backend: string): Promise<Locator> {
    await this.row(backend).click()
    await this.inspector.getByRole('group', { name: /^Actions for / }).waitFor()
    return this.inspector
  }

  get inspector(): Locator {
    return this.page.getByRole('complementary', { name: 'Inspector' })
  }

  /** Of a backend of the demo; read on Pools. */
  async demoAddress(name: string): Promise<string> {
    const text = await this.row(name).innerText()
    const port = /:(\d+)/.exec(text)?.[1]
    if (port === undefined) throw new Error(`No port in the row of ${name}: ${text}`)
    return `127.0.0.1:${port}`
  }

  /** Glyphs of the event strip, oldest first; their names are the events' words. */
  get glyphs(): Locator {
    return this.page.getByRole('toolbar', { name: 'Events' }).getByRole('button')
  }

  async events(): Promise<string> {
    const glyphs = await this.glyphs.all()
    const words = await Promise.all(glyphs.map((glyph) => glyph.getAttribute('aria-label')))
    return words.join('\n')
  }

  get sheet(): Locator {
    return this.page.getByRole('dialog')
  }

  /** What the messages at the edge say. */
  messages(): Promise<string> {
    return this.page.getByRole('region', { name: 'Messages' }).innerText()
  }

  async openPalette(): Promise<Locator> {
    await this.page.keyboard.press('Control+KeyK')
    const palette = this.page.getByRole('dialog', { name: 'Palette' })
    await palette.waitFor()
    return palette
  }
}

/** The page has said hello, and shows the shell. */
export async function untilConnected(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).waitFor({ timeout: PATIENCE.timeout })
  await page.locator('main h1').first().waitFor({ timeout: PATIENCE.timeout })
}

export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
