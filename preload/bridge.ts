/**
 * Runs in the sandboxed preload script. The page gets named calls only: never `ipcRenderer`,
 * an event object or a channel of its choice (point 20 of Electron's security checklist).
 */
import { HELLO_CHANNEL, type ConsoleBridge } from './contract/bridge.ts'

/** The part of Electron's `ipcRenderer` that the bridge needs. */
export interface Invoker {
  invoke(channel: string): Promise<unknown>
}

export function createBridge(ipc: Invoker): ConsoleBridge {
  return { hello: () => ipc.invoke(HELLO_CHANNEL) }
}
