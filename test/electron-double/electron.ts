/**
 * Stands in for the `electron` package in tests. It models the calls that main/electron makes
 * and nothing more: any other member, option, event or order throws, so that new code in
 * main/electron cannot pass its tests without a decision here.
 */
import { DoubleWindow, type WindowOptions } from './window.ts'
import { strict, unmodelled } from './strict.ts'
import { desktop, resetDesktop, type Desktop } from './desktop.ts'

type AppListener = (...args: never[]) => void
type SchemeHandler = (request: Request) => Response | Promise<Response>

const APP_EVENTS = ['web-contents-created', 'window-all-closed', 'second-instance']

/** The test's view: what happened so far, and the switches of the outside world. */
export const electronDouble = {
  get state(): Desktop {
    return desktop()
  },
  reset(facts: { readonly isFirstInstance?: boolean } = {}): void {
    resetDesktop(facts.isFirstInstance ?? true)
  },
  becomeReady(): void {
    desktop().isReady = true
    desktop().resolveReady()
  },
  emit(event: string, ...args: readonly unknown[]): void {
    for (const listener of desktop().appListeners.get(event) ?? []) listener(...(args as never[]))
  }
}

export const app = strict('app', {
  requestSingleInstanceLock: () => desktop().isFirstInstance,
  quit: () => {
    desktop().log.push('quit')
  },
  enableSandbox: () => {
    before('app.enableSandbox')
    desktop().log.push('enableSandbox')
  },
  whenReady: () => desktop().ready,
  on(event: string, listener: AppListener) {
    if (!APP_EVENTS.includes(event)) unmodelled(`app.on('${event}')`)
    const listeners = desktop().appListeners
    listeners.set(event, [...(listeners.get(event) ?? []), listener as never])
  }
})

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string; privileges: object }[]) {
    before('protocol.registerSchemesAsPrivileged')
    if (desktop().schemes.size > 0) throw new Error('Electron honours the first call only.')
    for (const { scheme, privileges } of schemes) desktop().schemes.set(scheme, privileges)
  },
  handle(scheme: string, handler: SchemeHandler) {
    after('protocol.handle')
    if (!desktop().schemes.has(scheme)) throw new Error(`The scheme ${scheme} has no privileges.`)
    desktop().handlers.set(scheme, handler)
  }
})

const defaultSession = strict('session.defaultSession', {
  setPermissionRequestHandler: (handler: unknown) => keep('request', handler),
  setPermissionCheckHandler: (handler: unknown) => keep('check', handler),
  setDevicePermissionHandler: (handler: unknown) => keep('device', handler)
})

export const session = strict('session', {
  get defaultSession() {
    after('session.defaultSession')
    return defaultSession
  }
})

export const ipcMain = strict('ipcMain', {
  handle(channel: string, answer: (event: unknown) => unknown) {
    if (desktop().calls.has(channel)) throw new Error(`A second handler for ${channel}.`)
    desktop().calls.set(channel, answer)
  }
})

export class BrowserWindow extends DoubleWindow {
  constructor(options: WindowOptions) {
    after('new BrowserWindow')
    super(options)
    desktop().windows.push(this)
    electronDouble.emit('web-contents-created', {}, this.contents)
    return strict('BrowserWindow', this)
  }
}

function keep(kind: string, handler: unknown): void {
  desktop().permissionHandlers.set(kind, handler)
}

function before(call: string): void {
  if (desktop().isReady) throw new Error(`${call} must run before the application is ready.`)
}

function after(call: string): void {
  if (!desktop().isReady) throw new Error(`${call} must wait until the application is ready.`)
}
