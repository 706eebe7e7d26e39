/**
 * The state of the service beside the clock. It is never the only way to anything: some desktops
 * show no tray, and on others a click on it does nothing.
 */
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron'
import { join } from 'node:path'
import type { ServiceStatus, Verdict } from '../../preload/contract/status.ts'
import type { Clock, Timer } from '../../proxy-core/time/clock.ts'

export interface ConsoleTrayParts {
  /** With the four glyphs. */
  readonly iconFolder: string
  readonly platform: string
  readonly clock: Clock
  readonly verdict: {
    readonly current: Verdict
    onChange(listener: (verdict: Verdict) => void): () => void
  }
  /** "Quit and stop the proxy (1.24k req/s)". */
  stopSentence(): string
  show(): void
  /** The label of the menu has said what stops. */
  quit(): void
  /** Cuts what a stop lets finish. */
  cut(): void
}

/** How often the rate in the label of Quit is looked at. */
const LABEL_PERIOD_MS = 5_000

const GLYPHS: Readonly<Record<ServiceStatus, string>> = {
  serving: 'serving',
  degraded: 'degraded',
  down: 'down',
  unknown: 'unknown',
  idle: 'unknown'
}

export class ConsoleTray {
  readonly #parts: ConsoleTrayParts
  readonly #tray: Tray
  readonly #timer: Timer
  readonly #endVerdict: () => void
  #shown = ''
  #isStopping = false

  constructor(parts: ConsoleTrayParts) {
    this.#parts = parts
    this.#tray = new Tray(this.#image())
    this.#tray.on('click', () => parts.show())
    this.#endVerdict = parts.verdict.onChange(() => this.#showState())
    this.#timer = parts.clock.setInterval(() => this.#showMenu(), LABEL_PERIOD_MS)
    this.#showState()
  }

  /** While the engine drains there is no window any more. */
  showStopping(): void {
    this.#isStopping = true
    this.#showMenu()
  }

  destroy(): void {
    this.#endVerdict()
    this.#timer.cancel()
    this.#tray.destroy()
  }

  #showState(): void {
    const { short, sentence, status } = this.#parts.verdict.current
    this.#tray.setImage(this.#image())
    this.#tray.setToolTip(status === 'idle' ? 'Switchyard' : `Switchyard: ${short || sentence}`)
    this.#showMenu()
  }

  #image(): Electron.NativeImage {
    const { iconFolder, platform, verdict } = this.#parts
    // A template image takes the colour of the menu bar; elsewhere panels may be dark or light.
    const ending = platform === 'darwin' ? 'Template' : ''
    const name = `${GLYPHS[verdict.current.status]}${ending}.png`
    return nativeImage.createFromPath(join(iconFolder, name))
  }

  #showMenu(): void {
    const items = this.#isStopping ? this.#stoppingItems() : this.#items()
    // Some panels show what they were given, so every change is a new menu; an open one closes.
    const wanted = items.map(({ label }) => label).join('\n')
    if (wanted === this.#shown) return
    this.#shown = wanted
    this.#tray.setContextMenu(Menu.buildFromTemplate(items))
  }

  #items(): MenuItemConstructorOptions[] {
    const { verdict, show, quit, stopSentence } = this.#parts
    return [
      { label: verdict.current.sentence, enabled: false },
      { type: 'separator' },
      { label: 'Show console', click: () => show() },
      { type: 'separator' },
      { label: stopSentence(), click: () => quit() }
    ]
  }

  #stoppingItems(): MenuItemConstructorOptions[] {
    return [
      { label: 'Stopping: requests that run may finish', enabled: false },
      { type: 'separator' },
      { label: 'Cut what still runs', click: () => this.#parts.cut() }
    ]
  }
}
