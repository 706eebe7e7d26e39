/**
 * The console in its desktop window, without Electron's binary: the real main/electron in this
 * process against the double, the real engine in a utility process, the built page and preload
 * script in Chromium, and the contract over a MessagePort between them.
 */
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createConsole } from '../../main/console/console.ts'
import type { CreateConsole } from '../../main/web/serve-console.ts'
import { startDesktop } from '../../main/electron/index.ts'
import { findInstall } from '../../main/page/install-layout.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import {
  USUAL_HEIGHT_PX,
  USUAL_WIDTH_PX,
  type ConsoleStage,
  type Viewer
} from '../browser/console-stage.ts'
import { untilConnected } from '../browser/console-view.ts'
import { complaintsOf, launchChromium } from '../browser/headless-chromium.ts'
import { eventually } from '../servers/eventually.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { ensureFreshBuild } from '../setup/fresh-build.ts'
import type { DialogOptions } from './desktop.ts'
import { electronDouble } from './electron.ts'
import { PAGE_URL } from '../../main/electron/page-origin.ts'

const STOP_LIMIT_MS = 15_000

export class DesktopStage implements ConsoleStage {
  readonly folder: TemporaryFolder
  /** What the host said, for messages of failed tests. */
  readonly lines: string[] = []
  readonly #browser: Browser
  #context: BrowserContext | null = null
  #complaints: readonly string[] = []

  private constructor(folder: TemporaryFolder, browser: Browser) {
    this.folder = folder
    this.#browser = browser
  }

  /** `create` makes the services; the console's own unless a test has others. */
  static async start(create: CreateConsole = createConsole): Promise<DesktopStage> {
    await ensureFreshBuild()
    const stage = new DesktopStage(temporaryFolder(), await launchChromium())
    try {
      await stage.#startHost(create)
    } catch (error) {
      await stage.#browser.close()
      stage.folder.remove()
      throw error
    }
    return stage
  }

  get complaints(): readonly string[] {
    return this.#complaints
  }

  /** The window's page, shown to this viewer from now on. */
  async open(viewer: Viewer = {}): Promise<Page> {
    const before = this.#context
    const context = await this.#newContext(viewer)
    if (viewer.fixedTimeMs !== undefined) await context.clock.setFixedTime(viewer.fixedTimeMs)
    this.#context = context
    context.on('page', (page) => (this.#complaints = complaintsOf(page)))
    const { page } = await electronDouble.state.windows[0]!.showIn(context, PAGE_URL)
    await before?.close()
    await untilConnected(page)
    return page
  }

  enginePid(): Promise<number> {
    return eventually('an engine', () => electronDouble.state.utilities.at(-1)?.pid)
  }

  async dispose(): Promise<void> {
    if (!this.#browser.isConnected()) return
    const { state } = electronDouble
    if (state.exitCode === null) {
      process.emit('SIGTERM')
      await eventually('the desktop ends', () => state.exitCode !== null, STOP_LIMIT_MS)
    }
    await this.#browser.close()
    this.folder.remove()
  }

  async #startHost(create: CreateConsole): Promise<void> {
    this.#context = await this.#newContext({})
    electronDouble.reset({ context: this.#context, answer: refuse })
    const home = this.folder.path
    const starting = startDesktop({
      install: findInstall(),
      environment: {
        ...process.env,
        XDG_STATE_HOME: join(home, 'state'),
        XDG_CONFIG_HOME: join(home, 'config')
      },
      platform: 'linux',
      clock: systemClock,
      createConsole: create,
      say: (line) => this.lines.push(line)
    })
    electronDouble.becomeReady()
    await starting
  }

  #newContext(viewer: Viewer): Promise<BrowserContext> {
    return this.#browser.newContext({
      viewport: {
        width: viewer.widthPx ?? USUAL_WIDTH_PX,
        height: viewer.heightPx ?? USUAL_HEIGHT_PX
      },
      colorScheme: viewer.theme ?? 'dark',
      reducedMotion: viewer.isMotionReduced === true ? 'reduce' : 'no-preference',
      forcedColors: viewer.hasForcedColours === true ? 'active' : 'none'
    })
  }
}

/** The last button of every box of ours is Cancel. */
function refuse({ buttons }: DialogOptions): number {
  return buttons.length - 1
}

export const startDesktopStage = (): Promise<DesktopStage> => DesktopStage.start()
