/**
 * Runs in the sandboxed preload script. The page gets one named request only: never `ipcRenderer`,
 * an event object or a channel of its choice (point 20 of Electron's security checklist).
 */
import {
  OPEN_PORT_CHANNEL,
  PORT_MESSAGE,
  TAKE_PORT_CHANNEL,
  type PortBridge
} from './contract/bridge.ts'

/** The part of Electron's `ipcRenderer` that the bridge needs. */
export interface HostLine<Port> {
  send(channel: string, nonce: string): void
  on(
    channel: string,
    listener: (event: { readonly ports: readonly Port[] }, nonce: unknown) => void
  ): unknown
}

/** The part of the window that it needs. */
export interface PageWindow<Port> {
  readonly location: { readonly origin: string }
  postMessage(message: unknown, targetOrigin: string, transfer: Port[]): void
}

export function createBridge<Port>(host: HostLine<Port>, page: PageWindow<Port>): PortBridge {
  host.on(TAKE_PORT_CHANNEL, ({ ports: [port] }, nonce) => {
    if (port === undefined || typeof nonce !== 'string') return
    // To our own origin: a page that came in its place gets no port.
    page.postMessage({ kind: PORT_MESSAGE, nonce }, page.location.origin, [port])
  })
  return { openPort: (nonce) => host.send(OPEN_PORT_CHANNEL, String(nonce)) }
}
