/**
 * Opens the way to the host: over the port of the desktop window where there is a bridge, over a
 * WebSocket with the tab's key otherwise. It is the only place of the page that knows there are two.
 */
import { BRIDGE_NAME, type PortBridge } from '../../preload/contract/bridge.ts'
import type { Channel } from '../../preload/contract/channel.ts'
import { CONTRACT_PATH } from '../../preload/contract/web-door.ts'
import { obtainKey } from './console-key.ts'
import { ContractClient, type ClientClock } from './contract-client.ts'
import { receivePort } from './desktop-port.ts'
import { messagePortChannel } from './message-port-channel.ts'
import { openWebSocketChannel } from './web-socket-channel.ts'

/** @param onDefect takes what nobody waits for: a listener that threw, a topic that ended. */
export function connectConsole(window: Window, onDefect: (error: unknown) => void): ContractClient {
  return new ContractClient({
    openChannel: channelOpener(window),
    clock: clockOf(window),
    random: () => Math.random(),
    newOperationId: () => window.crypto.randomUUID(),
    onDefect
  })
}

function channelOpener(window: Window): () => Promise<Channel> {
  const bridge = (window as { readonly [BRIDGE_NAME]?: PortBridge })[BRIDGE_NAME]
  if (bridge !== undefined) {
    return async () => messagePortChannel(await receivePort(window, bridge))
  }
  let key: string | null = null
  return async () => {
    key ??= await obtainKey(window)
    return openWebSocketChannel(
      () => new WebSocket(socketUrl(window.location)),
      key,
      (path) => window.fetch(path, { cache: 'no-store' })
    )
  }
}

function socketUrl({ protocol, host }: Location): string {
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${CONTRACT_PATH}`
}

function clockOf(window: Window): ClientClock {
  return {
    now: () => window.performance.now(),
    setTimeout(callback, delayMs) {
      const timer = window.setTimeout(callback, delayMs)
      return { cancel: () => window.clearTimeout(timer) }
    }
  }
}
