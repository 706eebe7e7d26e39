/** The console's services behind the desktop: contract, window, menu, tray, notifications, end. */
import { app, dialog, Notification } from 'electron'
import { join } from 'node:path'
import type { Preferences } from '../../preload/contract/preferences.ts'
import type { Clock } from '../../proxy-core/time/clock.ts'
import type { Console, ConsoleParts } from '../console/console-parts.ts'
import { OperationBook } from '../contract/operation-book.ts'
import { serveContract } from '../contract/serve-contract.ts'
import { enginePath } from '../engine-host/module-path.ts'
import { consoleFolders, type ConsoleFolders } from '../page/console-folders.ts'
import { helloFrom } from '../page/hello.ts'
import type { InstallLayout } from '../page/install-layout.ts'
import { lockConsole } from '../web/console-lock.ts'
import { decideClose } from './close-question.ts'
import { ConsoleTray } from './console-tray.ts'
import { ConsoleWindow } from './console-window.ts'
import { DesktopNotifications } from './desktop-notifications.ts'
import { openExternalLink } from './external-links.ts'
import { HostMenu } from './host-menu.ts'
import { PagePorts } from './page-ports.ts'
import { PageRequests } from './page-requests.ts'
import { Quitting } from './quitting.ts'
import { openStoreFile } from './store-file.ts'
import { systemVault } from './system-vault.ts'
import { forkUtilityEngine } from './utility-engine.ts'
import { WindowMemory } from './window-memory.ts'

export interface DesktopParts {
  readonly install: InstallLayout
  readonly environment: NodeJS.ProcessEnv
  readonly platform: string
  readonly clock: Clock
  readonly createConsole: (parts: ConsoleParts) => Promise<Console>
  /** Takes lines for the log. */
  say(line: string): void
}

/** In the audit. */
const ACTOR = 'operator (desktop)'

/** `stopLabel` says so while no engine runs. */
const NOTHING_STOPS = 'Quit'

export class ConsoleDesktop {
  readonly #parts: DesktopParts
  readonly #console: Console
  readonly #release: () => Promise<void>
  readonly #ports: PagePorts
  readonly #requests = new PageRequests()
  readonly #menu: HostMenu
  readonly #tray: ConsoleTray
  readonly #notifications: DesktopNotifications
  readonly #window: ConsoleWindow
  readonly #quitting: Quitting
  readonly #endPreferences: () => void
  #preferences: Preferences | null = null

  /** Throws CONSOLE_RUNNING, STATE_UNUSABLE. The application is ready. */
  static async open(parts: DesktopParts): Promise<ConsoleDesktop> {
    const folders = consoleFolders(parts.environment)
    const lock = await lockConsole(folders.stateFolder)
    let console: Console | null = null
    try {
      console = await createServices(parts, folders)
      return new ConsoleDesktop(parts, folders, console, () => lock.release())
    } catch (error) {
      // The services have opened the last workspace, so an engine may be on its way.
      await console?.stop()
      await lock.release()
      throw error
    }
  }

