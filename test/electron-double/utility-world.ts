/**
 * Loaded before the module of a utility process: gives it the `process.parentPort` that Electron
 * would. Messages wait until somebody listens, and the process ends with its parent.
 */
type Listener = (event: { readonly data: unknown }) => void

const listeners: Listener[] = []
let early: unknown[] = []

process.on('message', (data) => {
  if (listeners.length === 0) early.push(data)
  for (const listener of listeners) listener({ data })
})
process.once('disconnect', () => process.exit(0))

Object.defineProperty(process, 'parentPort', {
  value: {
    on(event: string, listener: Listener): void {
      if (event !== 'message') throw new Error(`The Electron double has no parentPort '${event}'.`)
      listeners.push(listener)
      const waiting = early
      early = []
      for (const data of waiting) listener({ data })
    },
    postMessage(message: unknown): void {
      process.send?.(message)
    }
  }
})
