/** The double of a window and of the web contents in it. */
import type { BrowserContext } from 'playwright-core'
import { desktop } from './desktop.ts'
import { Emitter, PreventableEvent, type Listener } from './emitter.ts'
import { PageDriver } from './page-driver.ts'
import { barePort, type DoublePort } from './ports.ts'
import { refuseUnknownKeys, strict } from './strict.ts'

export interface WindowOptions {
  readonly webPreferences: Readonly<Record<string, unknown>>
  readonly [option: string]: unknown
}

export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

type OpenHandler = (details: { readonly url: string }) => { readonly action: string }

const WINDOW_OPTIONS = [
  'title',
  'x',
  'y',
  'width',
  'height',
  'minWidth',
  'minHeight',
  'show',
  'icon',
  'webPreferences'
]
const WEB_PREFERENCES = ['preload', 'sandbox', 'contextIsolation', 'nodeIntegration']
const CONTENTS_EVENTS = [
  'will-navigate',
  'will-frame-navigate',
  'will-redirect',
  'will-attach-webview',
  'render-process-gone'
]
const WINDOW_EVENTS = ['ready-to-show', 'resize', 'move', 'close']

/** A message that main code posted to a page which no browser shows. */
export interface Posted {
  readonly channel: string
  readonly message: unknown
  readonly ports: readonly DoublePort[]
}

export class DoubleContents {
  readonly #emitter = new Emitter('webContents', CONTENTS_EVENTS)
  #openHandler: OpenHandler | null = null
  readonly posted: Posted[] = []
  reloads = 0
  driver: PageDriver | null = null

  on(event: string, listener: Listener): void {
    this.#emitter.add(event, listener)
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }

  reload(): void {
    this.reloads++
  }

  postMessage(channel: string, message: unknown, transfer: readonly object[] = []): void {
    if (this.driver === null) {
      this.posted.push({ channel, message, ports: transfer.map(barePort) })
    } else {
      this.driver.post(channel, message, transfer)
    }
  }

  /** Whether the guards let this event happen. */
  allows(event: string, url: string): boolean {
    return !this.#emitter.emitPreventable(event, url)
  }

  /** What `window.open` would do: Electron opens a window where no handler is set. */
  openAction(url: string): string {
    return this.#openHandler?.({ url }).action ?? 'allow'
  }

  crash(reason: string): void {
    this.#emitter.emit('render-process-gone', new PreventableEvent(), { reason, exitCode: 1 })
  }
}

export class DoubleWindow {
  readonly options: WindowOptions
  readonly contents: DoubleContents
  readonly log: string[] = []
  bounds: Bounds
  isMinimizedNow = false
  isMaximizedNow = false
  isDestroyedNow = false
  isVisibleNow = false
  readonly #emitter = new Emitter('BrowserWindow', WINDOW_EVENTS)
  readonly #contents: DoubleContents

  constructor(options: WindowOptions) {
    refuseUnknownKeys('the window option', options, WINDOW_OPTIONS)
    refuseUnknownKeys('the web preference', options.webPreferences, WEB_PREFERENCES)
    this.options = options
    const { x = 0, y = 0, width = 800, height = 600 } = options as Partial<Bounds>
    this.bounds = { x, y, width, height }
    this.#contents = new DoubleContents()
    this.contents = strict('webContents', this.#contents)
  }

  get webContents(): DoubleContents {
    return this.contents
  }

  on(event: string, listener: Listener): void {
    this.#emitter.add(event, listener)
  }

  once(event: string, listener: Listener): void {
    this.#emitter.add(event, listener, true)
  }

  async loadURL(url: string): Promise<void> {
    this.log.push(`load ${url}`)
    const { context } = desktop()
    if (context !== null) await this.showIn(context, url)
    this.#emitter.emit('ready-to-show')
  }

  /** Shows the page in another browser context; the page that was shown before is closed. */
  async showIn(context: BrowserContext, url: string): Promise<PageDriver> {
    await this.#contents.driver?.page.close()
    const sender = this.contents
    const driver = await PageDriver.create(
      context,
      String(this.options.webPreferences['preload']),
      {
        fromPage: (channel, args, senderFrame) =>
          desktop().ipc.emit(channel, { sender, senderFrame }, ...args)
      }
    )
    this.#contents.driver = driver
    await driver.load(url)
    return driver
  }

  /** The operator closes it, or the application does: false when a listener kept it open. */
  close(): boolean {
    if (this.isDestroyedNow) return true
    if (this.#emitter.emitPreventable('close')) return false
    this.destroy()
    return true
  }

  destroy(): void {
    this.isDestroyedNow = true
    void this.#contents.driver?.page.close().catch(() => undefined)
  }

  /** As the operator does with the mouse. */
  moveTo(bounds: Bounds): void {
    this.bounds = bounds
    this.#emitter.emit('move')
    this.#emitter.emit('resize')
  }

  show(): void {
    this.log.push('show')
    this.isVisibleNow = true
  }

  hide(): void {
    this.log.push('hide')
    this.isVisibleNow = false
  }

  focus(): void {
    this.log.push('focus')
  }

  maximize(): void {
    this.isMaximizedNow = true
  }

  restore(): void {
    this.log.push('restore')
    this.isMinimizedNow = false
  }

  getNormalBounds(): Bounds {
    return this.bounds
  }

  isMaximized(): boolean {
    return this.isMaximizedNow
  }

  isMinimized(): boolean {
    return this.isMinimizedNow
  }

  isDestroyed(): boolean {
    return this.isDestroyedNow
  }
}
