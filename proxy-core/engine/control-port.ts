/**
 * The transports under a `ControlChannel`. Types are structural, so that this file needs
 * neither Electron nor a particular Node process to compile.
 */
import type { ControlPort } from './control-channel.ts'

/** What `process` in a forked child and `ChildProcess` in its parent have in common. */
export interface IpcEndpoint {
  readonly connected?: boolean
  send?(message: unknown, callback: (error: Error | null) => void): boolean
  disconnect?(): void
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'disconnect', listener: () => void): unknown
}

/** Node's IPC: the engine's own `process`, or the parent's `ChildProcess`. */
export function ipcPort(endpoint: IpcEndpoint): ControlPort {
  let backlog = 0
  return {
    postMessage(message, onSent) {
      if (!endpoint.connected || !endpoint.send) return void onSent?.()
      backlog++
      // The callback takes the error of a peer that is just going; 'disconnect' follows.
      endpoint.send(message, () => {
        backlog--
        onSent?.()
      })
    },
    onMessage: (listener) => void endpoint.on('message', listener),
    onClose: (listener) => void endpoint.once('disconnect', listener),
    close() {
      if (endpoint.connected) endpoint.disconnect?.()
    },
    get backlog() {
      return backlog
    }
  }
}

/** Electron's `process.parentPort` in a utility process: events carry `{data}`. */
export interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
}

/**
 * Electron's utility process ends with its parent and reports no close, so `onClose` is
 * never called here.
 */
export function utilityPort(parentPort: ParentPort): ControlPort {
  return {
    postMessage(message, onSent) {
      parentPort.postMessage(message)
      onSent?.()
    },
    onMessage: (listener) => void parentPort.on('message', ({ data }) => listener(data)),
    onClose: () => {},
    close: () => {},
    backlog: 0
  }
}

/** Two connected ports in one process; messages are cloned, as every real transport does. */
export function memoryPorts(): [ControlPort, ControlPort] {
  const left = new MemoryPort()
  const right = new MemoryPort()
  left.peer = right
  right.peer = left
  return [left, right]
}

class MemoryPort implements ControlPort {
  peer: MemoryPort | null = null
  readonly backlog = 0
  #onMessage: (message: unknown) => void = () => {}
  #onClose: () => void = () => {}

  postMessage(message: unknown, onSent?: () => void): void {
    const copy: unknown = structuredClone(message)
    const peer = this.peer
    queueMicrotask(() => {
      if (peer) peer.#onMessage(copy)
      onSent?.()
    })
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#onMessage = listener
  }

  onClose(listener: () => void): void {
    this.#onClose = listener
  }

  close(): void {
    const peer = this.peer
    this.peer = null
    if (!peer) return
    peer.peer = null
    queueMicrotask(() => peer.#onClose())
  }
}
