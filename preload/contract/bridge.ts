/** The one object that the desktop host puts into the page, and the channels behind it. */

export const BRIDGE_NAME = 'switchyard'

/** Where the web host answers a page that asks who it is. */
export const HELLO_PATH = '/hello.json'

/** From the preload script to the host: the page wants a port; the message is its nonce. */
export const OPEN_PORT_CHANNEL = 'switchyard:open-port'

/** From the host to the preload script: a nonce and one port. */
export const TAKE_PORT_CHANNEL = 'switchyard:take-port'

/**
 * Kind of the window message `{ kind, nonce }` with which the preload script hands the page its
 * port: the isolated world cannot pass one as a value.
 */
export const PORT_MESSAGE = 'switchyard:port'

/** All that the page can ask of its desktop host outside the contract. */
export interface PortBridge {
  /** Answered by a window message of the own origin with this nonce and one port. */
  openPort(nonce: string): void
}
