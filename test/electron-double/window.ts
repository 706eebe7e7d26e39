/** The double of a window and of the web contents in it. */
import { refuseUnknownKeys, strict, unmodelled } from './strict.ts'

export interface WindowOptions {
  readonly webPreferences: Readonly<Record<string, unknown>>
  readonly [option: string]: unknown
}

interface ContentsEvent {
  readonly url: string
  preventDefault(): void
}

type ContentsListener = (event: ContentsEvent) => void
type OpenHandler = (details: { readonly url: string }) => { readonly action: string }

const WINDOW_OPTIONS = [
  'title',
  'width',
  'height',
  'minWidth',
  'minHeight',
  'show',
  'autoHideMenuBar',
  'icon',
  'webPreferences'
]
const WEB_PREFERENCES = ['preload', 'sandbox', 'contextIsolation', 'nodeIntegration']
const CONTENTS_EVENTS = [
  'will-navigate',
  'will-frame-navigate',
  'will-redirect',
  'will-attach-webview'
]

export class DoubleContents {
  readonly #listeners = new Map<string, ContentsListener>()
  #openHandler: OpenHandler | null = null

  on(event: string, listener: ContentsListener): void {
    if (!CONTENTS_EVENTS.includes(event)) unmodelled(`webContents.on('${event}')`)
    this.#listeners.set(event, listener)
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }

  /** Whether the guards let this event happen. */
  allows(event: string, url: string): boolean {
    let isPrevented = false
    this.#listeners.get(event)?.({ url, preventDefault: () => (isPrevented = true) })
    return !isPrevented
  }

  /** What `window.open` would do: Electron opens a window where no handler is set. */
  openAction(url: string): string {
    return this.#openHandler?.({ url }).action ?? 'allow'
  }
}

export class DoubleWindow {
  readonly options: WindowOptions
  readonly contents: DoubleContents
  readonly log: string[] = []
  isMinimizedNow = false
  isDestroyedNow = false
  #showListener: (() => void) | null = null

  constructor(options: WindowOptions) {
    refuseUnknownKeys('the window option', options, WINDOW_OPTIONS)
    refuseUnknownKeys('the web preference', options.webPreferences, WEB_PREFERENCES)
    this.options = options
    this.contents = strict('webContents', new DoubleContents())
  }

  once(event: string, listener: () => void): void {
    if (event !== 'ready-to-show') unmodelled(`window.once('${event}')`)
    this.#showListener = listener
  }

  loadURL(url: string): Promise<void> {
    this.log.push(`load ${url}`)
    this.#showListener?.()
    return Promise.resolve()
  }

  show(): void {
    this.log.push('show')
  }

  focus(): void {
    this.log.push('focus')
  }

  restore(): void {
    this.log.push('restore')
    this.isMinimizedNow = false
  }

  isMinimized(): boolean {
    return this.isMinimizedNow
  }

  isDestroyed(): boolean {
    return this.isDestroyedNow
  }
}