  private constructor(
    parts: DesktopParts,
    folders: ConsoleFolders,
    console: Console,
    release: () => Promise<void>
  ) {
    const { install, platform, clock, say } = parts
    this.#parts = parts
    this.#console = console
    this.#release = release
    const stopSentence = (): string => console.stopSentence()
    const isIdle = (): boolean => stopSentence() === NOTHING_STOPS
    this.#endPreferences = console.topics.preferences.open({}, (now) => (this.#preferences = now))
    this.#quitting = new Quitting({
      ...{ clock, say, stopSentence, isIdle },
      ask: (question) => this.#window.ask(question),
      stop: () => this.#stop(),
      cut: () => console.cut()
    })
    const quitNow = (): void => this.#quitting.quitNow()
    this.#menu = new HostMenu({
      platform,
      run: (actionId) => {
        this.show()
        this.#requests.runAction(actionId)
      },
      quit: () => app.quit()
    })
    this.#tray = new ConsoleTray({
      ...{ platform, clock, stopSentence, verdict: console.verdict },
      iconFolder: join(install.root, 'resources/icons/tray'),
      show: () => this.show(),
      quit: quitNow,
      cut: () => console.cut()
    })
    this.#notifications = new DesktopNotifications({
      ...{ console, clock },
      preferences: () => this.#preferences!,
      open: (incidentId) => {
        this.show()
        if (incidentId !== null) this.#requests.showIncident(incidentId)
      }
    })
    this.#ports = this.#servePages()
    this.#window = new ConsoleWindow({
      ...{ install, clock, say },
      memory: new WindowMemory(folders.settingsFolder, openStoreFile, say),
      mayClose: () => this.#mayClose(isIdle, stopSentence)
    })
  }

  /** Resolves when the page has loaded, or when it cannot be loaded and everything ends. */
  async load(): Promise<void> {
    try {
      await this.#window.load()
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error)
      const reason = `The console's page could not be loaded: ${cause}`
      this.#parts.say(reason)
      this.#quitting.fail(reason)
    }
  }

  show(): void {
    if (!this.#quitting.isEnding) return this.#window.show()
    this.#quitting.offerCut().catch((error: unknown) => {
      this.#parts.say(`The end could not be shown: ${String(error)}`)
    })
  }

  /** Without a question; a second time cuts what still runs. */
  quitNow(): void {
    this.#quitting.quitNow()
  }

  #servePages(): PagePorts {
    const { install, clock, say } = this.#parts
    const hello = helloFrom('desktop', install.version, {
      hasNotifications: Notification.isSupported()
    })
    const handlers = { ...this.#console.handlers, ...this.#menu.handlers }
    const topics = { ...this.#console.topics, hostRequests: this.#requests.topic }
    const operations = new OperationBook(clock)
    const served = { hello, handlers, topics, operations, actor: ACTOR, clock, log: say }
    return new PagePorts((channel) => serveContract(channel, served), say)
  }

  #mayClose(isIdle: () => boolean, stopSentence: () => string): boolean {
    if (this.#quitting.isDecided) return true
    const { handlers } = this.#console
    const call = { actor: ACTOR, signal: new AbortController().signal }
    void decideClose({
      ...{ isIdle, stopSentence, ask: this.#window.ask },
      wish: () => this.#preferences!.onWindowClose,
      keepWish: async (onWindowClose) => {
        await handlers['preferences.change']({ onWindowClose }, call)
      }
    })
      .then((decision) => {
        if (decision === 'background') this.#window.hide()
        if (decision === 'quit') this.#quitting.quitNow()
      })
      .catch((error: unknown) => this.#parts.say(`The window was not closed: ${String(error)}`))
    return false
  }

  async #stop(): Promise<string> {
    this.#tray.showStopping()
    this.#ports.closeAll('The console was quit.')
    this.#notifications.stop()
    this.#endPreferences()
    try {
      return await this.#console.stop()
    } finally {
      this.#tray.destroy()
      await this.#release()
    }
  }
}

function createServices(parts: DesktopParts, folders: ConsoleFolders): Promise<Console> {
  const { clock, install, environment, platform, say } = parts
  return parts.createConsole({
    ...{ clock, environment, say, version: install.version, ...folders },
    launchEngine: () => forkUtilityEngine(enginePath()),
    abilities: { chooseFile, openExternal: openExternalLink },
    secretVault: systemVault(platform),
    openSettings: openStoreFile
  })
}

async function chooseFile(): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    title: 'Open a configuration file',
    properties: ['openFile'],
    filters: [
      { name: 'Configurations', extensions: ['yaml', 'yml', 'json'] },
      { name: 'All files', extensions: ['*'] }
    ]
  })
  return canceled ? null : (filePaths[0] ?? null)
}
