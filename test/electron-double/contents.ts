/** The double of web contents: what a window shows, and how its page is loaded, ends and returns. */
import type { BrowserContext } from 'playwright-core'
import { desktop } from './desktop.ts'
import { Emitter, PreventableEvent, type Listener } from './emitter.ts'
import { PageDriver } from './page-driver.ts'
import { barePort, type DoublePort } from './ports.ts'
import { strict } from './strict.ts'

type OpenHandler = (details: { readonly url: string }) => { readonly action: string }

const EVENTS = [
  'will-navigate',
  'will-frame-navigate',
  'will-redirect',
  'will-attach-webview',
  'render-process-gone'
]

/** So many microtasks lie between the end of a load and the word that its process is gone. */
const TOLD_AFTER = 20

/** A message that main code posted to a page which no browser shows. */
export interface Posted {
  readonly channel: string
  readonly message: unknown
  readonly ports: readonly DoublePort[]
}

export class DoubleContents {
  readonly #emitter = new Emitter('webContents', EVENTS)
  readonly #webPreferences: Readonly<Record<string, unknown>>
  readonly #onPainted: () => void
  #openHandler: OpenHandler | null = null
  #url = ''
  /** null: no browser shows the page. */
  #context: BrowserContext | null = null
  /** Ends the load that runs, as Electron ends the promise of `loadURL`. */
  #failLoad: ((error: Error) => void) | null = null
  #isDestroyed = false
  #isCrashed = false
  readonly posted: Posted[] = []
  reloads = 0
  driver: PageDriver | null = null
  /** As main code gets it. */
  readonly outward: DoubleContents

  /** `onPainted`: a page has loaded and can be shown. */
  constructor(webPreferences: Readonly<Record<string, unknown>>, onPainted: () => void) {
    this.#webPreferences = webPreferences
    this.#onPainted = onPainted
    this.outward = strict('webContents', this as DoubleContents, {
      isDestroyed: () => this.#isDestroyed
    })
  }

  on(event: string, listener: Listener): void {
    this.#emitter.add(event, listener)
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }

  isCrashed(): boolean {
    return this.#isCrashed
  }

  reload(): void {
    this.reloads++
    // Nobody hears how a reload went.
    this.#navigate(() => this.#showAgain()).catch(() => undefined)
  }

  postMessage(channel: string, message: unknown, transfer: readonly object[] = []): void {
    if (this.driver === null) {
      this.posted.push({ channel, message, ports: transfer.map(barePort) })
    } else {
      this.driver.post(channel, message, transfer)
    }
  }

  /**
   * Rejects as `loadURL` does: when the page cannot be loaded, when another navigation begins in
   * its place, when its process ends, and when the window is destroyed.
   */
  load(url: string): Promise<void> {
    this.#url = url
    const { context } = desktop()
    return this.#navigate(async () => {
      if (context === null) await desktop().loading
      else await this.showIn(context, url)
    })
  }

  /** Shows the page in another browser context; the page that was shown before is closed. */
  async showIn(context: BrowserContext, url: string): Promise<PageDriver> {
    await this.driver?.page.close()
    this.#context = context
    const sender = this.outward
    const driver = await PageDriver.create(context, this.#webPreferences, {
      fromPage: (channel, args, senderFrame) =>
        desktop().ipc.emit(channel, { sender, senderFrame }, ...args)
    })
    this.driver = driver
    await driver.load(url)
    return driver
  }

  /** Whether the guards let this event happen. */
  allows(event: string, url: string): boolean {
    return !this.#emitter.emitPreventable(event, url)
  }

  /** What `window.open` would do: Electron opens a window where no handler is set. */
  openAction(url: string): string {
    return this.#openHandler?.({ url }).action ?? 'allow'
  }

  /** The page's process ends. Main code hears it at once, or a little after the end of its load. */
  crash(reason: string): void {
    const { driver } = this
    this.driver = null
    void driver?.page.close().catch(() => undefined)
    const isLoading = this.#failLoad !== null
    this.#failLoad?.(loadError('ERR_FAILED', -2, this.#url))
    if (isLoading) void later(() => this.#tellGone(reason))
    else this.#tellGone(reason)
  }

  destroy(): void {
    this.#isDestroyed = true
    this.#failLoad?.(loadError('ERR_FAILED', -2, this.#url))
    void this.driver?.page.close().catch(() => undefined)
  }

  #tellGone(reason: string): void {
    this.#isCrashed = true
    this.#emitter.emit('render-process-gone', new PreventableEvent(), { reason, exitCode: 1 })
  }

  #navigate(show: () => Promise<void>): Promise<void> {
    this.#failLoad?.(loadError('ERR_ABORTED', -3, this.#url))
    this.#isCrashed = false
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const fail = (error: Error): void => {
      if (this.#failLoad === fail) this.#failLoad = null
      reject(error)
    }
    this.#failLoad = fail
    show().then(() => {
      if (this.#failLoad !== fail) return
      this.#failLoad = null
      this.#onPainted()
      resolve()
    }, fail)
    // As Electron does it, so that a load which nobody awaits is no unhandled rejection.
    promise.catch(() => undefined)
    return promise
  }

  async #showAgain(): Promise<void> {
    if (this.#context === null) await desktop().loading
    else if (this.driver === null) await this.showIn(this.#context, this.#url)
    else await this.driver.page.reload()
  }
}

/** As Electron makes it. */
export function loadError(code: string, errno: number, url: string): Error {
  return Object.assign(new Error(`${code} (${errno}) loading '${url}'`), { code, errno, url })
}

async function later(act: () => void): Promise<void> {
  for (let turn = 0; turn < TOLD_AFTER; turn++) await Promise.resolve()
  act()
}
