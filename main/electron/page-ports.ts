/**
 * Gives a page the port that it asks for. The page asks whenever it starts and after a loss, so
 * a reload needs nothing here; a page has one port at a time, and a page that is gone has none.
 */
import { MessageChannelMain, type WebContents } from 'electron'
import { z } from 'zod'
import { OPEN_PORT_CHANNEL, TAKE_PORT_CHANNEL } from '../../preload/contract/bridge.ts'
import type { Channel } from '../../preload/contract/channel.ts'
import { onPageMessage } from './page-messages.ts'
import { portChannel } from './port-channel.ts'

const nonceSchema = z.string().min(8).max(64)

export class PagePorts {
  /** Keeps the ports alive as well: one that nobody holds is collected, and its channel ends. */
  readonly #channels = new Map<WebContents, Channel>()
  readonly #serve: (channel: Channel) => void

  /** `serve` begins to answer on a channel; `say` takes lines for the log. */
  constructor(serve: (channel: Channel) => void, say: (line: string) => void) {
    this.#serve = serve
    onPageMessage(OPEN_PORT_CHANNEL, nonceSchema, (nonce, page) => this.#open(nonce, page), say)
  }

  #open(nonce: string, page: WebContents): void {
    this.#channels.get(page)?.close('The page has opened another port.')
    const { port1, port2 } = new MessageChannelMain()
    const channel = portChannel(port1)
    this.#channels.set(page, channel)
    this.#serve({
      ...channel,
      onClose: (listener) =>
        channel.onClose((reason) => {
          if (this.#channels.get(page) === channel) this.#channels.delete(page)
          listener(reason)
        })
    })
    page.postMessage(TAKE_PORT_CHANNEL, nonce, [port2])
  }

  closeAll(reason: string): void {
    for (const channel of this.#channels.values()) channel.close(reason)
    this.#channels.clear()
  }
}
