/** The double of a window. */
import type { BrowserContext } from 'playwright-core'
import { DoubleContents } from './contents.ts'
import { Emitter, type Listener } from './emitter.ts'
import type { PageDriver } from './page-driver.ts'
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
const WEB_PREFERENCES = ['preload', 'sandbox', 'contextIsolation', 'nodeIntegration', 'spellcheck']
const WINDOW_EVENTS = ['ready-to-show', 'resize', 'move', 'close']

export class DoubleWindow {
  readonly options: WindowOptions
  readonly contents: DoubleContents
  /** As main code gets it: it refuses what is not modelled, and everything once it is destroyed. */
  readonly outward: this
  readonly log: string[] = []
  bounds: Bounds
  isMinimizedNow = false
  isMaximizedNow = false
  isFullScreenNow = false
  isDestroyedNow = false
  isVisibleNow = false
  readonly #emitter = new Emitter('BrowserWindow', WINDOW_EVENTS)

  constructor(options: WindowOptions) {
    refuseUnknownKeys('the window option', options, WINDOW_OPTIONS)
    refuseUnknownKeys('the web preference', options.webPreferences, WEB_PREFERENCES)
    this.options = options
    const { x = 0, y = 0, width = 800, height = 600 } = options as Partial<Bounds>
    this.bounds = { x, y, width, height }
    this.isVisibleNow = options['show'] !== false
    this.contents = new DoubleContents(options.webPreferences, () =>
      this.#emitter.emit('ready-to-show')
    )
    this.outward = strict('BrowserWindow', this, { isDestroyed: () => this.isDestroyedNow })
    bare.set(this.outward, this)
  }

  get webContents(): DoubleContents {
    return this.contents.outward
  }

  on(event: string, listener: Listener): void {
    this.#emitter.add(event, listener)
  }

  once(event: string, listener: Listener): void {
    this.#emitter.add(event, listener, true)
  }

  loadURL(url: string): Promise<void> {
    this.log.push(`load ${url}`)
    return this.contents.load(url)
  }

  /** Shows the page in another browser context; the page that was shown before is closed. */
  showIn(context: BrowserContext, url: string): Promise<PageDriver> {
    return this.contents.showIn(context, url)
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
    this.isVisibleNow = false
    this.contents.destroy()
  }

  /** As the operator does with the mouse. */
  moveTo(bounds: Bounds): void {
    this.setBounds(bounds)
  }

  setBounds(bounds: Bounds): void {
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

  /** It shows the window as well. */
  maximize(): void {
    this.log.push('maximize')
    this.isMaximizedNow = true
    this.isVisibleNow = true
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

  isFullScreen(): boolean {
    return this.isFullScreenNow
  }

  isVisible(): boolean {
    return this.isVisibleNow
  }

  isDestroyed(): boolean {
    return this.isDestroyedNow
  }
}

/** The window behind the object that main code holds. */
const bare = new WeakMap<object, DoubleWindow>()

/** Throws for what is no window, and for one that is destroyed, as Electron's dialogues do. */
export function bareWindow(window: object): DoubleWindow {
  const found = bare.get(window)
  if (found === undefined) throw new Error('A dialogue belongs to a BrowserWindow or to none.')
  if (found.isDestroyedNow) throw new TypeError('Object has been destroyed')
  return found
}
