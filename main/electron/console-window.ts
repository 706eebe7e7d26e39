/** The console's one window: its place, its closing, and its return after a crash of the page. */
import { BrowserWindow, screen } from 'electron'
import { isDeepStrictEqual } from 'node:util'
import type { Clock, Timer } from '../../proxy-core/time/clock.ts'
import type { InstallLayout } from '../page/install-layout.ts'
import { PAGE_URL } from './page-origin.ts'
import { windowOptions } from './window-options.ts'
import { fittingPlace, type WindowPlace } from './window-place.ts'
import { WindowQuestions, type Ask } from './window-questions.ts'

export interface ConsoleWindowParts {
  readonly install: InstallLayout
  readonly clock: Clock
  readonly memory: { read(): WindowPlace | null; write(place: WindowPlace): void }
  /** The operator wants to close it. True: it may; false: somebody else decides what happens. */
  mayClose(): boolean
  say(line: string): void
}

/** A window that is being dragged tells its place many times a second. */
const PLACE_DELAY_MS = 500

/** A page that dies more often than this within a minute is not loaded again by itself. */
const MOST_RELOADS = 3
const RELOAD_PERIOD_MS = 60_000

export class ConsoleWindow {
  readonly #parts: ConsoleWindowParts
  readonly #window: BrowserWindow
  readonly #questions: WindowQuestions
  readonly #crashesAtMs: number[] = []
  #placeTimer: Timer | null = null
  /** Before it has appeared its place is none that anybody has chosen. */
  #hasAppeared = false

  constructor(parts: ConsoleWindowParts) {
    this.#parts = parts
    const place = fittingPlace(parts.memory.read(), workAreas())
    const window = new BrowserWindow(windowOptions(parts.install, place.bounds))
    this.#window = window
    this.#questions = new WindowQuestions(window)
    window.once('ready-to-show', () => this.#appear(place))
    window.on('resize', () => this.#placeChanged())
    window.on('move', () => this.#placeChanged())
    window.on('close', (event) => {
      this.#keepPlace()
      if (!parts.mayClose()) event.preventDefault()
    })
    window.webContents.on('render-process-gone', (_event, { reason }) => this.#revive(reason))
  }

  /**
   * Resolves when the page has loaded, and when this load does not matter any more: the window is
   * gone, or the page is loaded anew. Rejects when the page cannot be loaded.
   */
  async load(): Promise<void> {
    try {
      await this.#window.loadURL(PAGE_URL)
    } catch (error) {
      // That the page's process has ended is told in the same moment, but after this.
      await new Promise((resolve) => setImmediate(resolve))
      const hasCrashed = this.#crashesAtMs.length > 0
      if (!this.#window.isDestroyed() && !hasCrashed && !isReplaced(error)) throw error
    }
  }

  /** In front of everything, wherever it was; a page that has ended is loaded again. */
  show(): void {
    const window = this.#window
    if (window.isDestroyed()) return
    if (!window.isVisible()) this.#fitScreens()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
    if (window.webContents.isCrashed()) window.webContents.reload()
  }

  /** One question at a time, in front of the window where that can be seen. */
  readonly ask: Ask = (question) => this.#questions.ask(question)

  hide(): void {
    if (!this.#window.isDestroyed()) this.#window.hide()
  }

  /** Maximising shows a window, so it has to wait for the first paint as well. */
  #appear({ isMaximized }: WindowPlace): void {
    if (isMaximized) this.#window.maximize()
    this.#window.show()
    this.#hasAppeared = true
  }

  /** A screen may have gone while the window was hidden. */
  #fitScreens(): void {
    const window = this.#window
    if (window.isMaximized() || window.isFullScreen()) return
    const bounds = window.getNormalBounds()
    const fitting = fittingPlace({ bounds, isMaximized: false }, workAreas())
    if (!isDeepStrictEqual(fitting.bounds, bounds)) window.setBounds(fitting.bounds)
  }

  #placeChanged(): void {
    this.#placeTimer?.cancel()
    this.#placeTimer = this.#parts.clock.setTimeout(() => this.#keepPlace(), PLACE_DELAY_MS)
  }

  #keepPlace(): void {
    this.#placeTimer?.cancel()
    this.#placeTimer = null
    const window = this.#window
    // A minimised window is nowhere.
    if (!this.#hasAppeared || window.isDestroyed() || window.isMinimized()) return
    const bounds = window.getNormalBounds()
    this.#parts.memory.write({ bounds, isMaximized: window.isMaximized() })
  }

  /** Traffic does not notice: it is in another process. */
  #revive(reason: string): void {
    if (reason === 'clean-exit' || this.#window.isDestroyed()) return
    const { clock, say } = this.#parts
    const nowMs = clock.now()
    while (this.#crashesAtMs.length > 0 && nowMs - this.#crashesAtMs[0]! > RELOAD_PERIOD_MS) {
      this.#crashesAtMs.shift()
    }
    this.#crashesAtMs.push(nowMs)
    say(`The window's page has ended (${reason}). Traffic is not affected.`)
    if (this.#crashesAtMs.length <= MOST_RELOADS) this.#window.webContents.reload()
    else void this.#askForReload(reason)
  }

  async #askForReload(reason: string): Promise<void> {
    const answer = await this.ask({
      type: 'error',
      message: 'The console page keeps ending.',
      detail: `The reason is "${reason}". Traffic is not affected: it is in another process.`,
      buttons: ['Load the page again', 'Leave it'],
      defaultId: 0,
      cancelId: 1
    })
    if (answer === 0 && !this.#window.isDestroyed()) this.#window.webContents.reload()
  }
}

/** Another navigation has begun in its place. */
function isReplaced(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_ABORTED'
}

function workAreas(): readonly Electron.Rectangle[] {
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  return [primary, ...others].map(({ workArea }) => workArea)
}
