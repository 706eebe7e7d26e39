/**
 * Asks the desktop host for a port. The isolated world cannot hand one over as a value, so the
 * preload script posts it to the window; a nonce proves that it is the one that was asked for.
 */
import { PORT_MESSAGE, type PortBridge } from '../../preload/contract/bridge.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

const PORT_TIMEOUT_MS = 10_000

/** @throws SwitchyardError CONNECTION_LOST when no port comes in time. */
export function receivePort(window: Window, bridge: PortBridge): Promise<MessagePort> {
  const nonce = window.crypto.randomUUID()
  const { promise, resolve, reject } = Promise.withResolvers<MessagePort>()
  const timer = window.setTimeout(() => {
    reject(new SwitchyardError('CONNECTION_LOST', 'The desktop host gave this window no port.'))
  }, PORT_TIMEOUT_MS)
  const take = (event: MessageEvent): void => {
    const [port] = event.ports
    if (event.source !== window || event.origin !== window.location.origin) return
    if (!isPortMessage(event.data, nonce) || port === undefined) return
    resolve(port)
  }
  window.addEventListener('message', take)
  bridge.openPort(nonce)
  return promise.finally(() => {
    window.clearTimeout(timer)
    window.removeEventListener('message', take)
  })
}

function isPortMessage(data: unknown, nonce: string): boolean {
  if (typeof data !== 'object' || data === null) return false
  const { kind, nonce: answered } = data as { readonly kind?: unknown; readonly nonce?: unknown }
  return kind === PORT_MESSAGE && answered === nonce
}
