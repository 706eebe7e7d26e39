/** The one object that the desktop host puts into the page, and the channel behind it. */

export const BRIDGE_NAME = 'switchyard'

export const HELLO_CHANNEL = 'switchyard:hello'

/** Where the web host answers the same question. */
export const HELLO_PATH = '/hello.json'

export interface ConsoleBridge {
  /** The answer is checked by the page with `helloSchema`. */
  hello(): Promise<unknown>
}
