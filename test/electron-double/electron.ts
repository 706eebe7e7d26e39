/**
 * Stands in for the `electron` package in tests. It models the calls that main/electron makes
 * and nothing more: any other member, option, event or order throws, so that new code in
 * main/electron cannot pass its tests without a decision here. With a browser's context its
 * windows are pages of Chromium, into which the built preload script is loaded.
 */
import { tmpdir } from 'node:os'
import {
  desktop,
  resetDesktop,
  type Desktop,
  type DesktopFacts,
  type DialogOptions
} from './desktop.ts'
import type { Listener } from './emitter.ts'
import { refuseUnknownKeys, strict, unmodelled } from './strict.ts'
import { bareWindow, DoubleWindow, type WindowOptions } from './window.ts'

export { MessageChannelMain } from './ports.ts'
export { Menu, nativeImage, Notification, Tray } from './surfaces.ts'
export { utilityProcess } from './utility-process.ts'

type SchemeHandler = (request: Request) => Response | Promise<Response>

/** The test's view: what happened so far, and the switches of the outside world. */
export const electronDouble = {
  get state(): Desktop {
    return desktop()
  },
  reset(facts: Partial<DesktopFacts> = {}): void {
    resetDesktop(facts)
  },
  becomeReady(): void {
    desktop().isReady = true
    desktop().resolveReady()
  },
  emit(event: string, ...args: readonly unknown[]): void {
    desktop().app.emit(event, ...args)
  }
}

export const app = strict('app', {
  requestSingleInstanceLock: () => desktop().isFirstInstance,
  quit() {
    desktop().log.push('quit')
    const state = desktop()
    if (state.app.emitPreventable('before-quit')) return
    if (state.windows.some((window) => !window.close())) return
    if (!state.app.emitPreventable('will-quit')) leave(0)
  },
  exit: (code: number) => leave(code),
  enableSandbox() {
    before('app.enableSandbox')
    desktop().log.push('enableSandbox')
  },
  setAppUserModelId: (id: string) => void desktop().log.push(`app id ${id}`),
  showAboutPanel: () => void desktop().log.push('about'),
  getPath: () => tmpdir(),
  getVersion: () => '0.0.0',
  whenReady: () => desktop().ready,
  on: (event: string, listener: Listener) => desktop().app.add(event, listener)
})

function leave(code: number): void {
  const state = desktop()
  if (state.exitCode !== null) return
  state.exitCode = code
  for (const window of state.windows) window.destroy()
  state.app.emit('quit')
  for (const child of state.utilities) child.endWithMain()
}

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
  setSpellCheckerEnabled: (isEnabled: boolean) =>
    void desktop().log.push(`spell checker ${isEnabled ? 'on' : 'off'}`),
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
  on: (channel: string, listener: Listener) => desktop().ipc.add(channel, listener),
  removeAllListeners: (channel: string) => desktop().ipc.removeAll(channel)
})

export class BrowserWindow extends DoubleWindow {
  constructor(options: WindowOptions) {
    after('new BrowserWindow')
    super(options)
    desktop().windows.push(this)
    electronDouble.emit('web-contents-created', {}, this.webContents)
    return this.outward
  }
}

const BOX_OPTIONS = ['type', 'message', 'detail', 'buttons', 'defaultId', 'cancelId', 'noLink']
const FILE_OPTIONS = ['title', 'properties', 'filters']
const FILE_PROPERTIES = ['openFile']

interface FileOptions {
  readonly properties: readonly string[]
  readonly filters: readonly { readonly name: string; readonly extensions: readonly string[] }[]
}

export const dialog = strict('dialog', {
  async showMessageBox(...given: [DialogOptions] | [object, DialogOptions]) {
    const parent = given.length === 2 ? bareWindow(given[0]) : null
    const options = given.at(-1) as DialogOptions
    refuseUnknownKeys('the message box option', options, BOX_OPTIONS)
    desktop().dialogs.push(options)
    desktop().dialogParents.push(parent)
    return { response: await desktop().answer(options), checkboxChecked: false }
  },
  showErrorBox: (title: string, text: string) => void desktop().log.push(`box ${title}: ${text}`),
  showOpenDialog(options: FileOptions) {
    refuseUnknownKeys('the file dialogue option', options, FILE_OPTIONS)
    for (const one of options.properties) {
      if (!FILE_PROPERTIES.includes(one)) unmodelled(`the file dialogue property '${one}'`)
    }
    for (const filter of options.filters) {
      refuseUnknownKeys('the file filter key', filter, ['name', 'extensions'])
      if (filter.extensions.some((one) => one.startsWith('.'))) {
        throw new Error('Electron wants the extensions of a filter without their dots.')
      }
    }
    const { chosenFile } = desktop()
    const filePaths = chosenFile === null ? [] : [chosenFile]
    return Promise.resolve({ canceled: chosenFile === null, filePaths })
  }
})

export const shell = strict('shell', {
  openExternal(url: string) {
    desktop().opened.push(url)
    return Promise.resolve()
  }
})

export const screen = strict('screen', {
  getPrimaryDisplay() {
    after('screen.getPrimaryDisplay')
    return desktop().displays[0]
  },
  getAllDisplays() {
    after('screen.getAllDisplays')
    return desktop().displays
  }
})

/** "Encrypts" by turning the bytes over: enough to tell what was encrypted from what was not. */
export const safeStorage = strict('safeStorage', {
  getSelectedStorageBackend() {
    after('safeStorage.getSelectedStorageBackend')
    return desktop().storageBackend
  },
  isAsyncEncryptionAvailable: () => Promise.resolve(desktop().isEncryptionAvailable),
  encryptStringAsync: (plain: string) => Promise.resolve(Buffer.from(plain).reverse()),
  decryptStringAsync: (sealed: Buffer) =>
    Promise.resolve({ result: Buffer.from(sealed).reverse().toString(), shouldReEncrypt: false })
})

function keep(kind: string, handler: unknown): void {
  desktop().permissionHandlers.set(kind, handler)
}

function before(call: string): void {
  if (desktop().isReady) throw new Error(`${call} must run before the application is ready.`)
}

function after(call: string): void {
  if (!desktop().isReady) throw new Error(`${call} must wait until the application is ready.`)
}

/** For packages that are CommonJS at heart, as electron-store imports it. */
export default strict('electron', { app, ipcMain, shell })
