/** The state of the double: one desktop session, begun anew by each test. */
import type { DoubleWindow } from './window.ts'

export interface Desktop {
  readonly isFirstInstance: boolean
  isReady: boolean
  readonly ready: Promise<void>
  readonly resolveReady: () => void
  readonly log: string[]
  readonly appListeners: Map<string, readonly ((...args: never[]) => void)[]>
  readonly schemes: Map<string, object>
  readonly handlers: Map<string, (request: Request) => Response | Promise<Response>>
  readonly permissionHandlers: Map<string, unknown>
  readonly calls: Map<string, (event: unknown) => unknown>
  readonly windows: DoubleWindow[]
}

let current = begin(true)

export function desktop(): Desktop {
  return current
}

export function resetDesktop(isFirstInstance: boolean): void {
  current = begin(isFirstInstance)
}

function begin(isFirstInstance: boolean): Desktop {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    isFirstInstance,
    isReady: false,
    ready: promise,
    resolveReady: resolve,
    log: [],
    appListeners: new Map(),
    schemes: new Map(),
    handlers: new Map(),
    permissionHandlers: new Map(),
    calls: new Map(),
    windows: []
  }
}
