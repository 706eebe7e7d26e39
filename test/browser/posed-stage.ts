/** The posed console behind the web host, in this process, and Chromium at its moment. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { findInstall } from '../../main/page/install-layout.ts'
import { serveConsole, type ServedConsole } from '../../main/web/serve-console.ts'
import { ensureFreshBuild } from '../setup/fresh-build.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { USUAL_HEIGHT_PX, USUAL_WIDTH_PX } from './console-stage.ts'
import { PATIENCE, untilConnected } from './console-view.ts'
import { launchChromium } from './headless-chromium.ts'
import { POSED_AT_MS, posedConsole } from './posed-console.ts'

export class PosedStage {
  readonly #folder: TemporaryFolder
  readonly #browser: Browser
  readonly #served: ServedConsole
  #context: BrowserContext | null = null

  private constructor(folder: TemporaryFolder, browser: Browser, served: ServedConsole) {
    this.#folder = folder
    this.#browser = browser
    this.#served = served
  }

  static async start(): Promise<PosedStage> {
    await ensureFreshBuild()
    const folder = temporaryFolder()
    const served = await serveConsole({
      install: findInstall(),
      environment: { XDG_STATE_HOME: folder.path, XDG_CONFIG_HOME: folder.path },
      port: 0,
      log: () => {},
      createConsole: posedConsole
    })
    return new PosedStage(folder, await launchChromium(), served)
  }

  async open(): Promise<Page> {
    await this.#context?.close()
    this.#context = await this.#browser.newContext({
      viewport: { width: USUAL_WIDTH_PX, height: USUAL_HEIGHT_PX },
      colorScheme: 'dark',
      reducedMotion: 'reduce'
    })
    this.#context.setDefaultTimeout(PATIENCE.timeout)
    await this.#context.clock.setFixedTime(POSED_AT_MS)
    const page = await this.#context.newPage()
    await page.goto(this.#served.host.mintUrl())
    await untilConnected(page)
    return page
  }

  async dispose(): Promise<void> {
    await this.#browser.close()
    await this.#served.stop()
    this.#folder.remove()
  }
}
