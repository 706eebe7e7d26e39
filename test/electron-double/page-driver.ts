/**
 * A window's contents in Chromium. Pages of `app://console/` are answered by the handler that the
 * host registered, under an address that Chromium can load; senders are named by the real one.
 */
import { readFileSync } from 'node:fs'
import type { BrowserContext, Frame, Page, Route } from 'playwright-core'
import { desktop } from './desktop.ts'
import { barePort, type PortPeer } from './ports.ts'
import { FROM_HOST, preloadWorld, TO_HOST, type PagePowers } from './preload-world.ts'

/** Secure, as the scheme of the host is, and never asked of a network. */
const STAND_IN = 'https://console.invalid'
const REAL = 'app://console'

/** No body may come with these, or the browser refuses the answer. */
const BODILESS = [204, 304]

export interface DrivenContents {
  /** A message of the preload script, with the frame that sent it. */
  fromPage(channel: string, args: unknown[], frame: { url: string; parent: unknown }): void
}

interface FromPage {
  readonly kind: 'document' | 'send' | 'port-message' | 'port-closed'
  readonly channel: string
  readonly args: unknown[]
  readonly id: number
  readonly data: unknown
}

export class PageDriver {
  readonly page: Page
  readonly #contents: DrivenContents
  readonly #ports = new Map<number, PortPeer>()
  #lastPortId = 0
  #outbox: object[] = []
  #isFlushing = false

  private constructor(page: Page, contents: DrivenContents) {
    this.page = page
    this.#contents = contents
  }

  static async create(
    context: BrowserContext,
    webPreferences: Readonly<Record<string, unknown>>,
    contents: DrivenContents
  ): Promise<PageDriver> {
    const page = await context.newPage()
    const driver = new PageDriver(page, contents)
    await page.exposeBinding(TO_HOST, ({ frame }, message: FromPage) =>
      driver.#receive(message, frame)
    )
    const preload = readFileSync(String(webPreferences['preload']), 'utf8')
    const content = preloadWorld(preload, STAND_IN, powersOf(webPreferences))
    await page.addInitScript({ content })
    await page.route(`${STAND_IN}/**`, answer)
    page.on('close', () => driver.#closePorts())
    return driver
  }

  async load(url: string): Promise<void> {
    await this.page.goto(url.replace(REAL, STAND_IN))
  }

  /** `webContents.postMessage`: in order, and behind everything that was posted before. */
  post(channel: string, message: unknown, transfer: readonly object[]): void {
    const portIds = transfer.map((port) => this.#hand(port))
    this.#send({ kind: 'message', channel, message: structuredClone(message), portIds })
  }

  /** What the other port of the channel posts goes to the page from now on. */
  #hand(port: object): number {
    const id = ++this.#lastPortId
    const other = barePort(port).other
    this.#ports.set(id, other)
    if (!('connect' in other)) throw new Error('The port was handed on already.')
    ;(other as { connect(peer: PortPeer): void }).connect({
      deliver: (data) => this.#send({ kind: 'port-message', id, data }),
      closed: () => this.#send({ kind: 'port-closed', id })
    })
    return id
  }

  #receive(message: FromPage, frame: Frame): void {
    const { kind, id, data, channel, args } = message
    if (kind === 'document') this.#closePorts()
    else if (kind === 'port-message') this.#ports.get(id)?.deliver(data)
    else if (kind === 'port-closed') {
      this.#ports.get(id)?.closed()
      this.#ports.delete(id)
    } else {
      const url = frame.url().replace(STAND_IN, REAL)
      this.#contents.fromPage(channel, args, { url, parent: frame.parentFrame() })
    }
  }

  /** The ports of a document end with it. */
  #closePorts(): void {
    for (const port of this.#ports.values()) port.closed()
    this.#ports.clear()
  }

  #send(message: object): void {
    this.#outbox.push(message)
    if (!this.#isFlushing) void this.#flush()
  }

  /** One call at a time keeps the order; a page that is gone takes nothing more. */
  async #flush(): Promise<void> {
    this.#isFlushing = true
    while (this.#outbox.length > 0) {
      const batch = this.#outbox
      this.#outbox = []
      const script = `window.${FROM_HOST}?.(${JSON.stringify(batch)})`
      await this.page.evaluate(script).catch(() => undefined)
    }
    this.#isFlushing = false
  }
}

/** The sandbox of the application stands above that of a window. */
function powersOf(webPreferences: Readonly<Record<string, unknown>>): PagePowers {
  const { sandbox, contextIsolation, nodeIntegration } = webPreferences
  const isSandboxed = sandbox !== false || desktop().log.includes('enableSandbox')
  return {
    isIsolated: contextIsolation !== false,
    hasNode: nodeIntegration === true && !isSandboxed
  }
}

async function answer(route: Route): Promise<void> {
  const request = route.request()
  const handler = desktop().handlers.get('app')
  if (handler === undefined) return route.abort('addressunreachable')
  const url = request.url().replace(STAND_IN, REAL)
  const response = await handler(new Request(url, { method: request.method() }))
  const body = BODILESS.includes(response.status) ? '' : Buffer.from(await response.arrayBuffer())
  const headers = Object.fromEntries(response.headers)
  await route.fulfill({ status: response.status, headers, body }).catch(() => undefined)
}
