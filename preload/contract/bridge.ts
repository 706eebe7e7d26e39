/** The one object that the desktop host puts into the page, and the channel behind it. */

export const BRIDGE_NAME = 'switchyard'

export const HELLO_CHANNEL = 'switchyard:hello'

/** Where the web host answers the same question. */
export const HELLO_PATH = '/hello.json'

/**
 * Kind of the window message `{ kind, nonce }` with which the preload script hands the page its
 * port: the isolated world cannot pass one as a value.
 */
export const PORT_MESSAGE = 'switchyard:port'

export interface PortBridge {
  /** Answered by a window message of the own origin with this nonce and one port. */
  openPort(nonce: string): void
}

export interface ConsoleBridge {
  /** The answer is checked by the page with `helloSchema`. */
  hello(): Promise<unknown>
}
