/** The console in a real Electron, driven by Playwright: for `npm run test:electron` only. */
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import {
  USUAL_HEIGHT_PX,
  USUAL_WIDTH_PX,
  type ConsoleStage,
  type Viewer
} from '../browser/console-stage.ts'
import { untilConnected } from '../browser/console-view.ts'
import { complaintsOf } from '../browser/headless-chromium.ts'
import { eventually } from '../servers/eventually.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { ensureFreshBuild } from '../setup/fresh-build.ts'

const ROOT = join(import.meta.dirname, '../..')

/** As main/electron names the process of the engine. */
const ENGINE_SERVICE = 'Switchyard engine'

/** null: `npm run test:electron` found none, and has said why. */
export const ELECTRON_BINARY = process.env['SWITCHYARD_TEST_ELECTRON'] ?? null

export class ElectronStage implements ConsoleStage {
  readonly folder: TemporaryFolder
  readonly #application: ElectronApplication
  #complaints: readonly string[] = []

  private constructor(folder: TemporaryFolder, application: ElectronApplication) {
    this.folder = folder
    this.#application = application
  }

  static async start(): Promise<ElectronStage> {
    await ensureFreshBuild()
    const folder = temporaryFolder()
    const home = folder.path
    const application = await _electron.launch({
      executablePath: ELECTRON_BINARY!,
      args: [`--user-data-dir=${join(home, 'chromium')}`, ROOT],
      env: {
        ...process.env,
        XDG_STATE_HOME: join(home, 'state'),
        XDG_CONFIG_HOME: join(home, 'config')
      } as Record<string, string>
    })
    return new ElectronStage(folder, application)
  }

  get complaints(): readonly string[] {
    return this.#complaints
  }

  async open(viewer: Viewer = {}): Promise<Page> {
    const page = await this.#application.firstWindow()
    this.#complaints = complaintsOf(page)
    await this.#resize(viewer)
    await page.emulateMedia({
      colorScheme: viewer.theme ?? 'dark',
      reducedMotion: viewer.isMotionReduced === true ? 'reduce' : 'no-preference',
      forcedColors: viewer.hasForcedColours === true ? 'active' : 'none'
    })
    await page.goto('app://console/')
    await untilConnected(page)
    return page
  }

  enginePid(): Promise<number> {
    return eventually('an engine', () =>
      this.#application.evaluate(
        ({ app }, name) =>
          app.getAppMetrics().find((one) => one.serviceName === name || one.name === name)?.pid,
        ENGINE_SERVICE
      )
    )
  }

  /** Without a question: a signal asks for none. */
  async dispose(): Promise<void> {
    const process = this.#application.process()
    if (process.exitCode === null) {
      process.kill('SIGTERM')
      await eventually('Electron ends', () => process.exitCode !== null, 30_000)
    }
    this.folder.remove()
  }

  async #resize({ widthPx = USUAL_WIDTH_PX, heightPx = USUAL_HEIGHT_PX }: Viewer): Promise<void> {
    await this.#application.evaluate(
      ({ BrowserWindow }, { width, height }) => {
        const [window] = BrowserWindow.getAllWindows()
        window?.setMinimumSize(1, 1)
        window?.setContentSize(width, height)
      },
      { width: widthPx, height: heightPx }
    )
  }
}

export const startElectronStage = (): Promise<ElectronStage> => ElectronStage.start()
