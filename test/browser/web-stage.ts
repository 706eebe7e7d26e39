/** The stage of `switchyard console`: its own process, and Chromium at the link that it printed. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { ensureFreshBuild } from '../setup/fresh-build.ts'
import type { TemporaryFolder } from '../servers/temporary-folder.ts'
import { ConsoleProcess } from './console-process.ts'
import { USUAL_HEIGHT_PX, USUAL_WIDTH_PX, type ConsoleStage, type Viewer } from './console-stage.ts'
import { PATIENCE, untilConnected } from './console-view.ts'
import { complaintsOf, launchChromium } from './headless-chromium.ts'

export class WebStage implements ConsoleStage {
  readonly process: ConsoleProcess
  readonly #browser: Browser
  #context: BrowserContext | null = null
  #isFirstLinkUsed = false
  #complaints: readonly string[] = []

  private constructor(running: ConsoleProcess, browser: Browser) {
    this.process = running
    this.#browser = browser
  }

  static async start(): Promise<WebStage> {
    await ensureFreshBuild()
    const running = await ConsoleProcess.start()
    try {
      return new WebStage(running, await launchChromium())
    } catch (error) {
      await running.dispose()
      throw error
    }
  }

  get folder(): TemporaryFolder {
    return this.process.folder
  }

  get complaints(): readonly string[] {
    return this.#complaints
  }

  async open(viewer: Viewer = {}): Promise<Page> {
    const page = await this.blankPage(viewer)
    await page.goto(await this.#unusedLink())
    await untilConnected(page)
    return page
  }

  /** A second page beside the open one, of another browser. */
  async openBeside(viewer: Viewer = {}): Promise<Page> {
    const context = await this.#newContext(viewer)
    const page = await context.newPage()
    await page.goto(await this.process.mintLink())
    await untilConnected(page)
    return page
  }

  /** Another page than the open one, in a fresh context that was never admitted. */
  async blankPage(viewer: Viewer = {}): Promise<Page> {
    await this.#context?.close()
    this.#context = await this.#newContext(viewer)
    const page = await this.#context.newPage()
    this.#complaints = complaintsOf(page)
    return page
  }

  async #newContext(viewer: Viewer): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      viewport: {
        width: viewer.widthPx ?? USUAL_WIDTH_PX,
        height: viewer.heightPx ?? USUAL_HEIGHT_PX
      },
      colorScheme: viewer.theme ?? 'dark',
      reducedMotion: viewer.isMotionReduced === true ? 'reduce' : 'no-preference',
      forcedColors: viewer.hasForcedColours === true ? 'active' : 'none'
    })
    // Shorter than a test may take, so that a failure names what was waited for.
    context.setDefaultTimeout(PATIENCE.timeout)
    return context
  }

  /** The console ended and another one runs in the same folders: its link is new. */
  async relaunch(): Promise<void> {
    await this.process.launch()
    this.#isFirstLinkUsed = false
  }

  enginePid(): Promise<number> {
    return this.process.enginePid()
  }

  async dispose(): Promise<void> {
    await this.#browser.close()
    await this.process.dispose()
  }

  async #unusedLink(): Promise<string> {
    if (this.#isFirstLinkUsed) return this.process.mintLink()
    this.#isFirstLinkUsed = true
    return this.process.link
  }
}

export const startWebStage = (): Promise<WebStage> => WebStage.start()
